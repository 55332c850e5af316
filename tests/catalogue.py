"""What every catalogue of ours must be: complete, sound, and set as print sets French."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from kiosk.web import language

BABEL = Path(language.__file__).parent / "babel.cfg"


@dataclass(frozen=True)
class French:
    """The French of the pages in `folder`; `same`: what is alike in both languages."""

    folder: Path
    same: Collection[str]

    def said(self) -> set[str | tuple[str, ...]]:
        """Every sentence in the code and the templates, as the catalogue names it."""
        with BABEL.open() as mapping:
            methods, options = parse_mapping_cfg(mapping)
        found = extract_from_dir(self.folder, method_map=methods, options_map=options)
        return {one[2] for one in found}

    def catalogue(self) -> Catalog:
        with (self.folder / "translations/fr/LC_MESSAGES/messages.po").open("rb") as text:
            return read_po(text, locale="fr")

    def is_complete(self) -> None:
        assert {message.id for message in self.catalogue() if message.id} == self.said()

    def is_sound(self) -> None:
        """None missing, doubtful or malformed."""
        french = self.catalogue()
        messages = [message for message in french if message.id]
        assert [m.id for m in messages if not m.string or "" in (*m.string,)] == []
        assert [m.id for m in messages if m.fuzzy] == []
        assert list(french.check()) == []
        assert {m.id for m in messages if m.string == m.id} == self.same

    def is_set_as_print(self) -> None:
        """No-break spaces before « : ? ! ; », and the apostrophe of print."""
        for message in self.catalogue():
            for text in message.string if isinstance(message.string, tuple) else (message.string,):
                if message.id:
                    assert not re.search(r" [:?!;»]|« ", text), text
                    assert "'" not in text
                    assert "..." not in text
