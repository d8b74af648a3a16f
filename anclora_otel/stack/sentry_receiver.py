"""
A stub of Sentry's server for demo and tests: it takes what Sentry takes, and shows what came.

It speaks the real protocols: envelopes at ``/api/ID/envelope/`` and OTLP at ``/api/ID/integration/otlp/v1/…``, with
authentication, compression and rate limits. It groups, stores and alerts nothing.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from anclora_otel.stack.http_server import BackgroundServer
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.sentry_envelope import decoded, key_of, read_envelope

if TYPE_CHECKING:
    from typing_extensions import Self

SentryMode = Literal["accept", "unavailable", "too_many_requests", "unauthorised", "too_large", "garbage", "black_hole"]
"""What the receiver does: accept, answer 503, 429, 401 or 413, answer with what is no HTTP, or never answer."""

_STATUS = {"accept": 200, "unavailable": 503, "too_many_requests": 429, "unauthorised": 401, "too_large": 413}
_KEPT = 20_000
_PATH = re.compile(r"/api/([0-9]+)/(envelope/?|integration/otlp/v1/(?:traces|logs)/?)(?:\?.*)?\Z")
_KEY = "anclora"
_PROJECT = "42"


class SentryReceiver:
    """
    Receive what goes to Sentry, on this host alone.

    Use it as a context manager; `dsn` is what ``SENTRY_DSN`` takes. The page ``/received`` tells other processes what
    came, as JSON.

    Args:
        mode: what to do with requests; may be changed at any time.
        port: the port; a free one unless given.
        slow_seconds: how long each answer takes.
        retry_after_seconds: what ``Retry-After`` and ``X-Sentry-Rate-Limits`` say in the mode ``too_many_requests``.

    """

    def __init__(
        self, mode: SentryMode = "accept", port: int = 0, slow_seconds: float = 0.0, retry_after_seconds: int = 60
    ) -> None:
        self.mode: SentryMode = mode
        self.slow_seconds = slow_seconds
        self.retry_after_seconds = retry_after_seconds
        self.events: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.client_reports: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.spans: deque[Span] = deque(maxlen=_KEPT)
        self.logs: deque[LogRecord] = deque(maxlen=_KEPT)
        self.kinds: Counter[str] = Counter()
        self.requests = 0
        self.changed = threading.Condition()
        self.released = threading.Event()
        self._server = _Server((HOST, port), self)

    @property
    def url(self) -> str:
        """The address of the receiver."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    @property
    def dsn(self) -> str:
        """The DSN of the only project that there is."""
        return f"{self.url.replace('://', f'://{_KEY}@')}/{_PROJECT}"

    def __enter__(self) -> Self:
        """Start to receive."""
        self._server.begin("sentry receiver")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and let go of requests that were never answered."""
        self.released.set()
        self._server.end()

    def wait_for(self, condition: Callable[[SentryReceiver], bool], timeout_seconds: float = 30) -> bool:
        """
        Wait until something holds of what came.

        Args:
            condition: is asked whenever something has come.
            timeout_seconds: how long to wait.

        """
        with self.changed:
            return self.changed.wait_for(lambda: condition(self), timeout_seconds)

    def take(self, path: str, key: str, encoding: str, body: bytes) -> int:
        """Take a request and give the status of the answer."""
        found = _PATH.match(path)
        if found is None or found.group(1) != _PROJECT:
            return 404
        if key != _KEY:
            return 401
        try:
            raw = decoded(body, encoding)
            with self.changed:
                self._read(found.group(2), raw)
                self.changed.notify_all()
        except Exception:  # whatever the reader of the format says: it is not what Sentry takes
            return 400
        return 200

    def received(self) -> dict[str, Any]:
        """Give what came, as plain values."""
        with self.changed:
            return {
                "stub": "a stub of Sentry's server, by anclora-otel",
                "requests": self.requests,
                "events": list(self.events),
                "spans": [{"name": span.name, "trace_id": span.trace_id.hex()} for span in self.spans],
                "logs": [{"body": record.body.string_value, "trace_id": record.trace_id.hex()} for record in self.logs],
            }

    def _read(self, kind: str, body: bytes) -> None:
        if kind.startswith("envelope"):
            for item in read_envelope(body):
                self.kinds[item.kind] += 1
                if item.kind == "event":
                    self.events.append(item.json())
                elif item.kind == "client_report":
                    self.client_reports.append(item.json())
        elif "traces" in kind:
            for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope_spans in resource_spans.scope_spans:
                    self.spans.extend(scope_spans.spans)
        else:
            for resource_logs in ExportLogsServiceRequest.FromString(body).resource_logs:
                for scope_logs in resource_logs.scope_logs:
                    self.logs.extend(scope_logs.log_records)


class _Server(BackgroundServer):
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], receiver: SentryReceiver) -> None:
        super().__init__(address, _Handler)
        self.receiver = receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        receiver = self.server.receiver
        if self.path == "/received":
            self._answer(200, json.dumps(receiver.received()).encode(), "application/json")
        else:
            text = f"A stub of Sentry's server, by anclora-otel: {len(receiver.events)} events. See /received.\n"
            self._answer(200, text.encode(), "text/plain; charset=utf-8")

    def do_POST(self) -> None:
        body, receiver = self._body(), self.server.receiver
        with receiver.changed:
            receiver.requests += 1
            receiver.changed.notify_all()
        if receiver.mode == "black_hole":
            receiver.released.wait()
        elif receiver.mode == "garbage":
            self.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n")
            self.close_connection = True
        else:
            self._take(body)

    def _take(self, body: bytes) -> None:
        receiver = self.server.receiver
        if receiver.slow_seconds:
            receiver.released.wait(receiver.slow_seconds)
        status = _STATUS[receiver.mode]
        if status == 200:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(self.path, key_of(headers), headers.get("content-encoding", ""), body)
        if "/otlp/" in self.path:
            self._answer(status, b"", "application/x-protobuf")
        else:
            self._answer(status, b"{}", "application/json")

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        if status == 429:
            seconds = self.server.receiver.retry_after_seconds
            self.send_header("retry-after", str(seconds))
            self.send_header("x-sentry-rate-limits", f"{seconds}::organization")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing on the console."""
