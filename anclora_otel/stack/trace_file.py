"""
Read a trace from the file into which the collector writes the last ones.

The file holds OTLP JSON, one batch a line; `anclora_otel.stack.places.Places.trace_file` says where it lies.
Source of the format: OpenTelemetry specification, "OpenTelemetry Protocol File Exporter".
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from anclora_otel.errors import AncloraOtelError

_TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")
_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_STATUSES = ("unset", "ok", "error")


@dataclass(frozen=True)
class Span:
    """
    A span as the collector wrote it.

    Args:
        span_id: 16 hexadecimal digits.
        parent_id: those of its parent, or an empty text for the root.
        service: the resource's `service.name`.
        name: what the span is called.
        kind: ``internal``, ``server``, ``client``, ``producer`` or ``consumer``.
        start_nanoseconds: Unix time.
        end_nanoseconds: Unix time; 0 for a span that has none.
        status: ``unset``, ``ok`` or ``error``.
        status_message: what went wrong.
        attributes: its attributes.

    """

    span_id: str
    parent_id: str
    service: str
    name: str
    kind: str
    start_nanoseconds: int
    end_nanoseconds: int
    status: str = "unset"
    status_message: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def duration_nanoseconds(self) -> int:
        """Give how long the span took; 0 where its end is unknown or before its start."""
        return max(0, self.end_nanoseconds - self.start_nanoseconds)


def parse_trace_id(text: str) -> str:
    """
    Give a trace id in the form in which it is stored: 32 lower-case hexadecimal digits.

    Takes upper case, dashes and a whole `traceparent`, too, since people paste what they find.

    Raises:
        AncloraOtelError: the text is no trace id.

    """
    candidate = text.strip().lower()
    if re.match(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z", candidate):
        candidate = candidate.split("-")[1]
    candidate = candidate.replace("-", "")
    if not _TRACE_ID.match(candidate):
        raise AncloraOtelError(
            f"{text[:80]!r} is no trace id: expected 32 hexadecimal digits, "
            "such as trace_id in a log line, or a whole traceparent"
        )
    if candidate == "0" * 32:
        raise AncloraOtelError("a trace id of zeros means that there is no trace: expected the id of a real one")
    return candidate


def read_trace(file: Path, trace_id: str) -> list[Span]:
    """
    Read the spans of a trace from the file and its rotated backups, by their start.

    Files are read as streams, and only lines with the id are decoded. A line that is only half written is
    passed over; a span that stands in two files is given once.

    Args:
        file: the trace file; it need not exist.
        trace_id: 32 lower-case hexadecimal digits.

    """
    spans: dict[str, Span] = {}
    for line in _lines(file, trace_id.encode()):
        for span in _spans_of_line(line, trace_id):
            spans[span.span_id] = span
    return sorted(spans.values(), key=lambda span: (span.start_nanoseconds, span.span_id))


def trace_files(file: Path) -> list[Path]:
    """List the trace file and its backups that exist, the oldest first."""
    pattern = f"{file.stem}-*{file.suffix}*"
    backups = sorted(file.parent.glob(pattern)) if file.parent.is_dir() else []
    return [*backups, file] if file.is_file() else backups


def _lines(file: Path, needle: bytes) -> Iterator[bytes]:
    with ExitStack() as opened:
        # The live file is opened first: if it is rotated meanwhile, it is read twice rather than not at all.
        live = _open(opened, file)
        streams = [_open(opened, backup) for backup in trace_files(file) if backup != file]
        for stream in (*streams, live):
            if stream is not None:
                yield from (line for line in _readable(stream) if needle in line)


def _open(opened: ExitStack, file: Path) -> Iterable[bytes] | None:
    try:
        if file.suffix == ".gz":
            return opened.enter_context(gzip.open(file))
        return opened.enter_context(file.open("rb"))
    except FileNotFoundError:
        return None


def _readable(stream: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from stream
    except (EOFError, OSError, zlib.error):  # a backup that is being compressed at the moment, or is damaged
        return


def _spans_of_line(line: bytes, trace_id: str) -> Iterator[Span]:
    try:
        batch = json.loads(line)
    except (ValueError, RecursionError):
        return
    for resource_spans in _list(batch, "resourceSpans"):
        resource = resource_spans.get("resource")
        attributes = _attributes(resource if isinstance(resource, dict) else {})
        service = str(attributes.get("service.name", "unknown"))
        for scope_spans in _list(resource_spans, "scopeSpans"):
            for span in _list(scope_spans, "spans"):
                if str(span.get("traceId", "")).lower() == trace_id:
                    yield _span(service, span)


def _span(service: str, span: Mapping[str, object]) -> Span:
    status = span.get("status")
    status = status if isinstance(status, dict) else {}
    return Span(
        span_id=str(span.get("spanId", "")).lower(),
        parent_id=str(span.get("parentSpanId") or "").lower(),
        service=service,
        name=str(span.get("name") or "(no name)"),
        kind=_enumerated(span.get("kind"), _KINDS, "SPAN_KIND_"),
        start_nanoseconds=_integer(span.get("startTimeUnixNano")),
        end_nanoseconds=_integer(span.get("endTimeUnixNano")),
        status=_enumerated(status.get("code"), _STATUSES, "STATUS_CODE_"),
        status_message=str(status.get("message") or ""),
        attributes=_attributes(span),
    )


def _list(value: object, key: str) -> list[dict[str, object]]:
    items = value.get(key) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _attributes(holder: Mapping[str, object]) -> dict[str, object]:
    return {str(item.get("key")): _value(item.get("value")) for item in _list(holder, "attributes")}


def _value(value: object) -> object:
    if not isinstance(value, dict) or not value:
        return None
    kind, content = next(iter(value.items()))
    if kind == "intValue":
        return _integer(content)
    if kind == "arrayValue":
        return [_value(item) for item in _list(content, "values")]
    if kind == "kvlistValue":
        return {str(item.get("key")): _value(item.get("value")) for item in _list(content, "values")}
    return content


def _enumerated(value: object, names: tuple[str, ...], prefix: str) -> str:
    # JSON of OTLP writes enumerations as numbers; other writers use the names.
    if isinstance(value, str) and value.startswith(prefix):
        return value[len(prefix) :].lower()
    number = _integer(value)
    return names[number] if 0 <= number < len(names) else names[0]


def _integer(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, OverflowError):
        return 0
