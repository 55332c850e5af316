"""The central as a web application."""

from __future__ import annotations

from flask import Flask

from kiosk.central.api import create_api
from kiosk.central.pages import create_pages
from kiosk.central.store import Central
from kiosk.sync.protocol import LIMIT_BYTES


def create_app(central: Central) -> Flask:
    app = Flask("kiosk.central", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT_BYTES
    app.register_blueprint(create_api(central))
    app.register_blueprint(create_pages(central))
    return app
