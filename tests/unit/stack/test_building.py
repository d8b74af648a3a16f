"""Building the tools, with a compiler that does what the test says."""

from __future__ import annotations

import fcntl
import shutil
import threading
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.building import Building, build_tools
from anclora_otel.stack.tools import COLLECTOR, NODE_QUEUES, PROMETHEUS, TOOLS, Toolbox, chosen_tools

PROJECT = Path(__file__).parents[3]
WORKING = 'touch "$GOBIN/prometheus" "$GOBIN/promtool"; echo compiled >> "$COUNT"'
FAILING = "echo 'module not served' >&2; exit 3"


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    """Give an empty toolbox for this checkout."""
    return Toolbox(tmp_path / "tools", PROJECT)


def _compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str) -> Path:
    """Put a `go` on PATH that runs `action` for anything but its version; give the file that counts builds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "go"
    script.write_text(f'#!/bin/sh\nif [ "$1" = version ]; then echo go version go1.99.0; exit; fi\n{action}\n')
    script.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    return tmp_path / "count"


def test_tool_is_built_once(toolbox: Toolbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that was built is not built again."""
    count = _compiler(tmp_path, monkeypatch, WORKING)
    states: list[str] = []
    for _ in range(2):
        build_tools(toolbox, [PROMETHEUS], lambda building: states.append(building.state))

    assert count.read_text() == "compiled\n"
    assert (states[0], states[-2:]) == ("building", ["built", "present"])
    assert toolbox.executable(PROMETHEUS, "promtool").is_file()


def test_failed_build_tells_log_and_leaves_nothing(
    toolbox: Toolbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that fails tells its exit code, its log and the last lines, and leaves no half-built tool."""
    _compiler(tmp_path, monkeypatch, FAILING)
    with pytest.raises(StackError) as caught:
        build_tools(toolbox, [PROMETHEUS], lambda _: None)

    log = toolbox.folder / "logs" / "prometheus.log"
    assert f"failed with exit code 3; the last lines of {log}:\n  module not served" in str(caught.value)
    assert not toolbox.is_built(PROMETHEUS)
    assert {path.name for path in toolbox.folder.iterdir()} == {".lock", "logs"}


def test_libraries_of_node_that_cannot_be_had(
    toolbox: Toolbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An npm that fails is told like a compiler that fails; no Go compiler is asked for."""
    for name, action in (("npm", "echo 'no such package' >&2; exit 1"), ("node", "exit 9")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{action}\n")
        (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StackError, match=r"failed with exit code 1; the last lines of .*:\n  no such package$"):
        build_tools(toolbox, [NODE_QUEUES], lambda _: None)

    assert not toolbox.is_built(NODE_QUEUES)


def test_second_build_waits_for_the_first(toolbox: Toolbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another build holds the folder, this one waits, says so, and goes on afterwards."""
    _compiler(tmp_path, monkeypatch, WORKING)
    toolbox.folder.mkdir()
    lock = (toolbox.folder / ".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    waiting = threading.Event()

    def watch(building: Building) -> None:
        if building.state == "waiting":
            waiting.set()
            lock.close()

    build_tools(toolbox, [PROMETHEUS], watch)

    assert waiting.is_set()
    assert toolbox.is_built(PROMETHEUS)


def test_tool_that_is_not_built_is_told_with_the_remedy(toolbox: Toolbox) -> None:
    """Asking for a program that is not built says which command builds it."""
    with pytest.raises(StackError, match=r"^prometheus .* is not built: run: make tools$"):
        toolbox.executable(PROMETHEUS)


def test_changed_manifest_is_another_tool(toolbox: Toolbox, tmp_path: Path) -> None:
    """A change of the collector's manifest asks for a new build."""
    shutil.copytree(PROJECT / "collector", tmp_path / "project" / "collector")
    copy = Toolbox(toolbox.folder, tmp_path / "project")
    assert copy.place(COLLECTOR) == toolbox.place(COLLECTOR)

    with (tmp_path / "project" / "collector" / "builder.yaml").open("a") as manifest:
        manifest.write("# changed\n")

    assert copy.place(COLLECTOR) != toolbox.place(COLLECTOR)


def test_needed_tools_are_chosen_too() -> None:
    """A named tool brings those that build it; without a name all are chosen."""
    assert [tool.name for tool in chosen_tools(["collector"])] == ["ocb", "queuecheck", "collector"]
    assert chosen_tools(None) == TOOLS


def test_unknown_tool_is_told() -> None:
    """A tool that does not exist is told with those that do."""
    with pytest.raises(
        StackError, match=r"^grafana is no tool of the stack: expected one of ocb, queuecheck, collector"
    ):
        chosen_tools(["grafana"])
