"""Operations of a running stack: backup and restore, reload, health, figures, logs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.stack import Places, Ports, Stack, Toolbox, tools
from anclora_otel.stack.compose.files import load_project
from anclora_otel.stack.http_page import prometheus_result
from anclora_otel.stack.loki import query_entries
from tests.stack.example import eventually

PROJECT = Path(__file__).parents[2]
METRIC = "shop_orders_total"
LOG_LINES = [f"order {number} paid" for number in range(50)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a whole stack for this module, with a rule file of its own, and stop it."""
    project = tmp_path_factory.mktemp("checkout")
    for folder in ("collector", "compose", "rules"):
        shutil.copytree(PROJECT / folder, project / folder, ignore=shutil.ignore_patterns(".secrets", "backups"))
    places = Places.choose(project, os.environ, state=tmp_path_factory.mktemp("operated-stack"), tools=_tools())
    stack = Stack(places, Ports.free())
    stack.up()
    yield stack
    stack.down()


def _tools() -> Path:
    return Places.choose(PROJECT, os.environ).tools


def _send(stack: Stack, signal: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        f"{stack.url('collector')}/v1/{signal}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def _resource() -> dict[str, Any]:
    attributes = {"service.name": "shop", "service.instance.id": "shop-1"}
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]}


def _send_orders(stack: Stack, number: int) -> None:
    now = time.time_ns()
    point = {"timeUnixNano": str(now), "startTimeUnixNano": str(now - 60 * 10**9), "asInt": str(number)}
    metric = {
        "name": "shop.orders",
        "sum": {"dataPoints": [point], "isMonotonic": True, "aggregationTemporality": 2},
    }
    scopes = [{"metrics": [metric]}]
    _send(stack, "metrics", {"resourceMetrics": [{"resource": _resource(), "scopeMetrics": scopes}]})


def _send_lines(stack: Stack, lines: list[str]) -> None:
    now = time.time_ns()
    records = [{"timeUnixNano": str(now + number), "body": {"stringValue": line}} for number, line in enumerate(lines)]
    scopes = [{"logRecords": records}]
    _send(stack, "logs", {"resourceLogs": [{"resource": _resource(), "scopeLogs": scopes}]})


def _orders(stack: Stack) -> list[str]:
    """Give every sample that Prometheus holds of the metric, whenever it was taken."""
    result = prometheus_result(stack.ports.prometheus, f"max_over_time({METRIC}[1h])")
    return [series["value"][1] for series in result]


def _lines(stack: Stack) -> list[str]:
    now = time.time_ns()
    return [entry.text for entry in query_entries(stack.url("loki"), '{service_name="shop"}', now - 3600 * 10**9, now)]


def _command(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ["--state-dir", str(stack.places.state), "--project-dir", str(stack.places.project)]
    command = [sys.executable, "-m", "anclora_otel.cli", "stack", *arguments, *options]
    variables = {**os.environ, "ANCLORA_TOOLS_DIR": str(stack.places.tools)}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=200, check=False)


def test_backup_wipe_restore_gives_the_same(stack: Stack, tmp_path: Path) -> None:
    """What Prometheus and Loki answer after a wipe and a restore is what they answered before; nothing is lost."""
    _send_orders(stack, 7)
    _send_lines(stack, LOG_LINES)
    eventually(lambda: _orders(stack) == ["7"], "the metric in Prometheus")
    eventually(lambda: _lines(stack) == LOG_LINES, "the lines in Loki")

    file = tmp_path / "backup.tar.gz"
    made = _command(stack, "backup", "--output", str(file), "--json")
    assert made.returncode == 0, made.stderr
    assert _orders(stack) == ["7"]
    assert set(json.loads(made.stdout)["versions"]) == {"prometheus", "loki"}

    for name in ("prometheus", "loki"):
        stack.stop(name)
        shutil.rmtree(stack.places.state / name)
        stack.start(name)
    assert (_orders(stack), _lines(stack)) == ([], [])

    asked = _command(stack, "restore", str(file))
    assert asked.returncode == 2
    assert "add --yes to do it" in asked.stderr
    assert _orders(stack) == []

    restored = _command(stack, "restore", str(file), "--yes")
    assert restored.returncode == 0, restored.stderr
    eventually(lambda: _orders(stack) == ["7"], "the metric after the restore")
    eventually(lambda: _lines(stack) == LOG_LINES, "the lines after the restore")


def test_what_arrives_during_a_backup_is_kept(stack: Stack) -> None:
    """The collector's queue holds what is sent while a backend stands still for its backup."""
    stack.stop("loki")
    _send_lines(stack, ["sent meanwhile"])
    stack.start("loki")

    eventually(lambda: "sent meanwhile" in _lines(stack), "the line that was sent meanwhile")


def test_reload_takes_over_a_rule(stack: Stack) -> None:
    """A rule that is added is evaluated after a reload, without a restart; a broken one is refused with its reason."""
    before = {name: stack.process_id(name) for name in ("prometheus", "alertmanager", "collector")}
    own = stack.places.project / "rules" / "own.yaml"
    own.write_text("groups: [{name: own, rules: [{record: own_answer, expr: vector(42)}]}]\n")

    assert _command(stack, "reload").returncode == 0
    eventually(
        lambda: [each["value"][1] for each in prometheus_result(stack.ports.prometheus, "own_answer")] == ["42"],
        "the rule's result",
    )

    own.write_text("groups: [{name: own, rules: [{record: own_answer, expr: vector(}]}]\n")
    refused = _command(stack, "reload", "prometheus")
    own.unlink()

    assert refused.returncode == 2
    assert "prometheus answered 500" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert {name: stack.process_id(name) for name in before} == before
    assert _command(stack, "reload", "prometheus").returncode == 0


def test_broken_configuration_does_not_end_the_collector(stack: Stack) -> None:
    """The collector is told to reload only what it can read, and goes on with what it has."""
    file = stack.places.project / "collector" / "config.yaml"
    text = file.read_text()
    pid = stack.process_id("collector")
    file.write_text(text.replace("exporters: [otlp_http/loki]", "exporters: [otlp_http/lokki]", 1))
    refused = _command(stack, "reload", "collector")
    file.write_text(text)

    assert refused.returncode == 2
    assert "lokki" in refused.stderr
    assert stack.process_id("collector") == pid
    assert _command(stack, "reload", "collector").returncode == 0


def test_health_of_a_stack_that_works(stack: Stack) -> None:
    """Components, targets, rules, alerting and queues are all well, in JSON too."""
    findings = eventually(lambda: _healthy(_command(stack, "health", "--json")), "a stack that is well")

    assert [each["subject"] for each in findings][-4:] == ["targets", "rules", "alerting", "collector's queues"]


def test_health_names_what_is_missing(stack: Stack) -> None:
    """A component that is down is told, with exit code 1."""
    stack.stop("alertmanager")
    answer = _command(stack, "health")
    stack.start("alertmanager")

    assert answer.returncode == 1
    assert "alertmanager       trouble  stopped" in answer.stdout


def test_figures(stack: Stack) -> None:
    """The figures name what has no data; a query is answered, and a wrong one refused in one line."""
    figures = _command(stack, "metrics")
    answered = _command(stack, "metrics", "vector(3) + 4")
    refused = _command(stack, "metrics", "up[")

    assert figures.returncode == 0
    assert "messages processed         no data" in figures.stdout
    assert answered.stdout == "{}  7\n"
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "parse error" in refused.stderr


def test_single_components(stack: Stack) -> None:
    """One component is restarted, the others are left alone; its output is shown."""
    before = {name: stack.process_id(name) for name in ("loki", "redis")}
    answer = _command(stack, "restart", "redis")
    logs = _command(stack, "logs", "redis", "--lines", "3")

    assert answer.returncode == 0, answer.stderr
    assert stack.process_id("redis") not in (None, before["redis"])
    assert stack.process_id("loki") == before["loki"]
    assert len(logs.stdout.splitlines()) == 3
    assert {line[:14] for line in logs.stdout.splitlines()} == {"redis        |"}


@pytest.mark.parametrize(
    ("name", "tool", "program", "port"),
    [
        ("prometheus", tools.PROMETHEUS, "promtool", "prometheus"),
        ("loki", tools.LOKI, "loki", "loki"),
        ("collector", tools.PROBE, "probe", "collector_health"),
    ],
)
def test_health_checks_of_containers(stack: Stack, name: str, tool: tools.Tool, program: str, port: str) -> None:
    """The health check of a container says yes of the component that works, and no once it is stopped."""
    _, _, *arguments = load_project(Places.choose(PROJECT, os.environ))["services"][name]["healthcheck"]["test"]
    inside, outside = str(getattr(Ports(), port)), str(stack.ports.number(port))
    executable = Toolbox(_tools(), PROJECT).executable(tool, program)
    command = [str(executable), *(part.replace(f":{inside}", f":{outside}") for part in arguments)]
    working = subprocess.run(command, capture_output=True, text=True, check=False)
    stack.stop(name)
    stopped = subprocess.run(command, capture_output=True, check=False)
    stack.start(name)

    assert working.returncode == 0, working.stderr
    assert stopped.returncode != 0


def _healthy(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(answer.stdout)
    return findings if answer.returncode == 0 else []
