"""The server of the page: its files, the dashboards, and what Prometheus and Loki answer."""

from __future__ import annotations

import errno
import http.client
import json
import urllib.parse
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anclora_otel.errors import StackError
from anclora_otel.stack.http_server import BackgroundServer
from anclora_otel.stack.owners import named_owner
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.preview.files import Dashboards
from anclora_otel.stack.preview.proxy import RefusedError, Upstream

if TYPE_CHECKING:
    from typing_extensions import Self

PORT = 3002
"""Beside Grafana, which is on 3001."""

PAGE = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".mjs": "text/javascript"}
_JSON = "application/json"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page runs its own scripts and no other, and asks nobody but this server."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PreviewServer:
    """
    Serve the page until `stop`; a context manager.

    Args:
        dashboards: what is drawn.
        upstreams: the data sources by kind: ``prometheus`` and ``loki``.
        library: the file of the charting library.
        port: where it listens; 0 is any free one.
        host: the address on which it listens; nothing but this machine unless told.
        grafana: the address of a Grafana that panels link to, or nothing.

    """

    def __init__(
        self,
        dashboards: Dashboards,
        upstreams: tuple[Upstream, ...],
        library: Path,
        *,
        port: int = PORT,
        host: str = HOST,
        grafana: str = "",
    ) -> None:
        self.dashboards = dashboards
        self.upstreams = {upstream.kind: upstream for upstream in upstreams}
        self.library = library
        self.grafana = grafana.rstrip("/")
        self._host = host
        self._port = port
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Give the address of the page."""
        port = self._port if self._server is None else self._server.server_address[1]
        return f"http://{self._host}:{port}"

    def start(self) -> None:
        """
        Listen.

        Raises:
            StackError: the port cannot be opened.

        """
        try:
            self._server = _Server((self._host, self._port), _Handler)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StackError(
                    f"port {self._port} is taken by {named_owner(self._port)}: stop it, or choose another by --port"
                ) from None
            raise StackError(f"{self._host}:{self._port} cannot be opened ({error.strerror}): see --host") from None
        self._server.preview = self
        self._server.begin("preview")

    def stop(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.end()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def names_itself(self, host: str) -> bool:
        """Say whether a request is for this server, and not for a name that somebody made lead here."""
        if self._host not in (HOST, "localhost", "::1"):
            return True
        return urllib.parse.urlsplit(f"//{host}").hostname in (HOST, "localhost", "::1")


class _Server(BackgroundServer):
    preview: PreviewServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Give a file, a dashboard or an answer."""
        try:
            path, _, query = self.path.partition("?")
            if not self.server.preview.names_itself(self.headers.get("host", "")):
                raise RefusedError(421, "this page is for this machine: open it by 127.0.0.1 or localhost")
            self._respond(urllib.parse.unquote(path), query)
        except RefusedError as error:
            self._json(error.status, {"error": error.reason})
        except StackError as error:
            self._json(http.client.BAD_GATEWAY, {"error": str(error)})

    def _respond(self, path: str, query: str) -> None:
        preview = self.server.preview
        first, *rest = path.strip("/").split("/")
        if path == "/" or (first == "d" and rest):
            self._file(PAGE / "index.html")
        elif first == "page" and len(rest) == 1 and (PAGE / rest[0]) in set(PAGE.iterdir()):
            self._file(PAGE / rest[0])
        elif path == "/charts/echarts.mjs":
            self._file(preview.library)
        elif path == "/api/sources":
            addresses = {kind: upstream.address for kind, upstream in preview.upstreams.items()}
            self._json(http.client.OK, {**addresses, "grafana": preview.grafana})
        elif first == "api" and rest[:1] == ["dashboards"]:
            self._dashboards(rest[1:])
        elif first == "api" and rest and rest[0] in preview.upstreams:
            answer = preview.upstreams[rest[0]].read("/" + "/".join(rest[1:]), query)
            self._send(answer.status, answer.body, _JSON)
        else:
            raise RefusedError(404, f"{path}: not found")

    def _dashboards(self, rest: list[str]) -> None:
        found, problems = self.server.preview.dashboards.all()
        if not rest:
            names = [{key: each.get(key, "") for key in ("uid", "title", "description")} for each in found.values()]
            self._json(http.client.OK, {"dashboards": names, "problems": problems})
        elif rest[0] in found:
            self._json(http.client.OK, found[rest[0]])
        else:
            raise RefusedError(404, f"there is no dashboard {rest[0]}")

    def _file(self, file: Path) -> None:
        if file.suffix not in _TYPES:
            raise RefusedError(404, f"{file.name}: not found")
        self._send(http.client.OK, file.read_bytes(), f"{_TYPES[file.suffix]}; charset=utf-8")

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), _JSON)

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing: a page that is open asks every few seconds."""
