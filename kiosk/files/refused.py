"""Why a file is not taken: a key for the pages, and what they say beside it."""

from __future__ import annotations


class FileRefused(ValueError):
    """`key` is one of:

    suffix, empty, too-large (detail: MB), incomplete, full (the disk), disk (detail:
    its words); project, model, bgcode, archive, binary (what it is instead of
    G-code); a refusing `machines.gcode_judge.Finding` (its key, line and detail); or
    `unfit-` with a `machines.order.Hindrance`, where it fits no printer of the lab.
    """

    def __init__(self, key: str, detail: str = "", line: int = 0) -> None:
        super().__init__(f"{key} {detail}".strip())
        self.key = key
        self.detail = detail
        self.line = line
