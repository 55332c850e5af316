"""A table that somebody brought as a CSV file: its text, its rows, its headers.

`;`, `,` or tabs between the cells, UTF-8 (with or without a byte order mark)
or Windows-1252; a quoted cell may hold any of them, and line breaks. What is
no such file is refused as a whole, and says where and what was expected.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

#: Bytes of a file, some 100,000 lines: more than any lab has members, and what is longer is
#: another file.
LONGEST = 8 << 20
#: Cells of a line; a campaign with all its questions has some 40. Of a line of millions, a page
#: would have a choice for each.
WIDEST = 500

_MARK = b"\xef\xbb\xbf"


class Flaw(StrEnum):
    """Why a file is not read at all; pages have a sentence for each."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NO_TEXT = "no-text"  #: a spreadsheet, a picture
    QUOTES = "quotes"
    COLUMN_MISSING = "column-missing"
    COLUMN_TWICE = "column-twice"


class CsvError(ValueError):
    """The file as a whole cannot be read; the sentence says why, for the command line."""

    def __init__(self, flaw: Flaw, sentence: str, line: int = 0, what: str = "") -> None:
        super().__init__(f"line {line}: {sentence}" if line else sentence)
        self.flaw, self.line, self.what = flaw, line, what


def text_of(raw: bytes) -> str:
    """Raises CsvError."""
    if not raw.strip(_MARK + b" \r\n"):
        wanted = "the file is empty: expected a first line of names of columns"
        raise CsvError(Flaw.EMPTY, wanted)
    if len(raw) > LONGEST:
        at_most = f"{LONGEST >> 20} MB"
        raise CsvError(
            Flaw.TOO_LONG, f"the file is too long: expected at most {at_most}", what=at_most
        )
    if b"\0" in raw:
        wrong = "this is not a CSV file: it holds zero bytes (a spreadsheet?)"
        raise CsvError(Flaw.NO_TEXT, wrong)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells without the blanks around them), without the empty lines.

    Raises CsvError where a quoted cell does not end, and for a line that is no table's.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            sentence = f"{wrong}: expected a quoted cell to end"
            raise CsvError(Flaw.QUOTES, sentence, number) from None
        if len(cells) > WIDEST:
            sentence = f"{len(cells)} cells: expected at most {WIDEST}, as a table of people has"
            raise CsvError(Flaw.NO_TEXT, sentence, number)
        if any(cell.strip() for cell in cells):
            yield number, [cell.strip() for cell in cells]
        number = reader.line_num + 1


def plain(text: str) -> str:
    """Without accents, in lower case, one blank between the words: as names are compared.

    >>> plain("  Prénom  de l’Adhérent ")
    "prenom de l'adherent"
    """
    bare = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())
