"""Keys stand in files, which systemd may hand over."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.credentials import CredentialError, credential


@pytest.fixture(autouse=True)
def _nothing_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def test_a_key_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "badge-key").write_bytes(b"sixteen bytes or more\r\n")
    assert credential(tmp_path, "badge-key") == b"sixteen bytes or more"


def test_what_systemd_hands_over_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/badge-key").write_text("of the folder")
    (tmp_path / "etc/token").write_text("only of the folder")
    (tmp_path / "badge-key").write_text("handed over")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert credential(tmp_path / "etc", "badge-key") == b"handed over"
    assert credential(tmp_path / "etc", "token") == b"only of the folder"


@pytest.mark.parametrize("content", [None, b"", b"\n"])
def test_a_missing_key_is_said_in_a_sentence(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "badge-key").write_bytes(content)
    with pytest.raises(CredentialError, match=r"badge-key: (not there|empty): expected the key"):
        credential(tmp_path, "badge-key")


def test_a_key_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "badge-key").mkdir()
    with pytest.raises(CredentialError, match="Is a directory: expected the key badge-key"):
        credential(tmp_path, "badge-key")
