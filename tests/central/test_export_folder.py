"""The folder of an export: all of its files or those of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.export import README, NotAnExport, write_folder


def test_a_folder_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "exports" / "2026-11"
    write_folder({README: b"1", "excel/b.csv": b"2"}, target)
    write_folder({README: b"3"}, target)
    assert [(p.name, p.read_bytes()) for p in target.rglob("*")] == [(README, b"3")]
    assert [p.name for p in target.parent.iterdir()] == ["2026-11"]


def test_a_folder_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "2026-11"
    write_folder({README: b"1"}, target)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.central.export.write_through", full)
    with pytest.raises(OSError, match="No space"):
        write_folder({README: b"2"}, target)
    assert (target / README).read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["2026-11"]


def test_a_folder_that_cannot_be_put_in_place_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "2026-11"
    write_folder({README: b"1"}, target)
    rename = Path.rename

    def stubborn(path: Path, to: Path) -> Path:
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="Input/output"):
        write_folder({README: b"2"}, target)
    assert (target / README).read_bytes() == b"1"


@pytest.mark.parametrize("name", ["holidays.jpg", "excel/notes.ods", "excel/.~lock.sessions.csv#"])
def test_what_no_export_wrote_is_never_taken_away(tmp_path: Path, name: str) -> None:
    target = tmp_path / "2026-11"
    write_folder({README: b"1", "excel/sessions.csv": b"2"}, target)
    (target / name).write_bytes(b"mine")
    with pytest.raises(NotAnExport, match="no export wrote this: move it away"):
        write_folder({README: b"3"}, target)
    assert (target / name).read_bytes() == b"mine"
    assert (target / README).read_bytes() == b"1"


def test_a_file_where_the_folder_goes_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "2026-11"
    target.write_bytes(b"mine")
    with pytest.raises(NotAnExport):
        write_folder({README: b"1"}, target)
    assert target.read_bytes() == b"mine"
