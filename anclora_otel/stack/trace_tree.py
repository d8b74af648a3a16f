"""Arrange the spans and the log lines of a trace as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from anclora_otel.stack.loki import LogLine
from anclora_otel.stack.trace_file import Span


@dataclass
class Node:
    """
    A span with what belongs under it.

    Args:
        span: the span.
        orphan: whether it has a parent that is not in the file.
        is_root: whether it stands at the left edge.
        children: the spans that it started, by their start.
        lines: the log lines that were written in it, by their time.

    """

    span: Span
    orphan: bool = False
    is_root: bool = False
    children: list[Node] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)


@dataclass(frozen=True)
class Trace:
    """
    A trace as a tree.

    Args:
        roots: spans without a parent, and orphans.
        unplaced: log lines that belong to none of the spans.
        start_nanoseconds: Unix time at which the first span started.

    """

    roots: tuple[Node, ...]
    unplaced: tuple[LogLine, ...]
    start_nanoseconds: int

    @property
    def is_complete(self) -> bool:
        """Say whether every parent that a span names is there."""
        return not any(root.orphan for root in self.roots)


def arrange(spans: Sequence[Span], lines: Sequence[LogLine] = ()) -> Trace:
    """
    Build the tree of a trace; each span stands in it exactly once, even where parents form a circle.

    Args:
        spans: at least one span, all of one trace.
        lines: its log lines.

    """
    nodes = {span.span_id: Node(span) for span in sorted(spans, key=_start)}
    roots: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.span.parent_id)
        if parent is not None and not _closes_circle(nodes, node):
            parent.children.append(node)
        else:
            node.orphan = bool(node.span.parent_id)
            node.is_root = True
            roots.append(node)
    unplaced: list[LogLine] = []
    for line in sorted(lines, key=lambda line: line.time_nanoseconds):
        owner = nodes.get(line.span_id)
        (owner.lines if owner else unplaced).append(line)
    return Trace(tuple(roots), tuple(unplaced), min(span.start_nanoseconds for span in spans))


def walk(trace: Trace) -> Iterator[tuple[int, Node]]:
    """Go through the spans in the order in which they are shown, with their depth."""
    waiting = [(0, root) for root in reversed(trace.roots)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting.extend((depth + 1, child) for child in reversed(node.children))


def _closes_circle(nodes: dict[str, Node], node: Node) -> bool:
    # Upwards from the span: who comes back to it has found a circle, which is cut once, at its earliest span.
    seen: set[str] = set()
    current = nodes.get(node.span.parent_id)
    while current is not None and not current.is_root and current.span.span_id not in seen:
        if current is node:
            return True
        seen.add(current.span.span_id)
        current = nodes.get(current.span.parent_id)
    return False


def _start(span: Span) -> tuple[int, str]:
    return span.start_nanoseconds, span.span_id
