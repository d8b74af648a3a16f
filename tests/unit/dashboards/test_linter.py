"""The rules of grafana/dashboard-linter hold for every dashboard, and each rule finds what it is for."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.catalogue.alerts import RECORDS_BY_NAME
from dashboards.builders.foreign import ALERTS
from tests.dashboard_files import DASHBOARDS, panels, variables
from tests.unit.dashboards import linter

EXCLUSIONS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "exclusions.yaml").read_text())
"""Rule, then series, then why the rule does not hold for it."""

MATCHER_RULES = {"target_job", "target_instance"}


def _excluded(rule: linter.Rule) -> dict[str, str]:
    return EXCLUSIONS.get(rule.__name__, {})


@pytest.mark.parametrize("rule", linter.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_rule_holds(name: str, rule: linter.Rule) -> None:
    """A dashboard gives nothing to complain about, but for what is excluded with its reason."""
    assert [line for line in rule(DASHBOARDS[name]) if line not in _excluded(rule)] == []


def test_exclusions_are_of_recorded_aggregates_and_have_a_reason() -> None:
    """Only the matchers of job and instance are left out, and only where the series has no such label."""
    assert set(EXCLUSIONS) <= MATCHER_RULES
    for series_names in EXCLUSIONS.values():
        for series, reason in series_names.items():
            assert series in RECORDS_BY_NAME or series == ALERTS.prometheus_name, series
            assert len(reason) > 20, series


def test_exclusions_are_needed() -> None:
    """What is excluded would be found otherwise."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in linter.RULES:
        for dashboard in DASHBOARDS.values():
            found[rule.__name__] |= set(rule(dashboard))

    assert {rule: set(series) for rule, series in EXCLUSIONS.items()} == {
        rule: lines for rule, lines in found.items() if lines
    }


def _panel(dashboard: dict[str, Any], kind: str = "timeseries") -> dict[str, Any]:
    return next(panel for panel in panels(dashboard) if panel["type"] == kind)


def _variable(dashboard: dict[str, Any], name: str) -> dict[str, Any]:
    return next(variable for variable in dashboard["templating"]["list"] if variable["name"] == name)


def _query(dashboard: dict[str, Any], text: str, kind: str = "timeseries") -> None:
    _panel(dashboard, kind)["targets"][0]["expr"] = text


_MATCHERS = 'job=~"$job", instance=~"$instance"'

MISTAKES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "template_datasource": lambda d: _variable(d, "loki_datasource").update(name="logs"),
    "template_job": lambda d: _variable(d, "job").update(allValue=".*"),
    "template_instance": lambda d: _variable(d, "instance").update(multi=False),
    "template_label_promql": lambda d: _variable(d, "job")["query"].update(query="label_values(up{, job)"),
    "template_on_time_change_reload": lambda d: _variable(d, "service").update(refresh=1),
    "panel_datasource": lambda d: _panel(d)["datasource"].update(uid="prometheus"),
    "panel_title_description": lambda d: _panel(d).update(description=""),
    "panel_units": lambda d: _panel(d)["fieldConfig"]["defaults"].update(unit="seconds"),
    "panel_no_targets": lambda d: _panel(d).update(targets=[]),
    "target_logql": lambda d: _query(d, "{service_name=~}", "logs"),
    "target_logql_auto": lambda d: _query(d, 'count_over_time({service_name=~".+"} [5m])', "logs"),
    "target_promql": lambda d: _query(d, "sum(rate(a_total[5m])"),
    "target_rate_interval": lambda d: _query(d, f"rate(a_total{{{_MATCHERS}}}[5m])"),
    "target_job": lambda d: _query(d, 'a{instance=~"$instance", job=~"other"}'),
    "target_instance": lambda d: _query(d, 'a{instance="$instance", job=~"$job"}'),
    "target_counter_agg": lambda d: _query(d, f"max_over_time(a_total{{{_MATCHERS}}}[$__range])"),
    "uneditable_dashboard": lambda d: d.update(editable=True),
}
"""A mistake for each rule."""


@pytest.mark.parametrize("rule", linter.RULES, ids=lambda rule: rule.__name__)
def test_rule_finds_the_mistake_that_it_is_for(rule: linter.Rule) -> None:
    """A dashboard with the mistake has one finding more than without it."""
    sound = DASHBOARDS["queue"]
    broken = copy.deepcopy(sound)
    MISTAKES[rule.__name__](broken)

    assert len([*rule(broken)]) > len([*rule(sound)])


def test_variables_are_offered_in_their_order() -> None:
    """Data sources come first, Prometheus before the others, then job, instance, service and environment."""
    for dashboard in DASHBOARDS.values():
        names = [variable["name"] for variable in dashboard["templating"]["list"]]
        expected = ["prometheus_datasource", "loki_datasource", "tempo_datasource"]

        assert names[:7] == [*expected, "job", "instance", "service", "environment"]
        assert len(variables(dashboard)) == len(names) - len(expected)
