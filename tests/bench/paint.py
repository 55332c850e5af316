"""Badge bytes in -> painted on the touch screen, beside the bare loop, in the same run.

The product: a frame on a pty, `fablab run` with 25 machines and `fablab relays`,
its live stream, its touch screen in a headless Chromium of 800x480, which greets
a member and asks which machine. The bare loop: a frame on a pty, one message
of an EventSource, one word changed on a page of its own. Both are timed from
before the frame is written until the frame that shows it is painted (a task
queued from its animation frame), each in its turn. The page's clock is set
against ours by the quickest of many questions. What is left out: the reader's
radio, 14.6 ms of wire at 9600 baud, and the screen's own delay.
"""

from __future__ import annotations

import multiprocessing
import queue
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

import serial
from playwright.sync_api import Browser, Page

from drivers.badge.fake import FakeReader
from drivers.badge.wire import Decoder
from tests.bench._lab import BenchLab, badge, bare, share
from tests.browser import chromium, page

#: Each way in its turn, so that a computer busy with something else is so for both.
ROUNDS, TAPS = 5, 50
#: Each has a badge; the same one comes again only after more than three seconds.
MEMBERS = 200
MACHINES = 24
TARGET_MS = 100.0
#: Questions to a page about its clock; the quickest answer is off by half its time at most.
QUESTIONS = 50

#: What is not painted by then never will be.
LONGEST_MS = 20_000

#: Notes when what is painted was painted; `seen(kind)` waits for the next of that kind.
WATCH = """
const noted = [], asked = [];
const match = () => {
  const at = noted.findIndex(([kind]) => asked.length && kind === asked[0].kind);
  if (at >= 0) asked.shift().tell(noted.splice(0, at + 1)[at][1]);
};
window.seen = ([kind, longest]) => new Promise((tell, fail) => {
  setTimeout(() => fail(new Error(`never painted: ${kind}`)), longest);
  asked.push({ kind, tell });
  match();
});
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
  noted.push([document.getElementById("stage").dataset.kind, performance.now()]);
  match();
}).observe(document.documentElement, { attributeFilter: ["data-painted"] }));
"""

PAGE = """<!doctype html><title>bare</title><main id="stage" data-kind="idle">-</main><script>
let n = 0;
new EventSource("/events").onmessage = ({ data }) => {
  stage.textContent = stage.dataset.kind = data;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (document.documentElement.dataset.painted = ++n);
    channel.port2.postMessage(0);
  });
};
</script>"""

Spawn = multiprocessing.get_context("spawn")


# -- the bare loop --------------------------------------------------------------------------


def read_and_tell(port: str, opened: Connection) -> None:
    """Badges of a port, as messages of an EventSource: every second one says that all is over."""
    told: queue.Queue[str] = queue.Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Requests, told))
    Thread(target=server.serve_forever, daemon=True).start()
    decoder, kinds = Decoder("bare", "rdm6300"), ("choose", "idle")
    with serial.Serial(port, 9600, timeout=0.2, exclusive=True) as line:
        opened.send(server.server_port)
        count = 0
        while True:
            for _ in decoder.feed(line.read(max(1, line.in_waiting))):
                told.put(kinds[count % 2])
                count += 1


class _Requests(BaseHTTPRequestHandler):
    def __init__(self, told: queue.Queue[str], *rest: object) -> None:
        self._told = told
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        stream = self.path == "/events"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if stream else "text/html")
        self.end_headers()
        self.wfile.write(b"retry: 2000\n\n" if stream else PAGE.encode())
        while stream:
            self.wfile.write(f"data: {self._told.get()}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def bare_loop(folder: Path, browser: Browser) -> Iterator[Callable[[], float]]:
    """A tap of the bare loop: its milliseconds."""
    opened, theirs = Spawn.Pipe(duplex=False)
    with closing(FakeReader(folder / "bare")) as reader:
        peer = Spawn.Process(target=read_and_tell, args=(str(reader.path), theirs), daemon=True)
        peer.start()
        try:
            assert opened.poll(LONGEST_MS / 1000), "the bare loop does not open its port"
            port = opened.recv()
            with watched(browser, f"http://127.0.0.1:{port}/") as (eye, _):

                def tap() -> float:
                    ms = eye.painted("choose", lambda: reader.present(badge(1)))
                    eye.painted("idle", lambda: reader.present(badge(1)))
                    return ms

                yield tap
        finally:
            peer.kill()


# -- the product ----------------------------------------------------------------------------


def tap(lab: BenchLab, eye: Eye, number: int) -> float:
    """A badge at the desk: milliseconds until the screen asks which machine. Then « Retour »."""
    ms = eye.painted("choose", lambda: lab.desk.present(badge(number)))
    eye.painted("idle", lambda: lab.touch("back"))
    return ms


# -- both -----------------------------------------------------------------------------------


class Eye:
    """Watches a page. `ahead_ms`: our monotonic clock less the page's."""

    def __init__(self, shown: Page) -> None:
        self._page = shown
        answers = [self._ask() for _ in range(QUESTIONS)]
        self.error_ms, self._ahead_ms = min(answers)

    def painted(self, kind: str, do: Callable[[], object]) -> float:
        """Milliseconds from before `do` until a screen of that kind is painted."""
        began = 1000 * time.monotonic()
        do()
        at = float(self._page.evaluate("(what) => seen(what)", [kind, LONGEST_MS]))
        return at + self._ahead_ms - began

    def _ask(self) -> tuple[float, float]:
        before = 1000 * time.monotonic()
        theirs = float(self._page.evaluate("performance.now()"))
        after = 1000 * time.monotonic()
        return (after - before) / 2, (before + after) / 2 - theirs


@contextmanager
def watched(browser: Browser, url: str) -> Iterator[tuple[Eye, Page]]:
    with page(browser, 800, 480) as (shown, complaints):
        shown.add_init_script(WATCH)
        with shown.expect_response(lambda answer: "events" in answer.url):
            shown.goto(url)
        yield Eye(shown), shown
        assert complaints == [], complaints


def main() -> None:
    machines = [bare(f"tool-{n}") for n in range(MACHINES)]
    with (
        tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder,
        chromium() as browser,
        BenchLab(Path(folder).absolute() / "lab", machines, MEMBERS) as lab,
        bare_loop(Path(folder).absolute(), browser) as bare_tap,
    ):
        lab.start()
        with watched(browser, f"http://127.0.0.1:{lab.port}/") as (eye, _):
            taken: dict[str, list[float]] = {"bare loop": [], "product": []}
            first = [tap(lab, eye, number) for number in range(1, MEMBERS + 1)]
            for turn in range(ROUNDS * TAPS):
                if turn % TAPS == 0:
                    taken["bare loop"] += [bare_tap() for _ in range(TAPS)]
                taken["product"].append(tap(lab, eye, turn % MEMBERS + 1))
            error_ms = eye.error_ms
    taken["first time"] = first
    print(f"{ROUNDS * TAPS} badges, headless Chromium; the target is {TARGET_MS:g} ms at p99")
    print(f"{'':12} {'p50 ms':>7} {'ratio':>6} {'p99 ms':>7} {'ratio':>6}")
    limit = taken["bare loop"]
    for name, ms in taken.items():
        p50, p99 = share(ms, 0.5), share(ms, 0.99)
        of50, of99 = p50 / share(limit, 0.5), p99 / share(limit, 0.99)
        print(f"{name:12} {p50:>7.1f} {of50:>6.2f} {p99:>7.1f} {of99:>6.2f}")
    print(f"first time: with the digest (scrypt) of a badge not yet in memory; ±{error_ms:.1f} ms")


if __name__ == "__main__":
    main()
