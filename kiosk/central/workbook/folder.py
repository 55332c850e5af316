"""All the files of a month: the sheets of the export, and both workbooks beside them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from kiosk.central import export
from kiosk.central.lisezmoi import lisezmoi
from kiosk.central.workbook import making, ods, xlsx
from kiosk.central.workbook.compared import Compared, Progress
from machines.instants import SECOND, Month

#: Steps of making a month, after the three months were read.
STEPS = 3
#: Kinds of rows that tell who did what and when.
_LISTS = ("sessions", "impressions-et-marches", "objets", "non-dates")


def listed(month: Month, kept_days: int, now_us: int) -> bool:
    """Whether single sessions of a month may still be listed; 0 days: for ever."""
    return kept_days == 0 or now_us < month.ends_us + kept_days * 86_400 * SECOND


def month_files(
    compared: Compared, lists: bool = True, progress: Progress = lambda done, total: None
) -> dict[str, bytes]:
    """The bytes of each file, by its path in the folder of the export.

    Without `lists`, what tells single sessions, prints and things is left out: their
    retention is over, and the figures stay.
    """
    book = compared.now
    progress(0, STEPS)
    files = export.files(book)
    if not lists:
        files = {name: raw for name, raw in files.items() if not _is_list(name)}
        files[export.README] = lisezmoi(book, lists)
    progress(1, STEPS)
    pages = making.pages(compared, lists)
    title, created = making.title(book), making.created(book)
    files[f"{book.name}.xlsx"] = xlsx.write(pages, title, created)
    progress(2, STEPS)
    files[f"{book.name}.ods"] = ods.write(pages, title, created)
    progress(STEPS, STEPS)
    return files


def _is_list(name: str) -> bool:
    return name.rpartition("/")[2].removesuffix(".csv") in _LISTS


def packed(name: str, files: Mapping[str, bytes]) -> bytes:
    """The folder as one zip, the same bytes for the same files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        for path, raw in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{name}/{path}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            whole.writestr(entry, raw)
    return file.getvalue()
