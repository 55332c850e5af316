"""The web server: waitress, one process, a pool of threads, on a port taken at once.

A busy port raises OSError where the server is made, before anything else of the
kiosk has started on the strength of it.
"""

from __future__ import annotations

import socket
import threading

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

#: Threads of the pool; an app's live streams may hold half of them.
THREADS = 24
#: Where an app that has live streams keeps the event that ends them.
CLOSING = "fablab.closing"
#: Where an app keeps the bytes of its largest request, if some page takes more than the others.
LONGEST_BODY = "fablab.longest"
#: Seconds that requests under way may take to end when the server stops.
GRACE_S = 3.0
#: Open connections, those of live streams and of browsers that keep theirs alive.
CONNECTIONS = 200


class Server:
    """A web server, listening from its making on. `port` is the one really bound.

    The app says in MAX_CONTENT_LENGTH how much its pages take of a request; in its
    extensions under LONGEST_BODY, how much one of them takes.
    """

    def __init__(self, app: Flask, listen: str, port: int, connections: int = CONNECTIONS) -> None:
        family = socket.AF_INET6 if ":" in listen else socket.AF_INET
        self._closing: threading.Event = app.extensions.get(CLOSING, threading.Event())
        longest: int = app.extensions.get(LONGEST_BODY, app.config["MAX_CONTENT_LENGTH"])
        self._server = create_server(
            app,
            sockets=[socket.create_server((listen, port), family=family)],
            threads=THREADS,
            connection_limit=connections,
            max_request_body_size=longest + 1,  # waitress refuses what is just as long
            clear_untrusted_proxy_headers=True,
            ident="",
        )
        self.port = int(self._server.effective_port)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the live streams, then every connection. Returns within a few seconds."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._server.task_dispatcher.shutdown(timeout=GRACE_S)
        if self._thread.is_alive():
            self._server.trigger.pull_trigger(self._hang_up)
            self._thread.join(GRACE_S)
        else:
            self._hang_up()
        if not self._server.task_dispatcher.threads:
            self._server.trigger.close()

    def _hang_up(self) -> None:
        """Runs in the server's own thread, if it has begun; its loop ends when its map is empty.

        The trigger's pipe, which the server's own close() would close, is left
        open until nobody can use it any more: a late thread would write its byte
        to whatever file has taken the number since, such as the lab's database.
        """
        self._server.trigger.del_channel()
        wasyncore.dispatcher.close(self._server)
        for channel in list(self._server._map.values()):
            channel.handle_close()


def serve(app: Flask, listen: str, port: int) -> Server:
    """Start serving `app`, and return at once. Port 0 takes a free one.

    Raises:
        OSError: the port or the address cannot be had.
    """
    server = Server(app, listen, port)
    server.start()
    return server
