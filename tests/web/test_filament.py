"""What is loaded at a printer, as the pages say it."""

from __future__ import annotations

from flask import Flask

from kiosk.floor.queue_view import LoadedView
from kiosk.web.filament import loaded
from kiosk.web.language import speaking


def test_what_is_left_is_said_in_grams_and_a_spool_that_may_be_empty_is_asked_about(
    app: Flask,
) -> None:
    with app.app_context(), speaking("fr"):
        full = loaded(LoadedView("PLA", "black", 640.4))
        empty = loaded(LoadedView("PLA", "black", 0.0, empty=True))
        unweighed = loaded(LoadedView("PLA"))
    assert full is not None
    assert empty is not None
    assert unweighed is not None
    assert (full.text, full.left, full.low) == ("PLA noir", "640\xa0g", False)
    assert (empty.left, empty.low) == ("vide\xa0?", True)
    assert (unweighed.left, unweighed.low) == ("", False)
