"""The files of the page: typed, without inline scripts, and nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Toolbox, versions
from anclora_otel.stack.node import find_node, node_environment
from anclora_otel.stack.preview.server import PAGE
from anclora_otel.stack.tools import BROWSER, CHARTS, DASHBOARD_TYPES
from tests.dashboard_files import DASHBOARDS, FOLDER, panels

PROJECT = FOLDER.parent
MODULE_LINES = 300
LOCKED = {
    PROJECT / CHARTS.sources[1]: ("echarts", versions.ECHARTS),
    PROJECT / BROWSER.sources[1]: ("@sparticuz/chromium", versions.CHROMIUM_PACKAGE),
}
"""The lock files of what npm installs for the preview, with the version that `versions` names."""

STRICTNESS = (
    "strict",
    "checkJs",
    "noUnusedLocals",
    "noUnusedParameters",
    "noImplicitReturns",
    "noUncheckedIndexedAccess",
    "noFallthroughCasesInSwitch",
    "noEmit",
    "skipLibCheck",
)


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    """Give the built tools."""
    return Toolbox(Places.choose(PROJECT, os.environ, state=tmp_path).tools, PROJECT)


def _compiled(toolbox: Toolbox, folder: Path) -> list[str]:
    """Check the page's files in a folder and give what the compiler says."""
    library = toolbox.place(CHARTS) / "node_modules" / "echarts" / "types" / "dist" / "echarts.d.ts"
    options: dict[str, object] = {
        **dict.fromkeys(STRICTNESS, True),
        "module": "esnext",
        "target": "es2023",
        "lib": ["es2023", "dom", "dom.iterable"],
        "moduleResolution": "bundler",
        "types": [],
        "paths": {"/charts/echarts.mjs": [str(library)]},
    }
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.mjs", "*.ts"]}))
    node = find_node()
    command = [str(node), str(toolbox.executable(DASHBOARD_TYPES)), "--project", str(folder)]
    done = subprocess.run(command, env=node_environment(node), capture_output=True, text=True, check=False, timeout=240)
    return done.stdout.splitlines()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Give a copy of the page's files."""
    return Path(shutil.copytree(PAGE, tmp_path / "page"))


def test_types_of_the_javascript(toolbox: Toolbox, copied: Path) -> None:
    """The compiler of TypeScript has nothing to say, with the library's own types."""
    assert _compiled(toolbox, copied) == []


def test_the_compiler_sees_a_misspelt_option(toolbox: Toolbox, copied: Path) -> None:
    """Fields of the dashboards and options of the charting library are checked, unused names too."""
    file = copied / "timeseries.mjs"
    file.write_text(
        file.read_text().replace("showSymbol:", "showSymbool:").replace("answer.exemplars", "answer.examples")
    )
    said = "\n".join(_compiled(toolbox, copied))

    assert "showSymbool" in said
    assert "examples" in said


@pytest.mark.parametrize("file", sorted(PAGE.iterdir()), ids=lambda file: str(file.name))
def test_nothing_comes_from_elsewhere(file: Path) -> None:
    """No file names an address, and none is long."""
    text = file.read_text()

    assert re.findall(r"https?://", text) == []
    assert len(text.splitlines()) <= MODULE_LINES


def test_no_script_and_no_style_in_the_markup() -> None:
    """Scripts are files of their own, so that the policy can forbid all others."""
    markup = (PAGE / "index.html").read_text()

    assert re.findall(r"<script(?![^>]*\bsrc=)", markup) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", markup) == []
    for file in PAGE.glob("*.mjs"):
        assert re.findall(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", file.read_text()) == []


def test_every_type_of_the_dashboards_is_drawn() -> None:
    """No committed dashboard has a panel that the page does not know."""
    known = set(re.findall(r"^  (\w+): draw\w+,$", (PAGE / "panel.mjs").read_text(), re.MULTILINE))
    used = {panel["type"] for dashboard in DASHBOARDS.values() for panel in panels(dashboard)}

    assert used == known


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: str(file.parent.name))
def test_packages_are_pinned_without_a_registry(file: Path) -> None:
    """The lock file has the version that is named once, a hash for each package, and no address."""
    name, version = LOCKED[file]
    packages = json.loads(file.read_text())["packages"]

    assert packages[f"node_modules/{name}"]["version"] == version
    assert [key for key, package in packages.items() if key and not package.get("integrity")] == []
    assert [key for key, package in packages.items() if "resolved" in package] == []


def test_the_licence_lies_beside_the_library(toolbox: Toolbox) -> None:
    """What is served is the installed package's file, with its licence."""
    assert "Apache License" in toolbox.executable(CHARTS, CHARTS.executables[1]).read_text()
    assert toolbox.executable(CHARTS).stat().st_size < 1_500_000
