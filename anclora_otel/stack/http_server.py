"""An HTTP server beside everything else that a process does, for pages and stand-ins of this machine."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

_JOIN_SECONDS = 5.0


class BackgroundServer(ThreadingHTTPServer):
    """
    Serve in threads of its own from `begin` to `end`.

    The port is taken as soon as it is made. Threads of requests end with the process, since a browser or an exporter
    may hold a connection for ever. The server is that of the standard library.
    """

    daemon_threads = True
    _thread: threading.Thread | None = None

    def begin(self, name: str) -> None:
        """
        Answer from now on.

        Args:
            name: of the thread.

        """
        self._thread = threading.Thread(target=self.serve_forever, name=name, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Listen no longer."""
        if self._thread is not None:
            self.shutdown()
            self._thread.join(_JOIN_SECONDS)
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Take it as it is when a client goes away."""
