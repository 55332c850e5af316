"""What a person reads on a page: its text, a line per block, without what is not shown."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"h1", "h2", "h3", "p", "li", "div", "button", "section", "header", "dl", "article", "ul"}
_UNREAD = {"style", "script", "title", "template"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.lines[-1] += data

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.lines.append("")


def read(html: str) -> list[str]:
    """The lines of a page, each with single spaces; no-break spaces stay what they are."""
    reader = Reader()
    reader.feed(html)
    lines = (" ".join(line.split(" ")) for line in reader.lines)
    return [
        " ".join(p for p in line.replace("\n", " ").split(" ") if p)
        for line in lines
        if line.strip()
    ]
