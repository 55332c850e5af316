"""the notice for the wall, and the record of processing, as files

`fablab privacy notice --out FOLDER` writes the A4 notice in French and in English, as HTML
that prints and, where WeasyPrint is installed, as PDF. `fablab privacy register --out
FOLDER` writes the record of processing as Markdown and HTML. Both read [retention] and
[association] of the central's file, as the purge does. Nothing else is asked.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.commands import asks_the_central


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("notice", "what people are told, for the wall"),
        ("register", "the record of processing"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("--out", type=Path, required=True, metavar="FOLDER")
        asks_the_central(action)


def run(args: argparse.Namespace) -> int:
    import sys

    from kiosk.central.report.pdf import NoPdf
    from kiosk.sites import SiteError

    try:
        files, missing = _notice(args) if args.action == "notice" else _register(args)
        args.out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (args.out / name).write_bytes(content)
            sys.stdout.write(f"{args.out / name}\n")
    except (SiteError, NoPdf, ValueError) as error:
        sys.stderr.write(f"fablab privacy: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"fablab privacy: {error.filename}: {error.strerror}\n")
        return 2
    if missing:
        sys.stderr.write(f"fablab privacy: {missing}\n")
    return 0


def _notice(args: argparse.Namespace) -> tuple[dict[str, bytes], str]:
    """The files, and why one is missing."""
    from kiosk.central.privacy.notice import LANGUAGES
    from kiosk.central.privacy.sheets import notice_html
    from kiosk.central.report import pdf
    from kiosk.sites import read_central

    site = read_central(args.site)
    made: dict[str, bytes] = {}
    missing = ""
    for language in LANGUAGES:
        page = notice_html(site.retention, site.association, language).encode()
        made[f"notice-{language}.html"] = page
        try:
            made[f"notice-{language}.pdf"] = pdf.render(page, 0)
        except pdf.NoPdf as wrong:
            missing = str(wrong)
    return made, missing


def _register(args: argparse.Namespace) -> tuple[dict[str, bytes], str]:
    from kiosk.central.privacy.notice import LANGUAGES
    from kiosk.central.privacy.sheets import register_html, register_markdown
    from kiosk.sites import read_central

    site = read_central(args.site)
    made: dict[str, bytes] = {}
    for language in LANGUAGES:
        told = site.retention, site.association, language
        made[f"registre-{language}.md"] = register_markdown(*told).encode()
        made[f"registre-{language}.html"] = register_html(*told).encode()
    return made, ""
