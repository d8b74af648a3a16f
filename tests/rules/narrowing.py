"""Run promtool on a test file with the rules that it needs and no others: all rules for every file take minutes."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anclora_otel.stack.places import Places
from anclora_otel.stack.tools import PROMETHEUS, Toolbox

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "rules"
TESTS = PROJECT / "tests" / "rules"
FILES = ("recording.yaml", "alerts.yaml", "slo.yaml", "telemetry.yaml")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")

Rule = dict[str, Any]
Groups = list[dict[str, Any]]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the promtool that `make tools` built."""
    # A run lives for seconds: collecting garbage as seldom as this saves a fifth of its time.
    environment = os.environ | {"GOGC": "400"}
    return subprocess.run([_promtool(), *arguments], capture_output=True, text=True, check=False, env=environment)


@cache
def _promtool() -> str:
    places = Places.choose(PROJECT, os.environ, state=PROJECT)
    return str(Toolbox(places.tools, PROJECT).executable(PROMETHEUS, "promtool"))


@cache
def committed_groups() -> Groups:
    """Read the groups of every committed rules file."""
    return [group for file in FILES for group in yaml.safe_load((RULES / file).read_text())["groups"]]


def key_of(rule: Rule) -> str:
    """Name a rule: an objective has two alerts of one name, told apart by their severity."""
    name = str(rule.get("alert") or rule["record"])
    return f"{name} {rule['labels']['severity']}" if "BudgetBurn" in name else name


def needed_by(alerts: set[str], groups: Groups) -> Groups:
    """Keep the alerts of these names and the records that they read, directly or not."""
    records = {rule["record"]: rule for group in groups for rule in group["rules"] if "record" in rule}
    kept: set[str] = set()
    waiting = [rule for group in groups for rule in group["rules"] if rule.get("alert") in alerts]
    while waiting:
        read = set(NAME.findall(waiting.pop()["expr"])) & set(records)
        waiting += [records[name] for name in read - kept]
        kept |= read
    return [
        {**group, "rules": rules}
        for group in groups
        if (rules := [r for r in group["rules"] if r.get("alert") in alerts or r.get("record") in kept])
    ]


def alerts_of(test: Mapping[str, Any]) -> set[str]:
    """Give the alerts that a test asks for."""
    return {check["alertname"] for check in test.get("alert_rule_test", [])}


def run_tests(document: Mapping[str, Any], groups: Groups, folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """
    Run tests against rules.

    Args:
        document: a test file of promtool.
        groups: the groups to load.
        folder: where both are written.
        name: by which the two files are told apart from others there.

    """
    # JSON is YAML, and is written many times as fast.
    rules, tests = folder / f"{name}.rules.yaml", folder / f"{name}.tests.yaml"
    rules.write_text(json.dumps({"groups": groups}))
    order = [group["name"] for group in groups]
    listed = [group for group in document.get("group_eval_order", []) if group in order]
    changed = {**document, "rule_files": [rules.name], "group_eval_order": listed}
    tests.write_text(json.dumps(changed))
    return promtool("test", "rules", str(tests))
