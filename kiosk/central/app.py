"""The central as a web application."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from config.site import CentralSite
from kiosk.central.accounts import Role
from kiosk.central.api import create_api
from kiosk.central.closures_pages import closures_pages
from kiosk.central.front import Front
from kiosk.central.helloasso.pages import helloasso_pages
from kiosk.central.helloasso.workshop_pages import workshop_pages
from kiosk.central.pages import create_pages
from kiosk.central.people.pages import people_pages
from kiosk.central.privacy.pages import privacy_pages
from kiosk.central.privacy.service import Forgetting
from kiosk.central.report.closing_pages import closing_pages
from kiosk.central.report.pages import report_pages
from kiosk.central.store import Central
from kiosk.central.tasks import Tasks
from kiosk.central.workbook.pages import export_pages
from kiosk.sync.protocol import LIMIT_BYTES
from kiosk.web.language import _

#: Where an application keeps its long work: whoever closes the central closes it before.
TASKS = "central.tasks"


def create_app(
    central: Central,
    site: CentralSite,
    seconds: Callable[[], float] = time.monotonic,
    forgetting: Forgetting | None = None,
) -> Flask:
    """Every page, over a central that the caller closes. `forgetting` is what the process runs."""
    app = Flask("kiosk.central", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT_BYTES
    app.register_blueprint(create_api(central))
    front = Front(app, central, site, seconds)
    forgetting = forgetting or Forgetting(central, site)
    front.health.append(forgetting.health)
    labs = create_pages(central)
    front.guard(labs, Role.ANIMATOR)
    front.entry("central.labs", lambda: _("Labs"), 10)
    app.register_blueprint(labs)
    tasks = Tasks(seconds)
    app.extensions[TASKS] = tasks
    app.register_blueprint(people_pages(front))
    app.register_blueprint(helloasso_pages(front, central, tasks))
    app.register_blueprint(workshop_pages(front, central))
    app.register_blueprint(closures_pages(front, central))
    app.register_blueprint(export_pages(front, central, tasks))
    app.register_blueprint(report_pages(front, central))
    app.register_blueprint(closing_pages(front, central))
    app.register_blueprint(privacy_pages(front, central, site, forgetting))
    return app
