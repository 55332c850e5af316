"""A report as files: HTML that stands alone, a text to paste, and PDF where WeasyPrint is."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from kiosk.central.report import pdf
from kiosk.central.report.shown import Report
from kiosk.central.report.words import say

HERE = Path(__file__).parents[1]


def files(report: Report, with_pdf: bool = True) -> dict[str, bytes]:
    """By name. The PDF has the date of its figures, not of now. Raises pdf.NoPdf."""
    page = html(report)
    made = {f"{report.name}.html": page, f"{report.name}.txt": text(report)}
    if with_pdf:
        made[f"{report.name}.pdf"] = pdf.render(page, report.dated_us)
    return made


def html(report: Report) -> bytes:
    """One file, with nothing to fetch. Lists are on the central's page: here figures open none."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True
    )
    page = templates.get_template("report/file.html").render(
        report=report,
        style=Markup((HERE / "static/report.css").read_text()),
        link=lambda opens: "",
        word=lambda key: say(key, report.language),
    )
    return page.encode()


def text(report: Report) -> bytes:
    """Sentences with their figures, to be pasted into the activity report: a line per
    paragraph, UTF-8 with a byte order mark and CRLF, for the Windows notepad.
    """
    colon = say("colon", report.language)
    lines = [report.title, "=" * len(report.title), report.subtitle, report.status]
    lines += [report.late] if report.late else []
    lines += [report.empty] if report.empty else []
    for section in report.sections:
        if section.sentences:
            lines += ["", section.title.upper(), *section.sentences]
    lines += ["", say("counted", report.language).upper()]
    lines += [f"- {name}{colon}{told}" for name, told in report.counted]
    lines += ["", report.as_of, report.sha]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
