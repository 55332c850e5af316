"""A kiosk that is only its relays: reads what to do from stdin, says what came of it on stdout.

    python -m tests.keeper.a_kiosk SOCKET

Verbs: `["set", machine, "on"]`, `["set-soon", machine, "off"]`, `["connected"]`, `["hang"]`
(the heart stops, the process goes on), `["unhang"]`.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.floor.relays import Relays
from kiosk.keeper.protocol import LineReport

_saying = threading.Lock()


def say(**what: Any) -> None:
    with _saying:
        print(json.dumps(what), flush=True)


def report(lines: tuple[LineReport, ...]) -> None:
    for line in lines:
        say(
            report={
                "machine": line.machine,
                "on": line.on,
                "why": line.why,
                "ago_s": line.ago_s,
                "dropped": line.dropped,
            }
        )


def main() -> None:
    hung = threading.Event()
    relays = Relays(Path(sys.argv[1]), report, beat_if=lambda: not hung.is_set())
    relays.start()
    for line in sys.stdin:
        match json.loads(line):
            case ["set", machine, on]:
                say(answer=relays.set(machine, on == "on"))
            case ["set-soon", machine, on]:
                relays.set_soon(machine, on == "on")
                say(answer=True)
            case ["connected"]:
                say(answer=relays.connected)
            case ["hang"]:
                hung.set()
                say(answer=True)
            case ["unhang"]:
                hung.clear()
                say(answer=True)


if __name__ == "__main__":
    main()
