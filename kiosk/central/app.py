"""The central as a web application, and the server it runs on."""

from __future__ import annotations

import socket
import threading

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from kiosk.central.api import create_api
from kiosk.central.pages import create_pages
from kiosk.central.store import Central
from kiosk.sync.protocol import LIMIT_BYTES

#: A batch holds a thread for some 20 ms, so that these serve a thousand labs a minute.
THREADS = 24
#: Kept-alive connections of a thousand labs; each is a file descriptor.
CONNECTIONS = 500
#: Seconds that requests under way may take to end when the server stops.
GRACE_S = 5.0


def create_app(central: Central) -> Flask:
    app = Flask("kiosk.central", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LIMIT_BYTES
    app.register_blueprint(create_api(central))
    app.register_blueprint(create_pages(central))
    return app


class Server:
    """Listens from its making on. `port` is the one really bound. OSError: it cannot be had."""

    def __init__(self, app: Flask, listen: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in listen else socket.AF_INET
        self._server = create_server(
            app,
            sockets=[socket.create_server((listen, port), family=family)],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            max_request_body_size=LIMIT_BYTES + 1024,
            clear_untrusted_proxy_headers=True,
            ident="",
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Lets the requests under way end, then hangs up."""
        self._server.task_dispatcher.shutdown(timeout=GRACE_S)
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))
        self._thread.join(GRACE_S)
