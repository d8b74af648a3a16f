"""The catalogue of alerts against its contract, and what is rendered from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from anclora_otel.catalogue.alerts import ALERTS, RECORDS, Alert, Record, Scope, alerts_named, render_alert_files
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.catalogue.alerts.reference import render_alert_reference

PROJECT = Path(__file__).parents[3]
CONTRACT = yaml.safe_load((PROJECT / "tests" / "contract" / "alerts.yaml").read_text())
CATEGORIES = ("queue", "analytics", "whatsapp", "redis", "system", "business", "slo", "telemetry")
ENTRIES = [{"category": category, **entry} for category in CATEGORIES for entry in CONTRACT[category]]
RUNBOOKS = PROJECT / "docs" / "runbooks"
SECTIONS = ("First look", "Likely causes", "What to do", "Whom to wake")
_DURATION = re.compile(r"(?:\[|:|offset )([0-9]+(?:ms|[smhd]))\b")
NAMES = sorted({alert.name for alert in ALERTS})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_alert_is_what_the_contract_says(entry: dict[str, str]) -> None:
    """Severity, category, family and hold of an alert are those of the contract."""
    found = alerts_named(entry["name"])
    severities = re.findall(r"critical|warning|info|none", entry["severity"])

    assert [alert.severity.value for alert in found] == severities
    assert {alert.category for alert in found} == {entry["category"]}
    assert {alert.family for alert in found} == {entry["family"]}
    holds = [hold.split()[0] for hold in entry.get("hold", "0m").split(",")]
    assert [Scope().duration(alert.hold) for alert in found] == [Scope().duration(hold) for hold in holds]


def test_no_alert_is_missing_and_none_is_invented() -> None:
    """The catalogue has the alerts of the contract and no others."""
    assert {entry["name"] for entry in ENTRIES} == set(NAMES)


@pytest.mark.parametrize("file", sorted(render_alert_files(Scope())))
def test_every_rendered_alert_has_what_the_contract_asks_for(file: str) -> None:
    """Each alert has its labels, and annotations with value and threshold."""
    rules = [rule for group in yaml.safe_load(render_alert_files(Scope())[file])["groups"] for rule in group["rules"]]
    for rule in rules:
        if "alert" in rule:
            assert set(rule["labels"]) == {"severity", "category", "family"}
            assert set(rule["annotations"]) == {"summary", "description", "runbook_url", "dashboard_url"}
            assert "$value" in rule["annotations"]["description"]


def _rendered_alerts() -> list[tuple[str, dict[str, Any]]]:
    """Give every rendered alert with its name and severity."""
    groups = [group for text in render_alert_files(Scope()).values() for group in yaml.safe_load(text)["groups"]]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return [(f"{rule['alert']} {rule['labels']['severity']}", rule) for rule in rules]


RENDERED = dict(_rendered_alerts())


@pytest.mark.parametrize("name", RENDERED)
def test_no_label_of_an_alert_is_a_template(name: str) -> None:
    """
    An alert's own labels are constants, and service and environment come from its vector.

    Prometheus writes a template that gives nothing into `ALERTS_FOR_STATE`, and restores no `for` from there.
    """
    rule = RENDERED[name]
    alert = next(each for each in ALERTS if f"{each.name} {each.severity.value}" == name)

    assert [text for text in rule["labels"].values() if "{{" in text] == []
    assert not {"service", "environment"} & set(rule["labels"])
    if alert.expression(Scope()) != "vector(1)":
        assert _joined_labels(promql_parser.parse(rule["expr"])) == {
            "service": alert.service_label,
            "environment": "deployment_environment_name",
        }


def _joined_labels(node: promql_parser.Expr) -> dict[str, str]:
    """Give the labels that the outermost calls copy, with what they are copied from."""
    found: dict[str, str] = {}
    while isinstance(node, promql_parser.Call) and node.func.name == "label_join":
        node, target, separator, source = node.args
        texts = [each.val for each in (target, separator, source) if isinstance(each, promql_parser.StringLiteral)]
        found[texts[0]] = texts[2]
    return found


@pytest.mark.parametrize("rule", [*ALERTS, *RECORDS], ids=lambda rule: rule.name)
def test_scaled_rules_are_rules(rule: Alert | Record) -> None:
    """Every expression still parses when each of its durations is sixty times shorter."""
    usual, scaled = rule.expression(Scope()), rule.expression(Scope(scale=60))

    promql_parser.parse(scaled)
    durations = [[milliseconds(text) for text in _DURATION.findall(expression)] for expression in (usual, scaled)]
    assert durations[0] == [60 * duration for duration in durations[1]]


def test_scale_shortens_windows_holds_and_intervals() -> None:
    """Five minutes become five seconds wherever they stand."""
    queue = render_alert_files(Scope(scale=60))
    groups = yaml.safe_load(queue["alerts.yaml"])["groups"]
    latency = groups[0]["rules"][0]

    assert groups[0]["interval"] == "250ms"
    assert latency["for"] == "5s"
    assert "[5s]" in latency["expr"]


def test_committed_reference_follows_from_the_catalogue() -> None:
    """docs/alerts.md is what the catalogue gives; `anclora-otel rules docs` repairs it."""
    assert (PROJECT / "docs" / "alerts.md").read_text() == render_alert_reference()


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    """The pages under docs/runbooks are those of the alerts."""
    assert sorted(file.stem for file in RUNBOOKS.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_runbook_has_its_sections_and_a_query_that_parses(name: str) -> None:
    """A runbook says what is meant, where to look, why, what to do and whom to wake; its query is PromQL."""
    text = (RUNBOOKS / f"{name}.md").read_text()
    title, *headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    query = re.search(r"^- Query: `(.+)`$", text, re.MULTILINE)

    assert title == name
    assert tuple(headings) == SECTIONS
    assert re.search(r"^- Panel: .+$", text, re.MULTILINE)
    assert re.search(r"^- Logs: `\{.+$", text, re.MULTILINE)
    assert query is not None
    promql_parser.parse(query[1])
