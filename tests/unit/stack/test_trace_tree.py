"""Arranging and writing a trace."""

from __future__ import annotations

from anclora_otel.stack.loki import LogLine
from anclora_otel.stack.trace_file import Span
from anclora_otel.stack.trace_text import render_trace
from anclora_otel.stack.trace_tree import arrange, walk


def _span(span_id: str, parent_id: str = "", start: int = 0, end: int = 10, **more: object) -> Span:
    values: dict[str, object] = {
        "span_id": span_id,
        "parent_id": parent_id,
        "service": "api",
        "name": span_id.upper(),
        "kind": "internal",
        "start_nanoseconds": start * 1_000_000,
        "end_nanoseconds": end * 1_000_000,
    }
    return Span(**(values | more))  # type: ignore[arg-type]


def _shape(*spans: Span) -> list[tuple[int, str, bool]]:
    return [(depth, node.span.span_id, node.orphan) for depth, node in walk(arrange(spans))]


def test_children_stand_under_their_parents_by_start() -> None:
    """The order is depth first, and brothers by their start, whatever the order of the file."""
    shape = _shape(_span("d", "b", 3), _span("c", "a", 5), _span("b", "a", 2), _span("a"))

    assert shape == [(0, "a", False), (1, "b", False), (2, "d", False), (1, "c", False)]


def test_orphans_are_roots() -> None:
    """A span whose parent is not in the file stands at the left edge and says so."""
    trace = arrange([_span("a"), _span("b", "missing", 1)])

    assert [(root.span.span_id, root.orphan) for root in trace.roots] == [("a", False), ("b", True)]
    assert not trace.is_complete


def test_circles_are_cut_once() -> None:
    """Spans that are each other's parents are all shown, below the earliest of them."""
    shape = _shape(_span("a", "c", 0), _span("b", "a", 1), _span("c", "b", 2), _span("d", "c", 3))

    assert shape == [(0, "a", True), (1, "b", False), (2, "c", False), (3, "d", False)]
    assert _shape(_span("a", "a")) == [(0, "a", True)]


def test_deep_traces_need_no_recursion() -> None:
    """A chain deeper than the interpreter's limit is walked."""
    spans = [_span(f"{number:016x}", f"{number - 1:016x}" if number else "", number) for number in range(1500)]

    assert [number for number, _, _ in _shape(*spans)] == list(range(1500))


def test_log_lines_stand_under_their_span() -> None:
    """A line is shown in the span that wrote it, else after the tree, by time."""
    lines = [
        LogLine(3_000_000, "api", "info", "second", "a"),
        LogLine(1_000_000, "api", "info", "first", "a"),
        LogLine(9, "x", "warn", "far"),
    ]
    trace = arrange([_span("a")], lines)

    assert [line.text for line in trace.roots[0].lines] == ["first", "second"]
    assert [line.text for line in trace.unplaced] == ["far"]


def test_text_shows_times_names_and_errors() -> None:
    """Each span has its offset, duration, service, name, kind, status and key attributes in one line."""
    spans = [
        _span("a", end=25, kind="server", attributes={"http.route": "/messages", "secret": "x"}),
        _span("b", "a", 5, 7, status="error", status_message="no\nroute", name="POST"),
        _span("c", "gone", 6, 0),
    ]
    text = render_trace(
        "t" * 32,
        arrange(
            spans,
            [
                LogLine(6_000_000, "api", "error", "it\x1b[2J failed", "b"),
                LogLine(7_500_000, "w", "info", "late"),
            ],
        ),
    )

    assert text.splitlines() == [
        f"trace {'t' * 32}  3 spans, 2 log lines, 25.0 ms, api",
        "     start   duration",
        "       0.0       25.0  api  A (server)  http.route=/messages",
        "       5.0        2.0    api  POST (internal)  ERROR no route",
        "       6.0                 | error api  it [2J failed",
        "       6.0          ?  api  C (internal)  [parent gone missing]",
        f"{'':22} log lines of the trace outside these spans",
        "       7.5               | info  w  late",
    ]


def test_colour_is_only_there_when_wanted() -> None:
    """Escape sequences come with colour and not without."""
    trace = arrange([_span("a", status="error")])

    assert "\x1b[31m" in render_trace("t", trace, in_colour=True)
    assert "\x1b" not in render_trace("t", trace)
