"""The commands of the stack, as users run them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from anclora_otel.stack.ports import Ports, option_of

PROJECT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 60


def _run(*arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "anclora_otel.cli", *arguments]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANCLORA_STACK_")}
    return subprocess.run(
        command,
        cwd=PROJECT,
        env={**clean, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def _free_port_options() -> list[str]:
    ports = Ports.free()
    return [text for name in Ports.names() for text in (option_of(name), str(ports.number(name)))]


def test_up_names_the_owner_of_a_taken_port(tmp_path: Path) -> None:
    """A taken port is told with its owner and the way around, and nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        options = [*_free_port_options(), "--redis-port", str(port)]
        answer = _run("stack", "up", "--state-dir", str(tmp_path), *options)

    assert answer.returncode == 2
    assert f"port {port} (redis) is taken by" in answer.stderr
    assert f"(pid {os.getpid()})" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list((tmp_path / "run").glob("*.json"))


def test_up_without_tools_says_what_to_do(tmp_path: Path) -> None:
    """Where nothing is built, the command says what builds it."""
    environment = {"ANCLORA_TOOLS_DIR": str(tmp_path / "tools")}
    answer = _run("stack", "up", "--state-dir", str(tmp_path / "state"), environment=environment)

    assert answer.returncode == 2
    assert "is not built: run: make tools" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_misspelt_variable_is_one_line(tmp_path: Path) -> None:
    """A misspelt variable of the stack is one line on stderr."""
    environment = {"ANCLORA_STACK_LOKY_PORT": "3200"}
    answer = _run("stack", "up", "--state-dir", str(tmp_path), environment=environment)

    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "did you mean ANCLORA_STACK_LOKI_PORT?" in answer.stderr


def test_status_of_a_stack_that_does_not_run(tmp_path: Path) -> None:
    """Status tells every component as stopped, in JSON too, with exit code 1."""
    answer = _run("stack", "status", "--json", "--state-dir", str(tmp_path))

    components = json.loads(answer.stdout)
    assert answer.returncode == 1
    assert [each["name"] for each in components] == [
        "redis",
        "receivers",
        "alertmanager",
        "prometheus",
        "loki",
        "collector",
    ]
    assert {each["state"] for each in components} == {"stopped"}


def test_down_without_anything_running(tmp_path: Path) -> None:
    """Stopping a stack that does not run is no error."""
    answer = _run("stack", "down", "--state-dir", str(tmp_path))

    assert (answer.returncode, answer.stdout) == (0, "nothing of this stack runs\n")


def test_folder_without_a_project_is_told(tmp_path: Path) -> None:
    """A project folder without the collector's manifest is one clear line."""
    answer = _run("stack", "status", "--project-dir", str(tmp_path))

    assert answer.returncode == 2
    assert "--project-dir" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_unknown_tool_is_one_line() -> None:
    """A tool that does not exist is told with those that do."""
    answer = _run("tools", "--only", "grafana")

    assert answer.returncode == 2
    assert "expected one of ocb, queuecheck, collector, prometheus, alertmanager, loki" in answer.stderr


@pytest.mark.parametrize("name", ["rules/legacy.yaml", "collector/config.yaml"])
def test_rules_check_finds_drift(tmp_path: Path, name: str) -> None:
    """A file that was edited makes the check fail, and name it, until it is rendered again."""
    for folder in ("rules", "collector"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    text = (tmp_path / name).read_text()
    (tmp_path / name).write_text(text.replace("expr:", "expr: 2 *").replace("# e-mail address", "# e-mail"))

    before = _run("rules", "render", "--check", "--project-dir", str(tmp_path))
    rendered = _run("rules", "render", "--project-dir", str(tmp_path))
    after = _run("rules", "render", "--check", "--project-dir", str(tmp_path))

    assert (before.returncode, rendered.returncode, after.returncode) == (1, 0, 0)
    assert f"{tmp_path / name} does not follow from the code: run: anclora-otel rules render" in before.stderr
    assert (tmp_path / name).read_text() == text
