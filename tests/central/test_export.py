"""The monthly export: what stands in the sheets, to the last digit and the last byte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central import month as months_table
from kiosk.central.book import NotReady
from kiosk.central.export import files, pseudonym, sheets
from kiosk.store.disk import transaction
from machines.figures import FIGURES
from machines.job_entries import Why
from machines.journal import (
    Personal,
    PrintEnded,
    Reason,
    Result,
)
from tests.central.shelf import Shelf, described
from tests.field import HOUR, Field
from tests.machines.test_usage import Story, stories

GOLDEN = Path(__file__).parent / "golden"


def november(shelf: Shelf | None = None) -> Shelf:
    """A small month that a reader can check with a pencil."""
    shelf = shelf or Shelf()
    lab = described(Field("2026-10-31 22:00"))
    session = lab.open("laser", "ines")
    lab.ran("laser", hours=3, session=session, unseen=0.5)  # 22:00 to 01:00
    lab.close(session)
    lab.advance(hours=7)
    session = lab.open("prusa", "yann", category="company")
    lab.printed(hours=2, paused=0.25, session=session)
    lab.close(session, "prusa")
    lab.printed(hours=1, result=Result.CANCELLED)
    session = lab.open("laser", None, source="party", party=12, public="school", category="school")
    lab.advance(hours=4)
    lab.close(session, reason=Reason.CLOSING)
    session = lab.open("laser", "ines")
    lab.ran("laser", hours=1.5, session=session)
    lab.ran("laser", hours=0.2, meter="beam", session=session)
    lab.correct(session, "ended", "2026-11-01T16:15:00+01:00")
    lab.open("prusa", "zoe")
    lab.power_cut(hours_off=1)
    session = lab.open("laser", "ines")
    lab.advance(hours=2)
    lab.close(session)
    shelf.lay(lab.entries)
    other = Field("2026-11-05 10:00", store="b2" * 16)
    session = other.open("vinyl", "ines")
    other.advance(hours=1.005)
    other.close(session, "vinyl")
    shelf.lay(other.entries, "doret")
    shelf.know_keys()
    shelf.fold()
    return shelf


def queued(shelf: Shelf) -> Shelf:
    """A day of the printers' queue in the other lab, after that month's sessions."""
    lab = Field("2026-11-20 09:00", store="d4" * 16)
    ines = lab.brought("ines", filament_g=20)
    yann = lab.brought("yann", "company", filament_g=40.5, file_name="pour-yann.gcode")
    lab.advance(hours=0.5)
    lab.printed(2, job=ines, filament_g=18.25, material="PLA")
    failed = lab.printed(
        1, job=yann, result=Result.FAILED, filament_mm=None, filament_g=10.125, material="PETG"
    )
    lab.judge(failed, Why.CLOG)
    lab.printed(3, job=yann, material="PETG", filament_mm=None)
    adopted = lab.printed(1, result=Result.CANCELLED, filament_mm=None)
    lab.own(adopted, "ines")
    lost = lab.printed(1, job=lab.brought("zoe", "school"), result=Result.LOST, filament_mm=None)
    lab.advance(hours=2)
    lab.reconcile(lost, hours=3)
    lab.advance(hours=2)
    lab.reconcile("", hours=1.5)
    lab.reconcile("", hours=0, done=False, job=lab.brought("zoe", "school"))
    lab.printed(0.5, result=Result.LOST, filament_mm=None)
    shelf.lay(lab.entries, "doret")
    shelf.fold()
    return shelf


@pytest.fixture
def busy(shelf: Shelf) -> Shelf:
    return queued(shelf)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = november()
    yield made
    made.connection.close()


def read(raw: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(
        csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    )


def sheet(shelf: Shelf, name: str, month: str = "2026-11", **more: str) -> list[dict[str, str]]:
    return read(files(shelf.book(month, **more))[f"donnees-ouvertes/{name}.csv"])


# ---- golden files: a reviewer reads them


def test_the_export_of_a_small_month_is_the_golden_one(busy: Shelf) -> None:
    """`python -m tests.central.test_export` writes them anew, to be looked at."""
    made = files(busy.book("2026-11"))
    assert sorted(made) == sorted(
        str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*") if path.is_file()
    )
    for name, content in made.items():
        assert content == (GOLDEN / name).read_bytes(), name


# ---- what is counted


def test_a_session_stands_once_in_its_month_with_its_pseudonym(shelf: Shelf) -> None:
    begun = [row for row in sheet(shelf, "sessions") if row["commence_dans_le_mois"] == "oui"]
    assert len({row["session"] for row in begun}) == len(begun) == 5
    assert {row["usager"][:2] for row in begun} == {"U-", ""}


def test_what_runs_over_midnight_of_the_31st_is_split_between_the_two_months(shelf: Shelf) -> None:
    hours = {}
    for month in ("2026-10", "2026-11"):
        (first, *_) = sheet(shelf, "sessions", month)
        (work, *_) = sheet(shelf, "impressions-et-marches", month)
        hours[month] = first["duree_h"], work["marche_h"], work["non_observe_h"]
    assert hours == {
        "2026-10": ("2.000", "1.667", "0.333"),
        "2026-11": ("1.000", "0.833", "0.167"),
    }


def test_the_totals_count_the_people_the_hours_and_the_prints(shelf: Shelf) -> None:
    (ccdv, doret, total) = sheet(shelf, "totaux-par-lieu")
    assert (ccdv["lieu_nom"], ccdv["sessions"], ccdv["passages"]) == ("CCDV", "4", "15")
    assert (ccdv["badge_h"], ccdv["declare_h"], ccdv["estime_h"]) == ("3.250", "1.000", "4.000")
    assert (ccdv["session_h"], doret["session_h"], total["session_h"]) == (
        "8.250",
        "1.005",
        "9.255",
    )
    assert (ccdv["impressions"], ccdv["reussies"], ccdv["faisceau_h"]) == ("2", "1", "0.200")
    assert [row["personnes"] for row in (ccdv, doret, total)] == ["3", "1", "3"]


def test_a_session_that_has_not_ended_has_no_hour_and_says_so(shelf: Shelf) -> None:
    (still,) = [row for row in sheet(shelf, "sessions") if row["fin_par"] == "non terminé"]
    assert (still["fin"], still["duree_h"]) == ("", "0.000")


def test_what_no_clock_dates_is_apart_and_in_no_total(shelf: Shelf) -> None:
    (row, total) = sheet(shelf, "non-dates")
    assert (row["nature"], row["duree_h"], total["duree_h"]) == ("session", "2.000", "2.000")


def test_one_lab_alone_gets_the_figures_that_it_has_among_all(shelf: Shelf) -> None:
    (alone, _) = sheet(shelf, "totaux-par-lieu", lab="ccdv")
    assert alone == sheet(shelf, "totaux-par-lieu")[0]


def test_a_machine_that_tells_its_work_twice_is_counted_by_the_finer() -> None:
    shelf, lab = Shelf(), described(Field())
    lab.ran("laser", hours=2, meter="run")
    lab.ran("laser", hours=1, meter="job")
    shelf.lay(lab.entries)
    shelf.fold()
    job, run, total = sorted(
        sheet(shelf, "impressions-et-marches"), key=lambda row: row["nature"], reverse=True
    )[:3]
    assert (job["marche_h"], run["marche_h"], run["autre_compteur_h"]) == ("1.000", "", "2.000")
    assert total["marche_h"] == "1.000"


# ---- prints


def prints(shelf: Shelf, *keys: str) -> list[tuple[str, ...]]:
    rows = sheet(shelf, "impressions-et-marches", lab="doret")[:-1]
    return [tuple(row[key] for key in keys) for row in rows if row["nature"] == "impression"]


def test_a_print_has_its_result_its_reason_its_grams_and_how_they_are_known(busy: Shelf) -> None:
    part, whole = "estimé, au prorata imprimé", "estimé, fichier entier"
    told = prints(busy, "resultat", "motif", "reconciliee", "filament_g", "filament_selon")
    assert told == [
        ("réussie", "", "non", "18.250", part),
        ("échouée", "bouchage", "non", "10.125", part),
        ("réussie", "", "non", "40.500", whole),
        ("annulée", "", "non", "", ""),
        ("réussie", "", "oui", "", ""),
        ("réussie", "", "oui", "", ""),
        ("échouée", "", "oui", "", ""),
        ("perdue de vue", "", "non", "", ""),
    ]


def test_a_print_is_its_jobs_owners_else_whom_the_animator_named(busy: Shelf) -> None:
    told = prints(busy, "usager", "categorie")
    ines, yann, again, owned, zoe, unseen, also, lost = told
    assert (ines, yann, zoe) == (owned, again, also)
    assert [ines[1], yann[1], zoe[1]] == ["particulier", "entreprise", "établissement scolaire"]
    assert len({ines[0], yann[0], zoe[0]}) == 3
    assert unseen == lost == ("", "sans session")


def test_the_same_person_has_one_pseudonym_in_the_sessions_and_in_the_prints(busy: Shelf) -> None:
    (session, _) = sheet(busy, "sessions", lab="doret")
    assert session["usager"] == prints(busy, "usager")[0][0]


def test_how_long_a_file_waited_and_how_often_it_was_tried(busy: Shelf) -> None:
    told = prints(busy, "attente_h", "essai")
    assert told[:3] == [("0.500", "1"), ("2.500", "1"), ("", "2")]
    assert told[3] == ("", "")
    demands = [job for (job,) in prints(busy, "demande")]
    assert demands[1] == demands[2] != demands[0]


def test_what_octoprint_tells_after_an_outage_adds_no_working_hour(busy: Shelf) -> None:
    told = prints(busy, "marche_h", "non_observe_h", "imprimante_h")
    assert told[4:7] == [
        ("1.000", "0.000", "3.000"),
        ("0.000", "1.500", "1.500"),
        ("0.000", "0.000", ""),
    ]


def test_prints_are_counted_by_result_and_failures_by_reason(busy: Shelf) -> None:
    (*_, doret, total) = sheet(busy, "totaux-par-lieu")
    keys = ("impressions", "reussies", "annulees", "echouees", "perdues")
    assert [doret[key] for key in keys] == ["8", "4", "1", "2", "1"]
    assert [total[key] for key in keys] == ["10", "5", "2", "2", "1"]
    ended = {
        (row["resultat"], row["motif"]): row["impressions"]
        for row in sheet(busy, "totaux-par-resultat", lab="doret")[:-1]
    }
    assert ended == {
        ("réussie", ""): "4",
        ("annulée", ""): "1",
        ("échouée", "bouchage"): "1",
        ("échouée", ""): "1",
        ("perdue de vue", ""): "1",
    }


def test_grams_add_up_per_lab_machine_and_category(busy: Shelf) -> None:
    for name in ("lieu", "machine", "famille", "categorie"):
        rows = sheet(busy, f"totaux-par-{name}")
        grams = [Decimal(row["filament_g"]) for row in rows]
        assert sum(grams[:-1]) == grams[-1] == Decimal("68.875")
    by = {row["categorie"]: row["filament_g"] for row in sheet(busy, "totaux-par-categorie")}
    assert (by["particulier"], by["entreprise"]) == ("18.250", "50.625")


def test_a_job_whose_owner_is_forgotten_is_nobodys_and_its_category_is_not_made_up() -> None:
    shelf, lab = Shelf(), Field()
    job = lab.brought("ines", "company")
    lab.entries[-1] = replace(lab.entries[-1], personal=None)
    lab.printed(1, job=job, session=lab.open("prusa", "yann"))
    shelf.lay(lab.entries)
    shelf.fold()
    (row, _) = sheet(shelf, "impressions-et-marches")
    assert (row["usager"], row["categorie"]) == ("", "non renseignée")


def test_a_print_over_midnight_of_the_31st_is_one_try_and_waited_once() -> None:
    shelf, lab = Shelf(), Field("2026-10-31 20:00")
    job = lab.brought(filament_g=30)
    lab.advance(hours=2)
    lab.printed(4, job=job, result=Result.FAILED)
    lab.printed(4, job=job)
    shelf.lay(lab.entries)
    shelf.fold()
    told = [
        (row["essai"], row["attente_h"], row["marche_h"], row["filament_g"])
        for month in ("2026-10", "2026-11")
        for row in sheet(shelf, "impressions-et-marches", month)[:-1]
    ]
    assert told == [
        ("1", "2.000", "2.000", ""),
        ("1", "2.000", "2.000", ""),
        ("2", "", "4.000", "30.000"),
    ]


def test_a_lab_cannot_give_its_print_to_the_owner_of_another_labs_job() -> None:
    shelf, here, there = Shelf(), Field(), Field(store="b2" * 16)
    there.printed(1, job=here.brought("ines", "company"))
    shelf.lay(here.entries)
    shelf.lay(there.entries, "doret")
    shelf.fold()
    (row, _) = sheet(shelf, "impressions-et-marches", lab="doret")
    assert (row["usager"], row["categorie"]) == ("", "sans session")


def test_a_job_stays_its_owners_when_the_personal_part_is_gone() -> None:
    shelf, lab = Shelf(), Field()
    job = lab.brought("ines", "company")
    adopted = lab.printed(1)
    lab.own(adopted, "yann", "association")
    shelf.lay(lab.entries)
    shelf.fold()
    shelf.connection.execute("UPDATE fact SET personal = NULL")
    lab.printed(1, job=job)
    lab.judge(adopted, Why.OTHER)
    shelf.lay(lab.entries)
    with transaction(shelf.connection):
        shelf.connection.execute("UPDATE usage_cursor SET arrived = 1")
    shelf.fold()
    told = sheet(shelf, "impressions-et-marches")[:-1]
    assert [row["categorie"] for row in told] == ["association", "entreprise"]
    assert all(row["usager"] for row in told)


# ---- sums


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(stories(), st.integers(0, 3600))
def test_in_any_history_what_is_printed_adds_up_to_the_last_digit(story: Story, odd_s: int) -> None:
    story.lab.advance(minutes=odd_s / 60)
    story.lab.printed(odd_s / 7200)
    shelf = Shelf()
    shelf.lay(story.lab.entries)
    shelf.fold()
    for month in ("2026-10", "2026-11"):
        made = files(shelf.book(month))
        whole = totals(read(made["donnees-ouvertes/totaux-par-lieu.csv"]))
        for name in ("machine", "famille", "categorie"):
            rows = read(made[f"donnees-ouvertes/totaux-par-{name}.csv"])
            assert added(rows) == totals(rows) == whole
        rows = read(made["donnees-ouvertes/sessions.csv"])
        assert sum(Decimal(row["duree_h"]) for row in rows[:-1]) == whole["session_h"]
        works = read(made["donnees-ouvertes/impressions-et-marches.csv"])
        assert sum(Decimal(row["marche_h"] or 0) for row in works[:-1]) == whole["mesure_h"]
        by_result = read(made["donnees-ouvertes/totaux-par-resultat.csv"])
        assert sum(int(row["impressions"]) for row in by_result[:-1]) == whole["impressions"]
        ends = ("reussies", "annulees", "echouees", "perdues")
        assert sum(whole[key] for key in ends) <= whole["impressions"]
    shelf.connection.close()


#: Distinct people do not add up.
ADDED = [figure.key for figure in FIGURES if figure.key != "personnes"]


def totals(rows: list[dict[str, str]]) -> dict[str, Decimal]:
    assert next(iter(rows[-1].values())) == "TOTAL"
    return {key: Decimal(rows[-1][key]) for key in ADDED}


def added(rows: list[dict[str, str]]) -> dict[str, Decimal]:
    return {key: sum((Decimal(row[key]) for row in rows[:-1]), Decimal(0)) for key in ADDED}


def test_a_hundred_short_sessions_are_not_rounded_away() -> None:
    shelf, lab = Shelf(), Field()
    for _ in range(100):
        session = lab.open()
        lab.advance(hours=0.0004)
        lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    assert sheet(shelf, "totaux-par-lieu")[-1]["session_h"] == "0.040"


def test_the_two_months_of_a_split_session_are_within_a_thousandth_of_the_whole() -> None:
    shelf, lab = Shelf(), Field("2026-10-31 23:00:01")
    session = lab.open()
    lab.advance(hours=1.7771)
    lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    parts = [sheet(shelf, "sessions", month)[0]["duree_h"] for month in ("2026-10", "2026-11")]
    assert abs(sum(map(Decimal, parts)) - Decimal("1.7771")) <= Decimal("0.001")


# ---- the bytes


def test_the_same_month_twice_is_the_same_bytes(shelf: Shelf) -> None:
    assert files(shelf.book("2026-11")) == files(shelf.book("2026-11"))


def test_facts_in_another_order_give_the_same_sheets() -> None:
    lab = described(Field("2026-11-02 09:00"))
    for _ in range(3):
        session = lab.open()
        lab.printed(1.111, session=session)
        lab.close(session)
    made = []
    for order in (lab.entries, lab.entries[::-1]):
        shelf = Shelf()
        shelf.know_keys()
        shelf.lay(order)
        shelf.fold(2)
        made.append(sheet(shelf, "totaux-par-machine") + sheet(shelf, "impressions-et-marches"))
    assert made[0] == made[1]


def test_excel_gets_its_mark_semicolons_commas_and_french_dates(shelf: Shelf) -> None:
    raw = files(shelf.book("2026-11"))["excel/sessions.csv"]
    assert raw.startswith(b"\xef\xbb\xbfLieu;")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    row = read(raw, ";")[0]
    assert (row["Début"], row["Durée dans le mois (h)"]) == ("31/10/2026 22:00", "1,000")


def test_open_data_is_rfc_4180_with_the_offset_of_each_instant(shelf: Shelf) -> None:
    raw = files(shelf.book("2026-11"))["donnees-ouvertes/sessions.csv"]
    assert raw.startswith(b"lieu,")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert read(raw)[0]["debut"] == "2026-10-31T22:00:00+01:00"


def test_the_night_of_the_25_hour_day_keeps_its_two_offsets() -> None:
    shelf, lab = Shelf(), Field("2026-10-25 01:30")
    session = lab.open()
    lab.advance(hours=3)
    lab.close(session)
    shelf.lay(lab.entries)
    shelf.fold()
    (row, _) = sheet(shelf, "sessions", "2026-10")
    assert (row["debut"], row["fin"]) == ("2026-10-25T01:30:00+02:00", "2026-10-25T03:30:00+01:00")
    assert row["duree_h"] == "3.000"


# ---- LISEZMOI.txt


def test_every_column_of_every_sheet_is_told_in_two_languages(shelf: Shelf) -> None:
    told = " ".join(files(shelf.book("2026-11"))["LISEZMOI.txt"].decode("utf-8-sig").split())
    french, english = told.split("IN ENGLISH")
    for one in sheets(shelf.book("2026-11")):
        for column in one.columns:
            assert column.told
            assert f"{column.french} ({column.key}) : {column.told}" in french
            assert f"({column.key}): {column.told_en}" in english


# ---- people


def test_another_month_gives_another_pseudonym_and_no_export_holds_a_name(busy: Shelf) -> None:
    books = [busy.book(month) for month in ("2026-10", "2026-11")]
    (person,) = {row.person for row in books[0].rows if row.person}
    assert pseudonym(books[0], person) != pseudonym(books[1], person)
    everything = b"".join(files(books[1]).values())
    for name in (b"ines", b"yann", b"zoe", b"vase.gcode", b"pour-yann", b"anim", person.encode()):
        assert not re.search(rb"\b" + name + rb"\b", everything)


# ---- months without anything


def test_an_empty_month_has_its_headers_and_zeros(shelf: Shelf) -> None:
    made = files(shelf.book("2020-02"))
    lines = made["donnees-ouvertes/sessions.csv"].decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("TOTAL,")
    assert "Aucune session" in made["LISEZMOI.txt"].decode("utf-8-sig")


def test_a_lab_that_fell_silent_within_the_month_is_said_to_be_incomplete(shelf: Shelf) -> None:
    told = files(shelf.book("2026-11"))["LISEZMOI.txt"].decode("utf-8-sig")
    assert "doret : rien reçu depuis le 05/11/2026 11:00. INCOMPLET" in told


def test_lost_and_unread_entries_are_told_beside_the_figures(shelf: Shelf) -> None:
    shelf.connection.execute("INSERT INTO gap VALUES(x'00', 4, 9, 'ccdv', 'card', 0)")
    shelf.connection.execute("INSERT INTO quarantine VALUES(1, 5, 'newer', 0, NULL, NULL)")
    told = files(shelf.book("2026-11"))["LISEZMOI.txt"].decode("utf-8-sig")
    assert "entrées perdues, déclarées : 6 ; entrées non lues par cette version : 1." in told


def test_nothing_is_exported_while_facts_wait(shelf: Shelf) -> None:
    late = Field("2026-11-09 10:00", store="c3" * 16)
    shelf.lay(late.entries)
    with pytest.raises(NotReady, match="1 entries have arrived"):
        shelf.book("2026-11")


def test_an_unknown_lab_and_an_empty_ledger_are_said(shelf: Shelf) -> None:
    with pytest.raises(NotReady, match="expected one of ccdv, doret"):
        shelf.book("2026-11", "paris")
    with pytest.raises(NotReady, match="no lab has sent anything"):
        Shelf().book("2026-11")


# ---- speed


def test_one_labs_month_is_read_from_its_own_pages(shelf: Shelf) -> None:
    query = "EXPLAIN QUERY PLAN " + months_table._SELECT.format(which="u.lab = :lab")
    plan = shelf.connection.execute(query, {"month": 202611, "lab": "ccdv"}).fetchall()
    steps = [step for *_, step in plan]
    assert any("SEARCH u USING PRIMARY KEY (month=? AND lab=?)" in step for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)


def test_a_lost_print_keeps_what_was_seen() -> None:
    shelf, lab = Shelf(), described(Field())
    name = lab.printed(2)
    ended = lab.entries.pop()
    assert isinstance(ended.body, PrintEnded)
    began, stop = ended.body.began, ended.body.ended
    lab.write(PrintEnded(name, "prusa", None, Result.LOST, began, stop, HOUR, 0, HOUR), Personal())
    shelf.lay(lab.entries)
    shelf.fold()
    (row, _) = sheet(shelf, "impressions-et-marches")
    assert (row["marche_h"], row["non_observe_h"], row["resultat"]) == (
        "1.000",
        "1.000",
        "perdue de vue",
    )


def write_golden() -> None:
    for name, content in files(queued(november()).book("2026-11")).items():
        path = GOLDEN / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    write_golden()
