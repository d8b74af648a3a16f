"""Write a trace as text: a line a span, with times, and its log lines below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from anclora_otel.stack.loki import LogLine
from anclora_otel.stack.trace_tree import Node, Trace, walk

KEY_ATTRIBUTES = (
    "http.request.method",
    "http.method",
    "http.route",
    "url.path",
    "http.response.status_code",
    "http.status_code",
    "error.type",
    "server.address",
    "messaging.system",
    "messaging.destination.name",
    "messaging.message.id",
    "bullmq.job.id",
    "db.operation.name",
    "db.statement",
)
"""The attributes that are shown, in this order; all are in the JSON."""

_MAX_VALUE_CHARACTERS = 60
_LEVELS_IN_RED = {"error", "fatal", "critical"}
_RED, _DIM, _BOLD, _PLAIN = "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


def render_trace(trace_id: str, trace: Trace, *, in_colour: bool = False) -> str:
    """
    Render a trace for a terminal.

    Args:
        trace_id: stands in the first line.
        trace: what to show; spans whose parent is missing are marked.
        in_colour: whether errors and names are coloured.

    """
    return "".join(f"{line}\n" for line in _rendered(trace_id, trace, _Paint(in_colour)))


class _Paint:
    def __init__(self, in_colour: bool) -> None:
        self._in_colour = in_colour

    def __call__(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._in_colour else text


def _rendered(trace_id: str, trace: Trace, paint: _Paint) -> Iterator[str]:
    nodes = list(walk(trace))
    services = sorted({node.span.service for _, node in nodes})
    line_count = len(trace.unplaced) + sum(len(node.lines) for _, node in nodes)
    end = max(node.span.end_nanoseconds for _, node in nodes)
    total = _milliseconds(max(0, end - trace.start_nanoseconds))
    yield (
        f"{paint(_BOLD, f'trace {trace_id}')}  "
        f"{_count(len(nodes), 'span')}, {_count(line_count, 'log line')}, "
        f"{total} ms, {', '.join(services)}"
    )
    yield f"{'start':>10} {'duration':>10}"
    for depth, node in nodes:
        yield _span_line(depth, node, trace.start_nanoseconds, paint)
        yield from (_log_line(depth + 1, line, trace.start_nanoseconds, paint) for line in node.lines)
    if trace.unplaced:
        yield f"{'':22} log lines of the trace outside these spans"
        yield from (_log_line(1, line, trace.start_nanoseconds, paint) for line in trace.unplaced)


def _span_line(depth: int, node: Node, start_nanoseconds: int, paint: _Paint) -> str:
    span = node.span
    offset = _milliseconds(span.start_nanoseconds - start_nanoseconds)
    duration = _milliseconds(span.duration_nanoseconds) if span.end_nanoseconds else "?"
    parts = [f"{span.service}  {paint(_BOLD, _one_line(span.name))} ({span.kind})"]
    if node.orphan:
        parts.append(f"[parent {span.parent_id} missing]")
    if span.status == "error":
        parts.append(paint(_RED, f"ERROR {_one_line(span.status_message)}".rstrip()))
    parts += [paint(_DIM, text) for text in _key_attributes(span.attributes)]
    return f"{offset:>10} {duration:>10}  {'  ' * depth}{'  '.join(parts)}"


def _log_line(depth: int, line: LogLine, start_nanoseconds: int, paint: _Paint) -> str:
    offset = _milliseconds(line.time_nanoseconds - start_nanoseconds)
    level = f"{line.level:<5}"
    level = paint(_RED, level) if line.level in _LEVELS_IN_RED else level
    return f"{offset:>10} {'':>10}  {'  ' * depth}| {level} {line.service}  {_one_line(line.text)}"


def _key_attributes(attributes: Mapping[str, object]) -> Iterator[str]:
    for key in KEY_ATTRIBUTES:
        if key in attributes:
            text = _one_line(str(attributes[key]))
            shown = text if len(text) <= _MAX_VALUE_CHARACTERS else f"{text[:_MAX_VALUE_CHARACTERS]}…"
            yield f"{key}={shown}"


def _one_line(text: str) -> str:
    # What a program wrote must not steer the terminal that shows it.
    return "".join(character if character.isprintable() else " " for character in text)


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.1f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
