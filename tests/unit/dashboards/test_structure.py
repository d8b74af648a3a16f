"""What the linter does not look at: the grid, identities, legends, links, annotations, and that nothing is left out."""

from __future__ import annotations

import itertools
import json
import re
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.catalogue import METRICS
from anclora_otel.catalogue.metric import Kind, Metric
from anclora_otel.catalogue.rules import rules_files
from dashboards.builders.queries import parsed, selectors
from tests.dashboard_files import DASHBOARDS, panels, targets, variables

UIDS = {name: f"anclora-{name}" for name in ("overview", "queue", "analytics", "system", "telemetry")}
"""Addresses that people have bookmarked and alerts link to: they never change."""

each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)


def test_addresses_are_stable() -> None:
    """Every dashboard is there under the address that it always had."""
    assert {name: dashboard["uid"] for name, dashboard in DASHBOARDS.items()} == UIDS


@each_dashboard
def test_panels_lie_in_the_grid_and_on_no_other(dashboard: Mapping[str, Any]) -> None:
    """Nothing overlaps, nothing sticks out of the 24 columns, and numbers are unique."""
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    for place in places:
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24
    for one, other in itertools.combinations(places, 2):
        apart_across = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_down = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_across or apart_down, (one, other)
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)


@each_dashboard
def test_format(dashboard: Mapping[str, Any]) -> None:
    """Classic JSON of schema version 42, without a number of somebody's database."""
    assert dashboard["schemaVersion"] == 42
    assert "id" not in dashboard
    assert "__inputs" not in dashboard
    assert all(variable["current"] for variable in dashboard["templating"]["list"])


@each_dashboard
def test_every_variable_is_used(dashboard: Mapping[str, Any]) -> None:
    """What can be chosen changes something."""
    text = json.dumps([dashboard["panels"], dashboard["annotations"]])
    for variable in (*variables(dashboard), *variables(dashboard, "datasource")):
        assert re.search(rf"\$\{{?{variable['name']}\b", text), variable["name"]


@each_dashboard
def test_annotations_go_to_the_chosen_data_source(dashboard: Mapping[str, Any]) -> None:
    """Deploys and alerts are drawn on every dashboard, from the data source that was chosen."""
    annotations = dashboard["annotations"]["list"]

    assert [annotation["name"] for annotation in annotations] == ["Deploys", "Alerts"]
    assert {annotation["datasource"]["uid"] for annotation in annotations} == {"${prometheus_datasource}"}


@each_dashboard
def test_every_dashboard_leads_to_the_others_and_shows_alerts_and_lines(dashboard: Mapping[str, Any]) -> None:
    """A list of the other dashboards keeps time and variables; what fires and what was logged stand on each."""
    (link,) = dashboard["links"]
    kinds = {panel["type"] for panel in panels(dashboard)}

    assert (link["keepTime"], link["includeVars"], link["tags"]) == (True, True, dashboard["tags"])
    assert "Firing alerts" in {panel["title"] for panel in panels(dashboard)}
    assert "logs" in kinds


def test_series_have_a_name() -> None:
    """Every query of Prometheus says how its series are called."""
    unnamed = [
        target.name for target in targets() if target.source == "prometheus" and not target.query["legendFormat"]
    ]

    assert unnamed == []


def test_latency_has_exemplars_and_leads_to_traces_and_lines() -> None:
    """A quantile or heatmap of seconds shows the traces behind it, and opens those and the lines of the time range."""
    timed = [target for target in targets() if "_seconds_bucket" in target.text]
    assert len(timed) > 10
    for target in timed:
        links = target.panel["fieldConfig"]["defaults"]["links"]
        assert target.query["exemplar"], target.name
        assert [_explored(link["url"]) for link in links] == ["${tempo_datasource}", "${loki_datasource}"], target.name


def _explored(address: str) -> str:
    panes = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["panes"][0]
    (pane,) = json.loads(panes).values()
    assert pane["range"] == {"from": "${__from}", "to": "${__to}"}
    assert pane["datasource"] == pane["queries"][0]["datasource"]["uid"]
    return str(pane["datasource"])


def _names(metric: Metric) -> set[str]:
    suffixes = ("_bucket", "_count", "_sum") if metric.kind is Kind.HISTOGRAM else ("",)
    return {metric.prometheus_name + suffix for suffix in suffixes}


def test_every_metric_is_on_a_panel_or_in_a_rule() -> None:
    """Nothing is recorded that nobody looks at."""
    rules = [
        rule for text in rules_files().values() for group in yaml.safe_load(text)["groups"] for rule in group["rules"]
    ]
    texts = [target.text for target in targets() if target.source == "prometheus"]
    read = {
        str(found.name) for text in (*texts, *(rule["expr"] for rule in rules)) for found in selectors(parsed(text))
    }

    assert [metric.name for metric in METRICS if not _names(metric) & read] == []


def test_overview_fits_on_one_screen() -> None:
    """Above the log lines, the overview is at most 27 rows of the grid high: 1,030 pixels."""
    overview = DASHBOARDS["overview"]
    logs = next(panel for panel in overview["panels"] if panel["title"] == "Logs")

    assert logs["gridPos"]["y"] <= 27


def test_no_address_of_a_machine() -> None:
    """Links are relative, so that they lead to the Grafana in which they stand."""
    for file in (Path(__file__).parents[3] / "dashboards").glob("*.json"):
        assert not re.search(r"https?://", file.read_text()), file.name
