"""The words of the printers' queue: every key word of the floor has its own."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from kiosk.floor.acts import Told, WhyNot
from kiosk.floor.queue_view import CommandView, Obstacle
from kiosk.web import queue_words
from kiosk.web.language import speaking
from machines.job_entries import NotStarted, Ordered, Why
from machines.order import Hindrance, Standing

#: What says why by its detail alone.
_DETAILED = (WhyNot.OBSTACLE, WhyNot.SESSION)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reason_of_the_queue_has_a_sentence_of_its_own(app: Flask, language: str) -> None:
    with app.app_context(), speaking(language):
        for said in (
            [queue_words.hindrance(Obstacle("mk4", why)) for why in Hindrance],
            [queue_words.not_started(reason) for reason in NotStarted],
            [queue_words.standing(why) for why in Standing],
            [queue_words.failure(why) for why in Why],
            [queue_words.refusal(Told(False, why)) for why in WhyNot if why not in _DETAILED],
            [queue_words.command(CommandView(what, "sent")) for what in (*Ordered, "connect")],
            [
                queue_words.command(CommandView("pause", how))
                for how in ("sent", "confirmed", "refused", "unanswered")
            ],
        ):
            assert all(said)
            assert len(set(said)) == len(said)
            assert not [s for s in said if re.search(r"[a-z]-[a-z]+$|_", s)]


def test_a_reason_says_the_figure_that_is_in_the_way(app: Flask) -> None:
    with app.app_context(), speaking("fr"):
        said = queue_words.hindrance
        assert said(Obstacle("mk4", Hindrance.NOZZLE, "0.6")).endswith("0,6\xa0mm")
        assert said(Obstacle("mk4", Hindrance.MATERIAL, "PETG")).endswith("PETG")
        assert said(Obstacle("mk4", Hindrance.ELSEWHERE, "mini"), "Prusa Mini") == (
            "Elle est prévue pour Prusa Mini."
        )


def test_an_act_that_cannot_start_says_the_obstacle_itself(app: Flask) -> None:
    with app.app_context(), speaking("fr"):
        for why in Hindrance:
            said = queue_words.refusal(Told(False, WhyNot.OBSTACLE, why.value))
            assert said == queue_words.hindrance(Obstacle("", why))
        assert queue_words.refusal(Told(False, WhyNot.SESSION, "fault")).startswith("Machine en")


def test_what_a_newer_floor_says_is_said_in_general_words(app: Flask) -> None:
    with app.app_context(), speaking("fr"):
        assert queue_words.not_started("of-tomorrow") == "Elle n’a pas démarré"
        assert queue_words.command(CommandView("of-tomorrow", "sent")).startswith("Commande")
        assert queue_words.failure("of-tomorrow") == ""
        assert queue_words.refusal(Told(False, "of-tomorrow")) == "Impossible pour le moment"
