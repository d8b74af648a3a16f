"""Reading queries: Grafana's variables taken out, and the series that PromQL selects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import promql_parser as promql

DURATIONS = {"__rate_interval": "11867s", "__interval": "11277s", "__range": "12391s", "__auto": "9577s"}
"""Durations that no query writes itself, so that a fixed one can be told from Grafana's."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)")


def expanded(text: str, values: Mapping[str, str]) -> str:
    """
    Put values in the place of Grafana's variables.

    Args:
        text: a query.
        values: by the variable's name.

    Raises:
        KeyError: a variable has no value.

    """
    return _VARIABLE.sub(lambda match: values[match[1] or match[2]], text)


def variables_in(text: str) -> set[str]:
    """List the variables that a query uses."""
    return {match[1] or match[2] for match in _VARIABLE.finditer(text)}


def parsed(text: str) -> promql.Expr:
    """
    Parse PromQL that has Grafana's variables in it; a variable that is no duration stands as its own name.

    Raises:
        ValueError: it is no PromQL.

    """
    names = {name: name for name in variables_in(text)} | DURATIONS
    return promql.parse(expanded(text, names))


def nodes(node: promql.Expr) -> Iterator[tuple[promql.Expr, tuple[promql.Expr, ...]]]:
    """Give a node and everything below it, each with what is above, outermost first."""
    yield from _below(node, ())


def _below(node: promql.Expr, above: tuple[promql.Expr, ...]) -> Iterator[tuple[promql.Expr, tuple[promql.Expr, ...]]]:
    yield node, above
    for child in _children(node):
        yield from _below(child, (*above, node))


def _children(node: promql.Expr) -> list[promql.Expr]:
    if isinstance(node, promql.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, promql.Call):
        return list(node.args)
    if isinstance(node, promql.AggregateExpr | promql.ParenExpr | promql.SubqueryExpr | promql.UnaryExpr):
        return [node.expr]
    return [node.vector_selector] if isinstance(node, promql.MatrixSelector) else []


def selectors(node: promql.Expr) -> list[promql.VectorSelector]:
    """List the selectors of an expression."""
    return [found for found, _ in nodes(node) if isinstance(found, promql.VectorSelector)]
