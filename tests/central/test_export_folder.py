"""The folder of an export: all of its files or those of the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.export import write_folder


def test_a_folder_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "exports" / "2026-11"
    write_folder({"a.txt": b"1", "sub/b.txt": b"2"}, target)
    write_folder({"a.txt": b"3"}, target)
    assert [(p.name, p.read_bytes()) for p in target.rglob("*")] == [("a.txt", b"3")]
    assert [p.name for p in target.parent.iterdir()] == ["2026-11"]


def test_a_folder_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "2026-11"
    write_folder({"a.txt": b"1"}, target)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.central.export._write_through", full)
    with pytest.raises(OSError, match="No space"):
        write_folder({"a.txt": b"2"}, target)
    assert (target / "a.txt").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["2026-11"]


def test_a_folder_that_cannot_be_put_in_place_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "2026-11"
    write_folder({"a.txt": b"1"}, target)
    rename = Path.rename

    def stubborn(path: Path, to: Path) -> Path:
        if path.name == "new":
            raise OSError(5, "Input/output error")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="Input/output"):
        write_folder({"a.txt": b"2"}, target)
    assert (target / "a.txt").read_bytes() == b"1"
