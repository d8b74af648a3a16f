"""The compose files, and loading them as Docker does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from anclora_otel.errors import StackError
from anclora_otel.stack.places import Places
from anclora_otel.stack.tools import COMPOSE_CHECK, Toolbox

COMPOSE_FOLDER = Path("compose")
"""The folder of the compose files, in the checkout."""

BASE = "compose.yaml"
"""The file that every start uses."""

OVERLAYS: Mapping[str, str] = {
    "sentry": "sentry.yaml",
    "host": "host.yaml",
    "tailed-files": "tailed-files.yaml",
    "https": "https.yaml",
}
"""What may be added, by its name, in the order in which files are merged."""

CHECKED_VARIABLES: Mapping[str, str] = {
    "ANCLORA_COMPOSE_UID": "10001",
    "ANCLORA_COMPOSE_GID": "10001",
    "ANCLORA_COMPOSE_HOST_NAME": "host",
    "ANCLORA_COMPOSE_TAILED_FOLDER": "/var/log/shop",
    "ANCLORA_COMPOSE_HTTPS_DOMAIN": "monitoring.example.com",
    "ANCLORA_COLLECTOR_SENTRY_ENDPOINT": "https://sentry.example.com/otlp",
}
"""Values for variables without a default, by which files are checked before anything is prepared."""


def all_combinations() -> tuple[tuple[str, ...], ...]:
    """List every choice of overlays, in the order of merging."""
    return tuple(chosen for size in range(len(OVERLAYS) + 1) for chosen in combinations(OVERLAYS, size))


def compose_files(project: Path, overlays: Iterable[str]) -> tuple[Path, ...]:
    """Give the files of a choice of overlays, in the order of merging."""
    wanted = set(overlays)
    names = [BASE, *(file for name, file in OVERLAYS.items() if name in wanted)]
    return tuple(project / COMPOSE_FOLDER / name for name in names)


def load_project(
    places: Places, overlays: Iterable[str] = (), variables: Mapping[str, str] = CHECKED_VARIABLES
) -> dict[str, Any]:
    """
    Load the files as one project: schema, merging and variables are those of Docker's own library.

    Args:
        places: the checkout and the tools.
        overlays: names of `OVERLAYS`.
        variables: what the files read of the environment.

    Returns:
        The project in the form of the compose specification.

    Raises:
        StackError: the files are refused, or the tool is not built.

    """
    tool = Toolbox(places.tools, places.project).executable(COMPOSE_CHECK)
    files = compose_files(places.project, overlays)
    command = [str(tool), *(file.name for file in files)]
    answer = subprocess.run(
        command, cwd=files[0].parent, env=dict(variables), capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        names = ", ".join(file.name for file in files)
        raise StackError(f"{names} in {files[0].parent} are refused: {_one_line(answer.stderr)}")
    project: dict[str, Any] = json.loads(answer.stdout)
    return project


def published_ports(project: Mapping[str, Any]) -> dict[int, str]:
    """Give the published ports of a loaded project with the name of the service."""
    return {
        int(port["published"]): name
        for name, service in project["services"].items()
        for port in service.get("ports", ())
    }


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "no reason is told"
