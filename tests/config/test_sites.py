"""The shipped sites: what a lab copies must be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.checks import warnings
from config.site import Sort
from kiosk.cli import main
from kiosk.sites import SiteError, is_central, read_central, read_site

SHIPPED = Path(__file__).parents[2] / "config/sites"
SITES = sorted(SHIPPED.rglob("*.toml"))
LABS = [site for site in SITES if site.name != "central.toml"]


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", SITES, ids=_name)
def test_a_shipped_site_is_read_without_a_word(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--site", str(path)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", SITES, ids=_name)
def test_what_a_shipped_site_offers_in_comments_can_be_taken_as_it_stands(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / path.name
    taken.write_text(
        re.sub(r"^# (\[[a-z0-9.-]+\]|[a-z_]+ = )", r"\1", path.read_text(), flags=re.M)
    )
    assert main(["check", "--site", str(taken)]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("path", LABS, ids=_name)
def test_a_shipped_lab_is_a_whole_lab(path: Path) -> None:
    site = read_site(path)
    assert warnings(site) == []
    assert 22 <= len(site.machines) <= 28
    assert {m.sort for m in site.machines} == set(Sort)
    assert len([m for m in site.machines if m.family == "3d-printer"]) in (6, 7, 8)
    assert site.hours.closing_after(1_780_000_000_000_000) is not None


def test_only_one_lab_has_a_laser() -> None:
    lasers = {
        site.lab: [m.slug for m in site.machines if m.family == "laser"]
        for site in map(read_site, LABS)
    }
    assert lasers == {"ccdv": ["laser"], "doret": []}


def test_the_demo_has_the_machines_of_its_labs() -> None:
    for lab in ("ccdv", "doret"):
        real, demo = (read_site(path) for path in LABS if path.stem == lab)
        assert [(m.slug, m.name, m.family, m.sort) for m in real.machines] == [
            (m.slug, m.name, m.family, m.sort) for m in demo.machines
        ]
        assert real.hours == demo.hours


def test_the_demo_stays_on_this_computer() -> None:
    for path in SITES:
        if path.parent.name == "demo":
            site = read_central(path) if is_central(path) else read_site(path)
            assert site.listen == "127.0.0.1"


def test_a_central_is_no_lab_and_a_lab_no_central() -> None:
    with pytest.raises(SiteError, match=r"^\S+central.toml: the file of a central store: [^\n]+$"):
        read_site(SHIPPED / "central.toml")
    with pytest.raises(SiteError, match=r"^\S+ccdv.toml: the file of a lab: [^\n]+$"):
        read_central(SHIPPED / "ccdv.toml")
