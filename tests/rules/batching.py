"""
Judge all mutants of a rule in one run of promtool.

Most of what a run costs is to load the series and to evaluate the rules that are no mutants. So the rule, and what
reads it, is there once for each mutant under a name of its own, and each check of a test is asked of each of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.rules.narrowing import NAME, Groups, Rule, alerts_of, key_of, needed_by, run_tests

CONTROL = 0
"""The number of the unchanged rule, which every test must leave alive."""

CONSTANT_LABELS = ("category", "family")
SAME_ANNOTATIONS = ("summary", "runbook_url", "dashboard_url")
"""What an alert says by its name or its other labels alone: no mutant shows in it, and writing it costs time."""

_FAILED_CHECK = re.compile(r"alertname: \w+_mutant_(\d+),")
_FAILED_EVALUATION = re.compile(r"rule: [\w:]+_mutant_(\d+),")


def killed(
    document: Mapping[str, Any], key: str, expressions: Mapping[int, str], groups: Groups, file: Path
) -> set[int]:
    """
    Give the numbers of the mutants that the tests of a document kill.

    Args:
        document: a test file of promtool whose checks are of alerts that read the rule.
        key: of the rule.
        expressions: by number; CONTROL is the unchanged rule.
        groups: the groups of all rules.
        file: the path to write to, without its suffix.

    """
    alerts = {alert for test in document["tests"] for alert in alerts_of(test)}
    readers = _readers(key, groups)
    reading = [
        {**group, "rules": [rule for rule in group["rules"] if "record" in rule or _reads(rule, key, readers)]}
        for group in groups
    ]
    severities = {rule["labels"]["severity"] for group in reading for rule in group["rules"] if "alert" in rule}
    needed = needed_by(alerts, reading)
    dead: set[int] = set()
    while alive := {number: text for number, text in expressions.items() if number not in dead}:
        answer = run_tests(
            _asked_of_each(document, alive, severities),
            _copied(needed, key, readers, alive),
            file.parent,
            file.name,
        )
        output = answer.stdout + answer.stderr
        erroneous = {int(number) for number in _FAILED_EVALUATION.findall(output)}
        failed = {int(number) for number in _FAILED_CHECK.findall(output)} | erroneous
        assert bool(failed) == (answer.returncode != 0), output
        assert CONTROL not in failed, output
        dead |= failed
        if not erroneous:
            break  # Else promtool stopped a test at the error and did not check what it says of the others.
    return dead


def _readers(key: str, groups: Groups) -> set[str]:
    """Give the records that read a rule, directly or not, and the rule itself."""
    readers = {key}
    records = [rule for group in groups for rule in group["rules"] if "record" in rule]
    for _ in records:
        more = {rule["record"] for rule in records if _reads(rule, key, readers)}
        if more <= readers:
            break
        readers |= more
    return readers


def _reads(rule: Rule, key: str, readers: set[str]) -> bool:
    return key_of(rule) == key or bool(readers & set(NAME.findall(rule["expr"])))


def _asked_of_each(document: Mapping[str, Any], numbers: Mapping[int, str], severities: set[str]) -> dict[str, Any]:
    """Ask each check of each mutant, leaving out alerts of the same name that do not read the rule."""

    def asked(check: dict[str, Any], number: int) -> dict[str, Any]:
        expected = [alert for alert in check.get("exp_alerts", []) if alert["exp_labels"]["severity"] in severities]
        lean = [_without(alert, "exp_labels", "exp_annotations") for alert in expected]
        return {**check, "alertname": _renamed(check["alertname"], number), "exp_alerts": lean}

    tests = [
        {**test, "alert_rule_test": [asked(check, number) for check in test["alert_rule_test"] for number in numbers]}
        for test in document["tests"]
    ]
    return {**document, "tests": tests}


def _copied(groups: Groups, key: str, readers: set[str], expressions: Mapping[int, str]) -> Groups:
    """Give the groups with a copy for each mutant of the rule and of what reads it."""

    def copy(rule: Rule, number: int) -> Rule:
        kind = "alert" if "alert" in rule else "record"
        expression = expressions[number] if key_of(rule) == key else rule["expr"]
        read = NAME.sub(lambda name: _renamed(name[0], number) if name[0] in readers else name[0], expression)
        lean = _without(rule, "labels", "annotations") if kind == "alert" else rule
        return {**lean, kind: _renamed(rule[kind], number), "expr": read}

    def copies(rule: Rule) -> list[Rule]:
        return [copy(rule, number) for number in expressions] if _reads(rule, key, readers) else [rule]

    return [{**group, "rules": [made for rule in group["rules"] for made in copies(rule)]} for group in groups]


def _without(told: Mapping[str, Any], labels: str, annotations: str) -> dict[str, Any]:
    """Give an alert without what is the same for each mutant."""
    return {
        **told,
        labels: {name: text for name, text in told[labels].items() if name not in CONSTANT_LABELS},
        annotations: {name: text for name, text in told[annotations].items() if name not in SAME_ANNOTATIONS},
    }


def _renamed(name: str, number: int) -> str:
    return f"{name}_mutant_{number}"
