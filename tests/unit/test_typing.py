"""
Code of a user, typed and checked against the package as it is installed.

The checkers read the built wheel, so what is not in it, or not typed in it, is missed here as a user would miss it.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.public import PUBLIC_MODULES, public_names
from tests.wire.running import BIN

PROJECT = Path(__file__).parents[2]
USER_CODE = PROJECT / "tests" / "typing"
STRICT = {"typeCheckingMode": "strict", "reportUnnecessaryTypeIgnoreComment": "error"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as it is published, and give its file."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give an environment in which the wheel is what Python and the checkers find, beside the installed packages."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return {**os.environ, "PYTHONPATH": str(folder)}


@pytest.fixture
def user_code(tmp_path: Path) -> Path:
    """Give the user's code in a folder of its own, where nothing of the project is found by chance."""
    folder = tmp_path / "user"
    shutil.copytree(USER_CODE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def pyright(folder: Path, environment: dict[str, str], *options: str) -> dict[str, Any]:
    """Run pyright in a folder and give its answer; its wheel holds all that it needs, so it asks no network."""
    (folder / "pyrightconfig.json").write_text(json.dumps(STRICT), encoding="utf-8")
    command = [str(BIN / "pyright"), "--outputjson", "--pythonpath", sys.executable, *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_what_the_wheel_holds(wheel: Path) -> None:
    """Every module, the marker of a typed package and the entry points, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry_points = archive.read(next(name for name in archive.namelist() if name.endswith("entry_points.txt")))
    sources = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "anclora_otel").rglob("*.py")}

    assert "anclora_otel/py.typed" in names
    assert sources <= names
    assert {name for name in names if not name.startswith("anclora_otel/")} == set()
    assert b"anclora-otel = anclora_otel.cli:main" in entry_points


def test_mypy(installed: dict[str, str], user_code: Path) -> None:
    """Strict mypy finds no fault in the user's code, and misses none of the slips."""
    cache = f"--cache-dir={PROJECT / '.mypy_cache' / 'user'}"
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", "--config-file=", cache, "."]
    done = subprocess.run(command, cwd=user_code, env=installed, capture_output=True, text=True, check=False)

    assert (done.stdout.splitlines()[-1], done.stderr) == (
        f"Success: no issues found in {len(list(user_code.glob('*.py')))} source files",
        "",
    )


def test_pyright(installed: dict[str, str], user_code: Path) -> None:
    """Strict pyright finds no fault in the user's code, and misses none of the slips."""
    answer = pyright(user_code, installed)

    assert [f"{each['file']}: {each['message']}" for each in answer["generalDiagnostics"]] == []
    assert answer["summary"]["filesAnalyzed"] == len(list(user_code.glob("*.py")))


def test_every_public_type_is_known(installed: dict[str, str], tmp_path: Path) -> None:
    """No public name leaves a checker to guess its type."""
    answer = pyright(tmp_path, installed, "--ignoreexternal", "--verifytypes", "anclora_otel")
    symbols = {symbol["name"]: symbol for symbol in answer["typeCompleteness"]["symbols"]}
    public = {f"{module}.{name}" for module in PUBLIC_MODULES for name in public_names(module)}
    guessed = {
        name: [each["message"] for each in symbols[name]["diagnostics"]]
        for name in public
        if not symbols[name]["isTypeKnown"]
    }

    assert guessed == {}


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_every_public_name_is_used(module: str) -> None:
    """A name that is offered is one that the user's code shows and the checkers have seen."""
    used: set[str] = set()
    for path in USER_CODE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == module:
                used.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module:
                used.add(node.attr)

    assert set(public_names(module)) - used == set()
    assert importlib.import_module(module)
