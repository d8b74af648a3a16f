"""The 17 rules of grafana/dashboard-linter, each a function from a dashboard to what it finds wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import promql_parser as promql

from dashboards.builders.queries import DURATIONS, expanded, nodes, parsed, selectors, variables_in
from tests.dashboard_files import panels, variables
from tests.unit.dashboards.units import UNITS

Dashboard = Mapping[str, Any]
Rule = Callable[[Dashboard], Iterator[str]]

_WITH_UNITS = {"stat", "table", "timeseries", "gauge", "bargauge", "heatmap"}
_LABEL_VALUES = re.compile(r"label_values\((.+), \w+\)")
_LOG_QUERY = re.compile(r"(\{[^}]*\})((?: \| \w+(?:=~|!=|=|!~)(?:\"[^\"]*\"|`[^`]*`)| \|[~=] `[^`]*`)*)")
_LOG_COUNT = re.compile(r"sum by \(\w+\) \(count_over_time\((.+) \[(\S+)\]\)\)")
_RATES = {"rate", "irate", "increase"}


def template_datasource(dashboard: Dashboard) -> Iterator[str]:
    """A variable chooses the data source, named and labelled by its type."""
    sources = variables(dashboard, "datasource")
    if not sources:
        yield "no variable for the data source"
    for variable in sources:
        kind = variable["query"]
        names, labels = {f"{kind}_datasource"}, {f"{kind.title()} data source"}
        if len(sources) == 1:
            names, labels = names | {"datasource"}, labels | {"Data source"}
        if variable["name"] not in names or variable["label"] not in labels:
            yield f"{variable['name']} labelled {variable['label']}: expected {names} labelled {labels}"


def template_job(dashboard: Dashboard) -> Iterator[str]:
    """A variable chooses the job."""
    return _template(dashboard, "job")


def template_instance(dashboard: Dashboard) -> Iterator[str]:
    """A variable chooses the instance."""
    return _template(dashboard, "instance")


def template_label_promql(dashboard: Dashboard) -> Iterator[str]:
    """The query of each variable is one of label values with valid PromQL."""
    for variable in variables(dashboard):
        match = _LABEL_VALUES.fullmatch(variable["query"]["query"])
        if match is None:
            yield f"{variable['name']}: {variable['query']}"
        elif not _readable(match[1]):
            yield f"{variable['name']}: {match[1]} is no PromQL"


def template_on_time_change_reload(dashboard: Dashboard) -> Iterator[str]:
    """Variables are read anew when the time range changes."""
    yield from (variable["name"] for variable in variables(dashboard) if variable["refresh"] != 2)


def panel_datasource(dashboard: Dashboard) -> Iterator[str]:
    """Panels and their queries go to the data source that a variable chooses."""
    chosen = {f"${{{variable['name']}}}" for variable in variables(dashboard, "datasource")}
    for panel in panels(dashboard):
        for part in (panel, *panel["targets"]):
            if part["datasource"]["uid"] not in chosen:
                yield f"{panel['title']}: {part['datasource']}"


def panel_title_description(dashboard: Dashboard) -> Iterator[str]:
    """Panels have a title and a description."""
    yield from (
        str(panel["id"]) for panel in panels(dashboard) if not (panel.get("title") and panel.get("description"))
    )


def panel_units(dashboard: Dashboard) -> Iterator[str]:
    """Panels that show numbers have a unit that Grafana knows."""
    for panel in panels(dashboard):
        unit = panel.get("fieldConfig", {"defaults": {}})["defaults"].get("unit")
        if panel["type"] in _WITH_UNITS and unit not in UNITS:
            yield f"{panel['title']}: {unit}"


def panel_no_targets(dashboard: Dashboard) -> Iterator[str]:
    """Panels have a query."""
    yield from (panel["title"] for panel in panels(dashboard) if not panel["targets"])


def target_logql(dashboard: Dashboard) -> Iterator[str]:
    """
    LogQL has the form of a query.

    There is no parser of LogQL for Python: the selector is read as that of PromQL, whose grammar it shares, and
    Loki itself is asked on the running stack.
    """
    for title, text in _queries(dashboard, "loki"):
        counted = _LOG_COUNT.fullmatch(text)
        match = _LOG_QUERY.fullmatch(counted[1] if counted else text)
        if match is None or not _readable(match[1]):
            yield f"{title}: {text}"


def target_logql_auto(dashboard: Dashboard) -> Iterator[str]:
    """Ranges of LogQL are Grafana's."""
    for title, text in _queries(dashboard, "loki"):
        if any(window != "$__auto" for window in re.findall(r"\[(.+?)\]", text)):
            yield f"{title}: {text}"


def target_promql(dashboard: Dashboard) -> Iterator[str]:
    """Queries are PromQL."""
    yield from (f"{title}: {text}" for title, text in _queries(dashboard) if not _readable(text))


def target_rate_interval(dashboard: Dashboard) -> Iterator[str]:
    """Rates are taken over the interval that Grafana fits to the step; increases too, or over the whole range."""
    rates = (DURATIONS["__rate_interval"],)
    for title, text in _queries(dashboard):
        for node, above in nodes(parsed(text)):
            if not isinstance(node, promql.MatrixSelector):
                continue
            function = above[-1].func.name if isinstance(above[-1], promql.Call) else ""
            allowed = (*rates, DURATIONS["__range"]) if function == "increase" else rates
            if function in _RATES and f"{node.range.total_seconds():g}s" not in allowed:
                yield f"{title}: {text}"


def target_job(dashboard: Dashboard) -> Iterator[str]:
    """Every selector is narrowed by job."""
    return _narrowed(dashboard, "job")


def target_instance(dashboard: Dashboard) -> Iterator[str]:
    """Every selector is narrowed by instance."""
    return _narrowed(dashboard, "instance")


def target_counter_agg(dashboard: Dashboard) -> Iterator[str]:
    """Counters are read by rate, irate or increase alone."""
    for title, text in _queries(dashboard):
        for node, above in nodes(parsed(text)):
            if isinstance(node, promql.VectorSelector) and str(node.name).endswith("_total"):
                call = above[-2] if len(above) > 1 and isinstance(above[-1], promql.MatrixSelector) else None
                if not isinstance(call, promql.Call) or call.func.name not in _RATES:
                    yield f"{title}: {node.name}"


def uneditable_dashboard(dashboard: Dashboard) -> Iterator[str]:
    """The dashboard cannot be edited where it is provisioned."""
    if dashboard["editable"]:
        yield "editable"


RULES: tuple[Rule, ...] = (
    template_datasource,
    template_job,
    template_instance,
    template_label_promql,
    template_on_time_change_reload,
    panel_datasource,
    panel_title_description,
    panel_units,
    panel_no_targets,
    target_logql,
    target_logql_auto,
    target_promql,
    target_rate_interval,
    target_job,
    target_instance,
    target_counter_agg,
    uneditable_dashboard,
)
"""Every rule of the linter (its commit 4d0844b)."""


def _template(dashboard: Dashboard, name: str) -> Iterator[str]:
    found = [variable for variable in variables(dashboard) if variable["name"] == name]
    expected = {
        "label": name.title(),
        "multi": True,
        "allValue": ".+",
        "datasource": {"type": "prometheus", "uid": "${prometheus_datasource}"},
    }
    if not found:
        yield f"no variable {name}"
    for variable in found:
        yield from (f"{name}: {key} is {variable[key]}" for key, value in expected.items() if variable[key] != value)


def _narrowed(dashboard: Dashboard, label: str) -> Iterator[str]:
    """Give the name of each series that is not narrowed by a label's variable."""
    for _, text in _queries(dashboard):
        for selector in selectors(parsed(text)):
            # The variable stands as its own name once it is taken out.
            wanted = [found for found in selector.matchers.matchers if found.name == found.value == label]
            if not any(found.op == promql.MatchOp.Re for found in wanted):
                yield str(selector.name)


def _queries(dashboard: Dashboard, source: str = "prometheus") -> Iterator[tuple[str, str]]:
    for panel in panels(dashboard):
        for target in panel["targets"]:
            if target["datasource"]["type"] == source:
                yield panel["title"], target["expr"]


def _readable(text: str) -> bool:
    try:
        promql.parse(expanded(text, {name: name for name in variables_in(text)} | DURATIONS))
    except ValueError:
        return False
    return True
