"""Reading the collector's trace file as it grows."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRACES_REMEMBERED = 2000

_CLIENT, _PRODUCER, _CONSUMER, _SERVER = 3, 4, 5, 2


@dataclass(frozen=True)
class SpanSeen:
    """Hold what the demo wants to know of a span; the kind is OTLP's number."""

    trace_id: str
    service: str
    kind: int


class TraceFile:
    """
    Count the spans that arrive from now on, and find a trace that goes all the way.

    Args:
        path: the file into which the collector writes OTLP JSON lines.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = path.stat().st_size if path.exists() else 0
        self._rest = b""
        self._parts: OrderedDict[str, set[tuple[str, int]]] = OrderedDict()
        self.spans: Counter[str] = Counter()
        self.complete_trace: str | None = None

    def read(self) -> None:
        """Take in what was written since the last time."""
        for line in self._new_lines():
            for span in _spans(line):
                self._take(span)

    def _new_lines(self) -> Iterator[bytes]:
        if not self._path.exists():
            return
        if self._path.stat().st_size < self._position:
            # The collector has rotated the file.
            self._position, self._rest = 0, b""
        with self._path.open("rb") as file:
            file.seek(self._position)
            text = self._rest + file.read()
            self._position = file.tell()
        *lines, self._rest = text.split(b"\n")
        yield from lines

    def _take(self, span: SpanSeen) -> None:
        self.spans[span.service] += 1
        parts = self._parts.setdefault(span.trace_id, set())
        parts.add((span.service, span.kind))
        if len(self._parts) > TRACES_REMEMBERED:
            self._parts.popitem(last=False)
        services = {service for service, _ in parts}
        if {kind for _, kind in parts} >= {_SERVER, _PRODUCER, _CONSUMER, _CLIENT} and len(services) > 1:
            self.complete_trace = span.trace_id


def _spans(line: bytes) -> Iterator[SpanSeen]:
    try:
        batch = json.loads(line)
    except ValueError:
        return
    for resource_spans in batch.get("resourceSpans", []):
        service = _service(resource_spans.get("resource", {}).get("attributes", []))
        for scope_spans in resource_spans.get("scopeSpans", []):
            for span in scope_spans.get("spans", []):
                yield SpanSeen(span["traceId"], service, int(span.get("kind", 0)))


def _service(attributes: list[dict[str, Any]]) -> str:
    for attribute in attributes:
        if attribute.get("key") == "service.name":
            return str(attribute["value"].get("stringValue", "unknown"))
    return "unknown"
