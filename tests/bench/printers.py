"""What a printer costs the kiosk: memory and processor, while 20 of them print.

Two kiosks at once, one with a saw alone and one with 20 printers besides, each of
them followed by push and polled every three seconds, and one tablet that looks on;
the difference, divided by 20, is a printer's. Beside it
FDM Monster 2.1.1, which follows OctoPrint too, as it was measured on a computer of
this kind in November 2026: 0.25 % of a core and 3 MB a printer, on 146 MB.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench._lab import BenchLab, cpu_s, resident_mb
from tests.bench.live import PRINTERS, hall

WATCH_S = 20.0
FDM_SHARE, FDM_MB, FDM_EMPTY_MB = 0.0025, 3.0, 146.0


def main() -> None:
    with ExitStack() as open_:
        lab, _, _ = open_.enter_context(hall(push=True))
        folder = open_.enter_context(tempfile.TemporaryDirectory(dir=".", prefix=".bench-"))
        alone = open_.enter_context(BenchLab(Path(folder).absolute() / "lab"))
        alone.start()
        kiosks = {"with printers": lab.kiosk.pid, "without": alone.kiosk.pid}
        before = {name: cpu_s(pid) for name, pid in kiosks.items()}
        time.sleep(WATCH_S)
        used = {name: (cpu_s(pid) - before[name]) / WATCH_S for name, pid in kiosks.items()}
        memory = {name: resident_mb(pid) for name, pid in kiosks.items()}
    print(f"{PRINTERS} printers that print, followed by push and polls, for {WATCH_S:g} s")
    print(f"{'':14} {'MB':>7} {'core':>7}")
    for name in kiosks:
        print(f"{name:14} {memory[name]:>7.1f} {used[name]:>7.2%}")
    each_mb = (memory["with printers"] - memory["without"]) / PRINTERS
    each = (used["with printers"] - used["without"]) / PRINTERS
    print(f"{'a printer':14} {each_mb:>7.2f} {each:>7.2%}")
    print(f"{'FDM Monster':14} {FDM_MB:>7.2f} {FDM_SHARE:>7.2%}   on {FDM_EMPTY_MB:g} MB")


if __name__ == "__main__":
    main()
