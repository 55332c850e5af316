"""The sheets as files that stand alone: HTML that prints, PDF where WeasyPrint is, Markdown."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from config.site import Association, Retention
from kiosk.central.privacy.notice import Both, notice, said
from kiosk.central.privacy.register import markdown, register

HERE = Path(__file__).parents[1]
HEADS: tuple[Both, ...] = (("Quoi", "What"), ("Pour quoi", "What for"), ("Gardé", "Kept for"))


def notice_html(
    retention: Retention, association: Association, language: str, linked: str = "", icon: str = ""
) -> str:
    """A4, one page. `linked`: the address of its style, where it may not have its own; `icon`
    likewise."""
    heads = [said(head, language) for head in HEADS]
    told = notice(retention, association, language)
    return render("privacy/notice.html", language, linked, icon=icon, notice=told, heads=heads)


def register_html(
    retention: Retention, association: Association, language: str, linked: str = "", icon: str = ""
) -> str:
    title, sections = register(retention, association, language)
    return render(
        "privacy/register.html", language, linked, icon=icon, title=title, sections=sections
    )


def register_markdown(retention: Retention, association: Association, language: str) -> str:
    return markdown(*register(retention, association, language))


def render(template: str, language: str, linked: str = "", **more: object) -> str:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup((HERE / "static/privacy.css").read_text())
    return pages.get_template(template).render(
        language=language, linked=linked, style=style, **more
    )
