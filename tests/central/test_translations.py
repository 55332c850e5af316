"""French is complete at the central too, and keeps the typography of print."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from kiosk import central
from kiosk.web import language

CENTRAL = Path(central.__file__).parent
FRENCH = CENTRAL / "translations/fr/LC_MESSAGES/messages.po"
BABEL = Path(language.__file__).parent / "babel.cfg"

#: What is the same in both languages.
SAME = {
    "Association",
    "Badge %(number)s",
    "Badges",
    "Export",
    "Exports",
    "HelloAsso",
    "Public",
    "Total",
}


def _said() -> set[str | tuple[str, ...]]:
    """Every sentence in the code and the templates, as the catalogue names it."""
    with BABEL.open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(CENTRAL, method_map=methods, options_map=options)
    return {one[2] for one in found}


def _french() -> Catalog:
    with FRENCH.open("rb") as text:
        return read_po(text, locale="fr")


def test_every_sentence_is_translated_and_none_is_stale() -> None:
    known = {message.id for message in _french() if message.id}
    assert known == _said()


def test_no_translation_is_missing_doubtful_or_malformed() -> None:
    french = _french()
    messages = [message for message in french if message.id]
    assert [m.id for m in messages if not m.string or "" in (*m.string,)] == []
    assert [m.id for m in messages if m.fuzzy] == []
    assert list(french.check()) == []
    assert {m.id for m in messages if m.string == m.id} == SAME


def test_french_typography_is_kept() -> None:
    """No-break spaces before « : ? ! ; », and the apostrophe of print."""
    for message in _french():
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            if message.id:
                assert not re.search(r" [:?!;»]|« ", text), text
                assert "'" not in text
                assert "..." not in text
