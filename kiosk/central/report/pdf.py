"""HTML becomes PDF in a process of its own, that fetches nothing.

WeasyPrint is an extra (`fablab-kiosk[pdf]`). It is started apart: 70 MB and a
second of imports go with it when it ends, and what it makes of a page cannot
touch the central. The same page and date give the same bytes: WeasyPrint takes
its dates from SOURCE_DATE_EPOCH and its identifier from us.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading

from machines.instants import SECOND

#: A report of a hundred labs takes some seconds here, and a Pi is ten times slower.
LONGEST_S = 300

#: One at a time, since each takes 70 MB and more; whoever comes meanwhile waits so long.
WAITS_S = 60
_one = threading.Lock()

_CHILD = """
import sys
from weasyprint import HTML
from weasyprint.urls import URLFetcher

class Nothing(URLFetcher):
    def fetch(self, url, headers=None):
        raise ValueError("nothing is fetched: " + url)

page = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=Nothing())
page.write_pdf(sys.stdout.buffer, pdf_identifier=sys.argv[1].encode(), pdf_variant="pdf/ua-1")
"""


class NoPdf(RuntimeError):
    """No PDF can be made here; the sentence says what to do."""


def render(page: bytes, made_us: int) -> bytes:
    """Raises NoPdf."""
    known = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    environment = {**known, "SOURCE_DATE_EPOCH": str(made_us // SECOND)}
    identifier = hashlib.sha256(page).hexdigest()[:32]
    if not _one.acquire(timeout=WAITS_S):
        raise NoPdf("no PDF: others are being made; try again in a minute")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD, identifier],
            input=page,
            capture_output=True,
            env=environment,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoPdf(f"the PDF took longer than {LONGEST_S} s; the HTML prints as well") from None
    finally:
        _one.release()
    if done.returncode == 0:
        return done.stdout
    told = done.stderr.decode(errors="replace")
    if "ModuleNotFoundError" in told and "weasyprint" in told.splitlines()[-1]:
        raise NoPdf(
            "no PDF: WeasyPrint is not installed here (pip install 'fablab-kiosk[pdf]');"
            " the HTML file prints the same pages"
        )
    reason = told.strip().splitlines()[-1] if told.strip() else f"exit code {done.returncode}"
    raise NoPdf(f"no PDF: WeasyPrint failed ({reason}); the HTML file prints the same pages")
