"""Receive real OTLP over a socket, as the collector does."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

if TYPE_CHECKING:
    from typing_extensions import Self

ReceiverMode = Literal["accept", "unavailable", "too_many_requests", "black_hole"]
"""What a receiver does with a request: accept it, answer 503 or 429, or never answer."""

_STATUS = {"accept": 200, "unavailable": 503, "too_many_requests": 429}


@dataclass
class Received:
    """
    Everything that a receiver accepted, in order of arrival.

    Args:
        spans: as OTLP carries them.
        metrics: as OTLP carries them, once for each export.
        logs: as OTLP carries them.
        resources: attributes of the resource of each part of a request.
        headers: of each request.
        bodies: of each request, as they came over the socket, compressed or not.

    """

    spans: list[Span] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    logs: list[LogRecord] = field(default_factory=list)
    resources: list[dict[str, object]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Take it as it is when a client goes away, as those do that are killed in a test."""


class OtlpReceiver:
    """
    A real OTLP receiver over HTTP on a free port of this host.

    Use it as a context manager; `endpoint` is what ``OTEL_EXPORTER_OTLP_ENDPOINT`` takes.

    Args:
        mode: what to do with requests; may be changed at any time.

    """

    def __init__(self, mode: ReceiverMode = "accept") -> None:
        self.mode: ReceiverMode = mode
        self.received: Received = Received()
        self.requests = 0
        self.changed: threading.Condition = threading.Condition()
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        """The base URL of the receiver."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Start to receive."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and let go of requests that were never answered."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, signal: Literal["spans", "metrics", "logs"], name: str, timeout_seconds: float = 10) -> bool:
        """
        Wait until something with this name or body has arrived.

        Args:
            signal: where to look.
            name: the span's or metric's name, or a part of the log's body.
            timeout_seconds: how long to wait.

        """
        with self.changed:
            return self.changed.wait_for(lambda: self._has(signal, name), timeout_seconds)

    def _has(self, signal: str, name: str) -> bool:
        if signal == "logs":
            return any(name in record.body.string_value for record in self.received.logs)
        return any(item.name == name for item in getattr(self.received, signal))

    def _accept(self, path: str, headers: dict[str, str], body: bytes) -> None:
        with self.changed:
            self.received.headers.append(headers)
            self.received.bodies.append(body)
            _READERS[path](self.received, body)
            self.changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = _request_body(self)
                receiver.requests += 1
                if receiver.mode == "black_hole":
                    receiver._released.wait()
                    return
                if receiver.mode == "accept":
                    raw = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
                    receiver._accept(self.path, dict(self.headers.items()), raw)
                self.send_response(_STATUS[receiver.mode])
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing on the console."""

        return Handler


def _request_body(request: BaseHTTPRequestHandler) -> bytes:
    if request.headers.get("transfer-encoding") != "chunked":
        return request.rfile.read(int(request.headers.get("content-length", 0)))
    chunks = []
    while size := int(request.rfile.readline().split(b";")[0], 16):
        chunks.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(chunks)


def plain_value(value: AnyValue) -> object:
    """
    Turn an OTLP value into a plain one.

    Args:
        value: a text, a number or a boolean; arrays and maps become text.

    """
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in ("string_value", "int_value", "bool_value", "double_value") else str(value)


def plain_attributes(attributes: Iterator[KeyValue] | list[KeyValue]) -> dict[str, object]:
    """
    Turn OTLP attributes into a dictionary.

    Args:
        attributes: pairs of a key and an OTLP value.

    """
    return {pair.key: plain_value(pair.value) for pair in attributes}


def _read_traces(received: Received, body: bytes) -> None:
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
        received.resources.append(plain_attributes(list(resource_spans.resource.attributes)))
        for scope_spans in resource_spans.scope_spans:
            received.spans.extend(scope_spans.spans)


def _read_metrics(received: Received, body: bytes) -> None:
    for resource_metrics in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        received.resources.append(plain_attributes(list(resource_metrics.resource.attributes)))
        for scope_metrics in resource_metrics.scope_metrics:
            received.metrics.extend(scope_metrics.metrics)


def _read_logs(received: Received, body: bytes) -> None:
    for resource_logs in ExportLogsServiceRequest.FromString(body).resource_logs:
        received.resources.append(plain_attributes(list(resource_logs.resource.attributes)))
        for scope_logs in resource_logs.scope_logs:
            received.logs.extend(scope_logs.log_records)


_READERS = {"/v1/traces": _read_traces, "/v1/metrics": _read_metrics, "/v1/logs": _read_logs}
