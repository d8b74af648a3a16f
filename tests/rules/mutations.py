"""
Mutants of an expression, made on its parsed form.

A walk over the tree writes PromQL again and counts the sites where something may be changed; a mutant is the same
walk with one site changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as parser

TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "!=", "!=": "=="}
GUARDS = ("and", "unless", "or")


@dataclass(frozen=True)
class Mutant:
    """
    One changed expression.

    Args:
        change: what was changed, in words that name it among the mutants of its rule.
        expression: the PromQL.

    """

    change: str
    expression: str


def mutants(expression: str) -> Iterator[Mutant]:
    """Give every mutant of an expression."""
    tree = parser.parse(expression)
    site = 0
    while True:
        writer = _Writer(site)
        text = writer.write(tree)
        if writer.change is None:
            return
        yield Mutant(writer.change, text)
        site += 1


def written(expression: str) -> str:
    """Write an expression unchanged, as the mutants are written."""
    return _Writer(-1).write(parser.parse(expression))


class _Writer:
    def __init__(self, target: int) -> None:
        self._target = target
        self._sites = 0
        self.change: str | None = None

    def _here(self, change: str) -> bool:
        """Say whether the next site is the one to change."""
        self._sites += 1
        if self._sites - 1 != self._target:
            return False
        self.change = f"{self._target}: {change}"
        return True

    def write(self, node: parser.Expr) -> str:
        if isinstance(node, parser.BinaryExpr):
            return self._binary(node)
        if isinstance(node, parser.ParenExpr):
            return f"({self.write(node.expr)})"
        if isinstance(node, parser.AggregateExpr):
            return self._aggregate(node)
        if isinstance(node, parser.Call):
            return f"{node.func.name}({', '.join(self.write(argument) for argument in node.args)})"
        if isinstance(node, parser.MatrixSelector | parser.SubqueryExpr):
            return self._range(node)
        return _plain(node)

    def _binary(self, node: parser.BinaryExpr) -> str:
        operator = str(node.op)
        if operator in GUARDS:
            if self._here(f"{operator} dropped with {_short(node.rhs)}"):
                return self.write(node.lhs)
            if operator == "or" and self._here(f"or dropped with {_short(node.lhs)}"):
                return self.write(node.rhs)
        if operator == "/" and isinstance(node.rhs, parser.ParenExpr) and _compares(node.rhs.expr):
            guarded = node.rhs.expr
            assert isinstance(guarded, parser.BinaryExpr)
            if self._here(f"guard of the denominator dropped from {_short(guarded)}"):
                return f"{self.write(node.lhs)} / ({self.write(guarded.lhs)})"
        if operator in TURNED:
            return self._comparison(node)
        return f"{self.write(node.lhs)} {operator}{_matching(node)} {self.write(node.rhs)}"

    def _comparison(self, node: parser.BinaryExpr) -> str:
        operator = str(node.op)
        if self._here(f"{operator} turned after {_short(node.lhs)}"):
            operator = TURNED[operator]
        right = self.write(node.rhs)
        if isinstance(node.rhs, parser.NumberLiteral) and node.rhs.val != 0:
            for factor in (10, 0.1):
                if self._here(f"{right} x {factor:g}"):
                    right = f"{node.rhs.val * factor:.10g}"
                    break
        return f"{self.write(node.lhs)} {operator}{_matching(node)} {right}"

    def _aggregate(self, node: parser.AggregateExpr) -> str:
        labels = list(node.modifier.labels) if node.modifier else []
        kept = [label for label in labels if not self._here(f"{label} dropped from by {_short(node.expr)}")]
        by = f" by ({', '.join(kept)})" if node.modifier else ""
        return f"{node.op}{by} ({self.write(node.expr)})"

    def _range(self, node: parser.MatrixSelector | parser.SubqueryExpr) -> str:
        seconds = node.range.total_seconds() if node.range else 0
        if isinstance(node, parser.MatrixSelector):
            selector = node.vector_selector
            offset = selector.offset.total_seconds() if selector.offset else 0
            inner, step = _selector(selector), ""
        else:
            offset = node.offset.total_seconds() if node.offset else 0
            inner, step = self.write(node.expr), f":{node.step.total_seconds():g}s" if node.step else ":"
        if self._here(f"window of {inner} {'before ' if offset else ''}{seconds:g}s x 10"):
            seconds *= 10
        moved = f" offset {offset * 1000:.0f}ms" if offset else ""
        return f"{inner}[{seconds * 1000:.0f}ms{step}]{moved}"


def _plain(node: parser.Expr) -> str:
    if isinstance(node, parser.VectorSelector):
        offset = f" offset {node.offset.total_seconds() * 1000:.0f}ms" if node.offset else ""
        return _selector(node) + offset
    if isinstance(node, parser.NumberLiteral):
        return f"{node.val:.10g}"
    if isinstance(node, parser.StringLiteral):
        return str(node)
    raise TypeError(f"{type(node).__name__} is not written yet: {node}")


def _selector(node: parser.VectorSelector) -> str:
    matchers = ", ".join(str(matcher) for matcher in node.matchers.matchers)
    return f"{node.name or ''}{{{matchers}}}" if matchers else str(node.name)


def _compares(node: parser.Expr) -> bool:
    return isinstance(node, parser.BinaryExpr) and str(node.op) in TURNED


def _matching(node: parser.BinaryExpr) -> str:
    modifier = node.modifier
    if modifier is None:
        return ""
    text = " bool" if modifier.return_bool else ""
    if modifier.matching is not None:
        text += f" on ({', '.join(modifier.matching.labels)})"
    side = {"ManyToOne": "group_left", "OneToMany": "group_right"}.get(str(modifier.card).split(".")[-1])
    return f"{text} {side} ({', '.join(modifier.group_labels or [])})" if side else text


def _short(node: parser.Expr) -> str:
    text = _Writer(-1).write(node)
    return text if len(text) <= 90 else text[:60] + "..." + text[-27:]
