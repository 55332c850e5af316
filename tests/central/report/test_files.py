"""A report as files: the same bytes twice, nothing fetched, nothing that runs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kiosk.central.report import charts, pdf
from kiosk.central.report.asked import Asked
from kiosk.central.report.charts import Point
from kiosk.central.report.files import files, html, text
from kiosk.central.report.shown import Report, report
from kiosk.central.report.users import Definition
from kiosk.central.report.words import WORDS
from kiosk.central.report.year import open_year
from kiosk.central.schema import open_blank
from machines.instants import Month
from tests.bench.report import fill
from tests.central.hostile import NAMES, overrun
from tests.central.test_export import november

NOVEMBER = Month(2026, 12)


def shown(language: str = "fr", definition: Definition = Definition.REPORT) -> Report:
    shelf = november()
    made = report(open_year(shelf.connection, 2026), None, NOVEMBER, definition, language)
    shelf.connection.close()
    return made


@pytest.mark.slow
def test_a_report_made_twice_is_the_same_bytes() -> None:
    assert files(shown()) == files(shown())


def test_what_was_made_most_stands_beside_the_year_before() -> None:
    with closing(open_blank()) as connection:
        fill(connection, labs=1, years=2)
        now, then = (open_year(connection, year) for year in (2026, 2025))
    told = report(now, then, Month(2027, 1), Definition.REPORT, "fr").tiles
    made = [tile for tile in told if tile.key.startswith("objets-")]
    assert len(made) == 4
    assert all(tile.note.startswith("2025\u00a0: ") for tile in made), [one.note for one in made]


@pytest.mark.slow
def test_the_pdf_has_its_pages_and_says_its_figures(tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        missing = "pdftotext is missing: apt-get install poppler-utils"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    path = tmp_path / "report.pdf"
    path.write_bytes(files(shown())["rapport-2026.pdf"])
    told = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Les FabLabs en 2026" in told
    assert "3 usagers" in told
    assert "Comment c’est compté" in told
    assert "4/4" in told.replace(" ", "")


def test_no_page_of_a_report_can_fetch_anything() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        page = f'<img src="{address}/a.png"><link rel="stylesheet" href="{address}/b.css">'
        assert pdf.render(page.encode(), 0).startswith(b"%PDF")
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_no_file_of_the_central_gets_into_a_page_of_a_report(tmp_path: Path) -> None:
    secret = tmp_path / "badge-key"
    secret.write_text("a key of the association")
    page = f"""<link rel="attachment" href="{secret.as_uri()}"><img src="{secret.as_uri()}">
    <svg><image href="{secret.as_uri()}"/></svg><style>@import url({secret.as_uri()})</style>"""
    made = pdf.render(page.encode(), 0)
    assert b"EmbeddedFile" not in made
    assert b"Filespec" not in made


def test_pdfs_are_made_one_at_a_time_and_who_waits_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "WAITS_S", 0)
    with pdf._one, pytest.raises(pdf.NoPdf, match="try again"):
        pdf.render(b"<p>", 0)
    monkeypatch.setattr(pdf, "_CHILD", "raise SystemExit(3)")
    for _ in range(2):
        with pytest.raises(pdf.NoPdf, match="exit code 3"):
            pdf.render(b"<p>", 0)


def test_without_weasyprint_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_CHILD", "import another_that_is_not_there")
    with pytest.raises(pdf.NoPdf, match="WeasyPrint failed"):
        pdf.render(b"<p>", 0)
    monkeypatch.setattr(
        pdf, "_CHILD", "import sys; sys.modules['weasyprint'] = None; import weasyprint"
    )
    with pytest.raises(pdf.NoPdf, match="pip install"):
        pdf.render(b"<p>", 0)


def test_the_text_has_one_line_a_paragraph_and_no_markup() -> None:
    lines = text(shown()).decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Les FabLabs en 2026"
    assert "En 2026, 3 usagers\u00a0: 2 particuliers et 1 entreprise." in lines
    assert not any("<" in line for line in lines)


def test_the_report_is_whole_in_english_too() -> None:
    lines = text(shown("en")).decode("utf-8-sig").split("\r\n")
    assert "In 2026, 3 users: 2 individuals and 1 company." in lines
    assert not any("usagers" in line for line in lines)
    assert 'lang="en"' in html(shown("en")).decode()


def test_each_definition_is_named_in_the_report_that_uses_it() -> None:
    for definition, name in (
        (Definition.REPORT, "comme le rapport 2020"),
        (Definition.PEOPLE, "personnes différentes"),
        (Definition.MACHINE, "adhérents ayant utilisé une machine"),
    ):
        assert f"Définition choisie\u00a0: {name}." in text(shown("fr", definition)).decode()


def test_every_text_has_both_languages_and_french_keeps_the_apostrophe_of_print() -> None:
    for key, (french, english) in WORDS.items():
        assert french, key
        assert english, key
        assert "'" not in french, key
        assert french.count("|") == english.count("|") or "|" not in french + english, key


def test_every_chart_is_well_formed_and_told_in_words() -> None:
    for draw in (charts.columns, charts.lines, charts.ring):
        for points in ([], [Point("<b>&", 3, "3"), Point('"x"', 0, "0")], [Point("one", 1, "1")]):
            root = ElementTree.fromstring(str(draw("c", 'T <&"', "told", points)))
            assert root.attrib["role"] == "img"
            title = root.find("title")
            assert title is not None
            assert title.text == 'T <&"'


def test_mischief_typed_in_a_lab_stays_text_in_the_report() -> None:
    shelf = overrun(*NAMES)
    for number in (2025, 2026, 2027):
        made = report(open_year(shelf.connection, number), None, Month(2027, 12))
        page = html(made).decode()
        assert "<script" not in page
        assert "<img" not in page
        for chart in (section.chart for section in made.sections if section.chart):
            ElementTree.fromstring(str(chart))
    shelf.connection.close()


def test_a_change_is_told_in_hundredths_of_what_it_was() -> None:
    shelf = november()
    asked = Asked(open_year(shelf.connection, 2026), None, Definition.PEOPLE, "fr")
    assert asked.change(100, 112) == "+12\u202f%"
    assert asked.change(100, 75) == "\u221225\u202f%"
    assert asked.change(0, 5) == "–"
    shelf.connection.close()
