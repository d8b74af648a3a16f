"""Where the project, the built tools and the state of a stack lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.errors import StackError

MARKER = Path("collector") / "builder.yaml"
"""The file by which the project's folder is known."""


def find_project(start: Path) -> Path:
    """
    Find the folder of the project, in which the collector's and the backends' configuration lies.

    Args:
        start: where to begin; its parents are searched, then the folder that this package lies in.

    Raises:
        StackError: no folder with `collector/builder.yaml` was found.

    """
    start = start.resolve()
    package_parent = Path(__file__).resolve().parents[2]
    for folder in (start, *start.parents, package_parent):
        if (folder / MARKER).is_file():
            return folder
    raise StackError(f"no {MARKER} in {start} or above: run this in a checkout of anclora-otel, or pass --project-dir")


def project_at(given: Path | None, start: Path) -> Path:
    """
    Give the project's folder: the one that the user names, else the one that is found from `start`.

    Raises:
        StackError: there is no project.

    """
    if given is None:
        return find_project(start)
    if not (given / MARKER).is_file():
        raise StackError(f"--project-dir {given} has no {MARKER}: expected a checkout of anclora-otel")
    return given.resolve()


@dataclass(frozen=True)
class Places:
    """
    The folders that a stack uses.

    Args:
        project: the checkout, which holds `collector/`, `compose/` and `rules/`.
        state: data, logs and process records of this stack.
        tools: the built programs, which several stacks share.

    """

    project: Path
    state: Path
    tools: Path

    @classmethod
    def choose(
        cls,
        project: Path,
        environment: Mapping[str, str],
        state: Path | None = None,
        tools: Path | None = None,
    ) -> Places:
        """Take what is given, then `ANCLORA_TOOLS_DIR`, then `.state` and `.tools` of the project."""
        named = environment.get("ANCLORA_TOOLS_DIR")
        chosen_tools = tools or (Path(named) if named else project / ".tools")
        return cls(project.resolve(), (state or project / ".state").resolve(), chosen_tools.resolve())

    @property
    def logs(self) -> Path:
        """Give the folder of the components' own logs."""
        return self.state / "logs"

    @property
    def tailed(self) -> Path:
        """Give the folder whose log files the collector reads unless others are named."""
        return self.state / "tailed"

    @property
    def run(self) -> Path:
        """Give the folder of the process records."""
        return self.state / "run"

    @property
    def trace_file(self) -> Path:
        """Give the file into which the collector writes the last traces, as OTLP JSON lines."""
        return self.state / "collector" / "traces" / "traces.jsonl"

    @property
    def notifications_file(self) -> Path:
        """Give the file into which the stand-ins for receivers write what arrived, as JSON lines."""
        return self.state / "receivers" / "notifications.jsonl"
