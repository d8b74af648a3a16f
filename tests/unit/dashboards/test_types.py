"""Grafana's own types accept the dashboards, and refuse what Grafana would not understand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.stack import Places
from anclora_otel.stack.node import find_node, node_environment
from anclora_otel.stack.tools import DASHBOARD_TYPES, Toolbox
from tests.dashboard_files import DASHBOARDS, FOLDER, panels

PROJECT = FOLDER.parent
TYPES = Path(__file__).parent / "types"
FLAGS = ("--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck")


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Give a folder in which the compiler finds Grafana's types."""
    tool = Toolbox(Places.choose(PROJECT, os.environ, state=tmp_path).tools, PROJECT)
    (tmp_path / "node_modules").symlink_to(tool.executable(DASHBOARD_TYPES).parents[2])
    shutil.copy(TYPES / "committed.ts", tmp_path)
    return tmp_path


def _compiled(modules: Path, dashboards: Mapping[str, dict[str, Any]]) -> list[str]:
    """Compile dashboards as literals of the type, and give what the compiler says."""
    names = [f"{name}.ts" for name in dashboards]
    for name, document in dashboards.items():
        head = "import type { Committed } from './committed';\nexport const dashboard: Committed = "
        (modules / f"{name}.ts").write_text(f"{head}{json.dumps(document, indent=1)};\n")
    node = find_node()
    command = [str(node), "node_modules/typescript/bin/tsc", *FLAGS, *names]
    done = subprocess.run(
        command, cwd=modules, env=node_environment(node), capture_output=True, text=True, check=False, timeout=240
    )
    assert (done.returncode == 0) == (done.stdout == ""), done
    return done.stdout.splitlines()


def test_dashboards_are_of_grafanas_type(modules: Path) -> None:
    """The compiler has nothing to say about any of them."""
    assert _compiled(modules, DASHBOARDS) == []


def test_a_field_that_grafana_does_not_know_is_refused(modules: Path) -> None:
    """A misspelt field, a value that is none of the allowed ones, and a wrong type are each found."""
    broken = {name: json.loads(json.dumps(DASHBOARDS["queue"])) for name in ("field", "value", "kind")}
    panels(broken["field"])[0]["tilte"] = "Messages"
    panels(broken["value"])[0]["fieldConfig"]["defaults"]["thresholds"]["mode"] = "absolut"
    broken["kind"]["graphTooltip"] = "shared"
    said = _compiled(modules, broken)

    for name in broken:
        assert any(line.startswith(f"{name}.ts") for line in said), said


def test_types_are_pinned_without_a_registry() -> None:
    """The lock file has the version that is named once, a hash for each package, and no address."""
    packages = json.loads((TYPES / "package-lock.json").read_text())["packages"]

    assert packages["node_modules/@grafana/schema"]["version"] == DASHBOARD_TYPES.version
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
