"""Expressions read only what exists, and each metric as its type allows: checked on the parsed form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import promql_parser as parser
import pytest

from anclora_otel.catalogue import METRICS
from anclora_otel.catalogue.alerts import ALERTS, RECORDS, RECORDS_BY_NAME, Alert, Record, Scope
from anclora_otel.catalogue.alerts.foreign import METRICS as FOREIGN
from anclora_otel.catalogue.metric import Kind, Metric
from anclora_otel.catalogue.prometheus import prometheus_label

IDENTITY = frozenset(
    {"job", "instance", "service_name", "service_version", "service_instance_id", "deployment_environment_name"}
)
BY_NAME: dict[str, tuple[Metric, str]] = {
    metric.prometheus_name + suffix: (metric, suffix)
    for metric in (*METRICS, *FOREIGN)
    for suffix in (("_bucket", "_count", "_sum") if metric.kind is Kind.HISTOGRAM else ("",))
}
PER_COUNTER = {"rate", "increase"}
PER_GAUGE = {"deriv", "changes", "min_over_time", "max_over_time"}
RULES = [*ALERTS, *RECORDS]


def _rule_name(rule: Alert | Record) -> str:
    return f"{rule.name} {rule.severity.value}" if isinstance(rule, Alert) else rule.name


def _tree(rule: Alert | Record) -> parser.Expr:
    return parser.parse(rule.expression(Scope()))


def _nodes(node: parser.Expr) -> Iterator[parser.Expr]:
    """Give a node and all below it."""
    yield node
    if isinstance(node, parser.BinaryExpr):
        children = [node.lhs, node.rhs]
    elif isinstance(node, parser.Call):
        children = list(node.args)
    elif isinstance(node, parser.AggregateExpr | parser.ParenExpr | parser.SubqueryExpr | parser.UnaryExpr):
        children = [node.expr]
    elif isinstance(node, parser.MatrixSelector):
        children = [node.vector_selector]
    else:
        children = []
    for child in children:
        yield from _nodes(child)


def _selectors(node: parser.Expr) -> list[parser.VectorSelector]:
    return [found for found in _nodes(node) if isinstance(found, parser.VectorSelector)]


@cache
def _labels_of(name: str) -> frozenset[str]:
    """Give the labels that a metric or a record may have."""
    if name in BY_NAME:
        metric, suffix = BY_NAME[name]
        own = {prometheus_label(label.key) for label in metric.labels}
        return frozenset(own | IDENTITY | ({"le"} if suffix == "_bucket" else set()))
    return _labels_below(_tree(RECORDS_BY_NAME[name]))


def _labels_below(node: parser.Expr) -> frozenset[str]:
    made = {
        argument.val
        for call in _nodes(node)
        if isinstance(call, parser.Call) and call.func.name in {"label_replace", "label_join"}
        for argument in call.args[1:2]
        if isinstance(argument, parser.StringLiteral)
    }
    return frozenset(made).union(*(_labels_of(str(selector.name)) for selector in _selectors(node)), IDENTITY)


@pytest.mark.parametrize("rule", RULES, ids=_rule_name)
def test_every_name_and_label_exists(rule: Alert | Record) -> None:
    """A rule reads metrics of the catalogue, listed ones of others, or records; by labels that these have."""
    tree = _tree(rule)
    for selector in _selectors(tree):
        assert selector.name in BY_NAME or selector.name in RECORDS_BY_NAME, selector.name
        used = {matcher.name for matcher in selector.matchers.matchers}
        assert used <= _labels_of(str(selector.name)), selector.name
    for node in _nodes(tree):
        if isinstance(node, parser.AggregateExpr) and node.modifier:
            assert set(node.modifier.labels) <= _labels_below(node.expr)
        if isinstance(node, parser.BinaryExpr) and node.modifier and node.modifier.matching:
            for side in (node.lhs, node.rhs):
                if _selectors(side):
                    assert set(node.modifier.matching.labels) <= _labels_below(side)


@pytest.mark.parametrize("rule", RULES, ids=_rule_name)
def test_metrics_are_read_as_their_type_allows(rule: Alert | Record) -> None:
    """Counters are read by rate and increase, gauges never; quantiles read buckets and keep le."""
    inside_range = set()
    for node in _nodes(_tree(rule)):
        if not isinstance(node, parser.Call):
            continue
        if node.func.name == "histogram_quantile":
            _assert_quantile(node.args[1])
        for argument in node.args:
            if isinstance(argument, parser.MatrixSelector):
                name = str(argument.vector_selector.name)
                inside_range.add(name)
                _assert_range(node.func.name, name)
    bare = {str(selector.name) for selector in _selectors(_tree(rule))} - inside_range
    # What absent() asks is whether it is there at all.
    absent = {
        str(node.args[0].name)
        for node in _nodes(_tree(rule))
        if isinstance(node, parser.Call)
        and node.func.name == "absent"
        and isinstance(node.args[0], parser.VectorSelector)
    }
    for name in bare - absent:
        assert name in RECORDS_BY_NAME or BY_NAME[name][0].kind is Kind.GAUGE, f"{name} is a counter and read as it is"


def _assert_range(function: str, name: str) -> None:
    metric, suffix = BY_NAME.get(name, (None, ""))
    if function in PER_COUNTER:
        assert metric is not None, f"{function} of the record {name}"
        assert metric.kind is Kind.COUNTER or suffix in ("_bucket", "_count"), f"{function} of {name}"
    if function in PER_GAUGE:
        assert metric is None or metric.kind is Kind.GAUGE, f"{function} of {name}"


def _assert_quantile(node: parser.Expr) -> None:
    assert isinstance(node, parser.AggregateExpr)
    assert node.modifier is not None
    assert "le" in node.modifier.labels
    assert all(str(selector.name).endswith("_bucket") for selector in _selectors(node))


@pytest.mark.parametrize("rule", RULES, ids=_rule_name)
def test_no_ratio_divides_by_zero(rule: Alert | Record) -> None:
    """What is divided by is a number, or a vector from which zero was taken out."""
    for node in _nodes(_tree(rule)):
        if (
            isinstance(node, parser.BinaryExpr)
            and str(node.op) == "/"
            and not isinstance(node.rhs, parser.NumberLiteral)
        ):
            assert isinstance(node.rhs, parser.ParenExpr), node.prettify()
            guard = node.rhs.expr
            assert isinstance(guard, parser.BinaryExpr), node.prettify()
            assert str(guard.op) == ">", node.prettify()


@pytest.mark.parametrize("rule", RECORDS, ids=_rule_name)
def test_records_are_named_by_level_metric_and_operations(rule: Record) -> None:
    """A record's name has three parts, and none of them is empty."""
    assert [bool(part) for part in rule.name.split(":")] in ([True, True, True],), rule.name
