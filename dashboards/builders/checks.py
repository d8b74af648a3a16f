"""What makes a dashboard useless and is known before Grafana sees it, each as one line."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from anclora_otel.catalogue import METRICS
from anclora_otel.catalogue.alerts import RECORDS_BY_NAME
from anclora_otel.catalogue.metric import Kind, Metric
from anclora_otel.catalogue.prometheus import prometheus_label
from dashboards.builders import foreign
from dashboards.builders.layout import COLUMNS
from dashboards.builders.model import Dashboard, Panel, Query, Source
from dashboards.builders.queries import DURATIONS, nodes, parsed, selectors, variables_in

IDENTITY = frozenset(
    {"job", "instance", "service_name", "service_version", "service_instance_id", "deployment_environment_name"}
)
"""The labels of every series, beside those of its metric."""

BY_NAME: dict[str, tuple[Metric, str]] = {
    metric.prometheus_name + suffix: (metric, suffix)
    for metric in (*METRICS, *foreign.METRICS)
    for suffix in (("_bucket", "_count", "_sum") if metric.kind is Kind.HISTOGRAM else ("",))
}
"""Every series of a metric that exists, with its metric and the suffix of a histogram's series."""


def problems(dashboard: Dashboard) -> list[str]:
    """List what is wrong with a dashboard; nothing where it can be used."""
    found = [*_variables(dashboard), *_titles(dashboard)]
    for panel in dashboard.panels:
        found += [f'{dashboard.uid}, panel "{panel.title}": {line}' for line in _panel(panel, dashboard)]
    return found


def labels_of(name: str) -> frozenset[str] | None:
    """Give the labels that a series may have, or nothing where they are not written down."""
    if name not in BY_NAME:
        return None
    metric, suffix = BY_NAME[name]
    own = {prometheus_label(label.key) for label in metric.labels}
    return frozenset(own | IDENTITY | ({"le"} if suffix == "_bucket" else set()))


def _titles(dashboard: Dashboard) -> Iterator[str]:
    for title, count in Counter(panel.title for panel in dashboard.panels).items():
        if count > 1:
            yield f'{dashboard.uid}: {count} panels are called "{title}": give each a title of its own'


def _variables(dashboard: Dashboard) -> Iterator[str]:
    for variable in dashboard.variables:
        for selector in _selected(variable.selector):
            if selector not in BY_NAME:
                yield f"{dashboard.uid}, variable {variable.name}: {_unknown(selector)}"


def _selected(selector: str) -> list[str]:
    return [str(found.name) for found in selectors(parsed(selector)) if found.name]


def _panel(panel: Panel, dashboard: Dashboard) -> Iterator[str]:
    if not panel.queries:
        yield "no query: give it one, or take it out"
    if not 1 <= panel.width <= COLUMNS:
        yield f"width {panel.width}: expected 1 to {COLUMNS} columns"
    if not panel.description or not panel.unit:
        yield "no description or no unit: say what it shows, and in which unit of Grafana"
    for query in panel.queries:
        yield from _query(query, dashboard)


def _query(query: Query, dashboard: Dashboard) -> Iterator[str]:
    if query.source not in dashboard.sources:
        known = ", ".join(source.value for source in dashboard.sources)
        yield f"asks {query.source.value}, and the dashboard has no such data source ({known}): add it to its sources"
    known_variables = {variable.name for variable in dashboard.variables} | DURATIONS.keys()
    for variable in sorted(variables_in(query.text) - known_variables):
        yield f"uses ${variable}, which is no variable of the dashboard ({', '.join(sorted(known_variables))})"
    if query.source is Source.PROMETHEUS:
        yield from _promql(query.text)


def _promql(text: str) -> Iterator[str]:
    try:
        tree = parsed(text)
    except ValueError as error:
        yield f"no PromQL: {' '.join(str(error).split())}: {text}"
        return
    for selector in selectors(tree):
        name = str(selector.name)
        if name not in BY_NAME and name not in RECORDS_BY_NAME:
            yield _unknown(name)
            continue
        allowed = labels_of(name)
        used = {matcher.name for matcher in selector.matchers.matchers}
        for label in sorted(used - allowed if allowed else ()):
            yield f"narrows {name} by {label}, which it does not have"
    yield from _groupings(tree)


def _groupings(tree: object) -> Iterator[str]:
    import promql_parser as promql

    if not isinstance(tree, promql.Expr):
        return
    for node, _ in nodes(tree):
        if not isinstance(node, promql.AggregateExpr) or not node.modifier:
            continue
        below = [labels_of(str(selector.name)) for selector in selectors(node.expr)]
        if None in below:
            continue
        allowed = frozenset().union(*(labels for labels in below if labels))
        for label in sorted(set(node.modifier.labels) - allowed):
            yield f"sums by {label}, which {node.expr} does not have"


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [*BY_NAME, *RECORDS_BY_NAME], n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"reads {name}, which is no metric of the catalogue, no record and none of foreign.py{hint}"
