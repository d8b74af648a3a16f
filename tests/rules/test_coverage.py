"""Every alert of the contract is tested both ways, and every exemption is meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from anclora_otel.catalogue.alerts import ALERTS
from tests.rules.coverage import FIRES, QUIET, documents, exemptions, missing, scenario, summary
from tests.rules.narrowing import PROJECT

CONTRACT_FILE = PROJECT / "tests" / "contract" / "alerts.yaml"
NAMES = {alert.name for alert in ALERTS}
ABSENCE = exemptions()["before first data"].keys() - {"Watchdog"}


def test_every_alert_is_seen_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    """Each alert fires in a test, and stays quiet in every scenario from which it is not exempt."""
    with capsys.disabled():
        print(f"\nalerts: {summary(NAMES)}")  # noqa: T201

    assert missing(NAMES) == {}


def test_every_test_names_its_scenario() -> None:
    """The name of each test begins with a scenario, so that coverage can be read from the files."""
    found = {scenario(test) for document in documents().values() for test in document["tests"]}

    assert found == {FIRES, *QUIET}


def test_exemptions_name_alerts_and_scenarios_that_exist() -> None:
    """An exemption is of a known alert and scenario, and has a reason."""
    assert set(exemptions()) == set(QUIET)
    assert all(alert in NAMES and reason for alerts in exemptions().values() for alert, reason in alerts.items())


def test_absence_is_named_by_the_alerts_of_the_contract() -> None:
    """The alerts that may fire on an absence are those that the head of the contract lists."""
    header = re.sub(r"\s*#\s*", " ", CONTRACT_FILE.read_text().partition("version:")[0])
    listed = re.findall(r"[A-Z]\w+", header.partition("alerts that name absence (")[2].partition(")")[0])
    own_reports = {"PrometheusRuleFailures", "AlertmanagerNotificationsFailing"}

    assert {"Prometheus", "Alertmanager"} <= set(listed)
    assert set(listed) - {"Prometheus", "Alertmanager"} | own_reports == ABSENCE
    assert {alert.name for alert in ALERTS if alert.names_absence} == ABSENCE


def test_tests_are_loaded_by_promtool_as_they_are() -> None:
    """The files name the committed rules by paths that exist, so that promtool runs them by hand."""
    for name, document in documents().items():
        for rules in document["rule_files"]:
            assert (Path(PROJECT / "tests" / "rules") / rules).is_file(), (name, rules)
    assert yaml.safe_load(CONTRACT_FILE.read_text())["version"] == 1
