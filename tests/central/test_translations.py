"""French is complete at the central too, and keeps the typography of print."""

from __future__ import annotations

from pathlib import Path

from kiosk import central
from tests.catalogue import French

CENTRAL = Path(central.__file__).parent

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

FRENCH = French(CENTRAL, SAME)


def test_every_sentence_is_translated_and_none_is_stale() -> None:
    FRENCH.is_complete()


def test_no_translation_is_missing_doubtful_or_malformed() -> None:
    FRENCH.is_sound()


def test_french_typography_is_kept() -> None:
    FRENCH.is_set_as_print()
