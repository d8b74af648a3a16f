"""Which alerts are tested how, read from the files of promtool."""

from __future__ import annotations

from typing import Any

import yaml

from tests.rules.narrowing import TESTS

FIRES = "fires"
QUIET = ("before first data", "idle", "missing series", "first event", "one slow call", "restart", "boundary")
"""What an alert must stay quiet on; a test's name begins with one of these, or with FIRES."""


def documents() -> dict[str, dict[str, Any]]:
    """Read the test files by their domain."""
    return {file.stem: yaml.safe_load(file.read_text()) for file in sorted(TESTS.glob("*.yaml"))}


def scenario(test: dict[str, Any]) -> str:
    """Give the scenario of a test."""
    return str(test["name"]).partition(":")[0]


def covered() -> dict[str, set[str]]:
    """Give the scenarios in which each alert is seen to do what its test's name says."""
    found: dict[str, set[str]] = {}
    for document in documents().values():
        for test in document["tests"]:
            for check in test["alert_rule_test"]:
                if bool(check.get("exp_alerts")) == (scenario(test) == FIRES):
                    found.setdefault(check["alertname"], set()).add(scenario(test))
    return found


def exemptions() -> dict[str, dict[str, str]]:
    """Read what need not be tested, by scenario and alert, with the reason."""
    listed: dict[str, dict[str, str]] = yaml.safe_load((TESTS / "exemptions.yml").read_text())
    return listed


def missing(alerts: set[str]) -> dict[str, set[str]]:
    """Give the scenarios that no test shows of an alert and no exemption names."""
    seen, exempt = covered(), exemptions()
    wanted = {alert: {FIRES, *(name for name in QUIET if alert not in exempt.get(name, {}))} for alert in alerts}
    return {alert: gaps for alert in sorted(alerts) if (gaps := wanted[alert] - seen.get(alert, set()))}


def summary(alerts: set[str]) -> str:
    """Say how many alerts are seen to fire and to be quiet."""
    gaps = missing(alerts)
    fires = sum(FIRES not in gaps.get(alert, set()) for alert in alerts)
    quiet = sum(not gaps.get(alert, set()) - {FIRES} for alert in alerts)
    return f"fires {fires} of {len(alerts)}, quiet {quiet} of {len(alerts)}"
