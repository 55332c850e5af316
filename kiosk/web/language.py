"""The two languages of the pages: English in the code, French in the catalogue.

The touch screen speaks the language of the person before it, which the floor
knows; the tablet that of the site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask, current_app, has_app_context
from flask_babel import Babel, force_locale, get_locale, gettext

LANGUAGES = ("fr", "en")


def speak(app: Flask, language: Callable[[], str], *catalogues: Path) -> None:
    """Give `app` its catalogues and the language it speaks where nobody chose one.

    `catalogues`: folders of translations, besides the one of `app` itself, whose word is the
    last.
    """
    folders = ";".join((*map(str, catalogues), "translations"))
    Babel(
        app,
        default_locale="en",
        default_translation_directories=folders,
        locale_selector=language,
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals["spoken"] = spoken


def spoken() -> str:
    """The language being spoken: fr or en. English outside of a page."""
    locale = get_locale()
    return "en" if locale is None else str(locale.language)


def in_french() -> bool:
    return spoken() == "fr"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said within is said in `language`."""
    with force_locale(language if language in LANGUAGES else LANGUAGES[0]):
        yield


def _(message: str, **values: object) -> str:
    """The translation of an English sentence, with its `%(name)s` filled in."""
    text = translated(message, spoken())
    return text % values if values else text


def translated(message: str, language: str) -> str:
    """Looked up once: a picture of 25 machines says 300 sentences, at every change."""
    return _looked_up(message, language, current_app.name if has_app_context() else "")


@cache
def _looked_up(message: str, language: str, app: str) -> str:
    """A kiosk and a central in one process may say the same sentence in other words."""
    return str(gettext(message))
