"""The web server: waitress, one process, a pool of threads, on a port taken at once.

A busy port raises OSError where the server is made, before anything else of the
kiosk has started on the strength of it.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
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
#: Of them for one address: a browser opens six. One that opens more, and says nothing on
#: them, keeps nobody else out, nor the touch screen.
EACH_ADDRESS = 40
#: Bytes of an answer that the server lays down before it waits for whoever reads it. What
#: was sent of a stream is let go at every so many, and not before.
LAID_DOWN = 256 * 1024
#: This machine: its browser, and a proxy through which everybody may come.
_HERE = ("127.0.0.1", "::1")


class Server:
    """A web server, listening from its making on. `port` is the one really bound.

    The app says in MAX_CONTENT_LENGTH how much its pages take of a request; in its
    extensions under LONGEST_BODY, how much one of them takes. A proxy on this machine
    is believed for whom it asks (X-Forwarded-For), and whether that came over TLS
    (X-Forwarded-Proto); nobody else is.
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
            outbuf_high_watermark=LAID_DOWN,
            max_request_body_size=longest + 1,  # waitress refuses what is just as long
            trusted_proxy="127.0.0.1",
            trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
            clear_untrusted_proxy_headers=True,
            ident="",
        )
        self._server.channel_class = _channel
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


def _channel(server: Any, peer: socket.socket, address: Any, *more: Any, **named: Any) -> None:
    """Take a connection, unless its address has its share already. In the server's thread."""
    others = [channel.addr[0] for channel in server.active_channels.values()]
    if address[0] not in _HERE and others.count(address[0]) >= EACH_ADDRESS:
        peer.close()
    else:
        HTTPChannel(server, peer, address, *more, **named)


def serve(app: Flask, listen: str, port: int) -> Server:
    """Start serving `app`, and return at once. Port 0 takes a free one.

    Raises:
        OSError: the port or the address cannot be had.
    """
    server = Server(app, listen, port)
    server.start()
    return server
