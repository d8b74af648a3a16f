"""`anclora-otel tools`: build the programs of the native stack."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from anclora_otel.stack import TOOLS, Building, Places, Toolbox, build_tools, project_at
from anclora_otel.stack.smoke import check_collector
from anclora_otel.stack.tools import chosen_tools

NAME = "tools"
HELP = "build what the native stack runs: collector, Prometheus, Alertmanager, Loki (once a version)"

_SECONDS_BETWEEN_LINES = 15.0


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    names = ", ".join(tool.name for tool in TOOLS)
    parser.add_argument("--only", action="append", metavar="TOOL", help=f"repeatable; one of {names}")
    parser.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    parser.add_argument("--paths", action="store_true", help="build nothing, list what is built")
    parser.add_argument(
        "--check", action="store_true", help="then validate the collector's configuration and start it once"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Build what is missing and tell the progress on stderr."""
    project = project_at(arguments.project_dir, Path.cwd())
    places = Places.choose(project, os.environ)
    toolbox = Toolbox(places.tools, places.project)
    tools = chosen_tools(arguments.only)
    if arguments.paths:
        built = [tool for tool in tools if toolbox.is_built(tool)]
        paths = [toolbox.place(tool) / name for tool in built for name in tool.executables]
        sys.stdout.writelines(f"{path}\n" for path in paths)
        return 0
    build_tools(toolbox, tools, BuildProgress())
    if arguments.check:
        seconds = check_collector(places)
        sys.stdout.write(f"collector: configuration valid, healthy in {seconds:.1f} s, stopped cleanly\n")
    return 0


class BuildProgress:
    """Tell on stderr how far building is: one changing line on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._last_line_seconds = 0.0
        self._last_subject = ""

    def __call__(self, building: Building) -> None:
        """Show where the building stands."""
        text = _text(building)
        if building.state not in ("building", "waiting"):
            self._write_line(text)
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        elif self._is_due(building):
            self._write_line(text)

    def _is_due(self, building: Building) -> bool:
        fresh = building.subject != self._last_subject
        if fresh or building.elapsed_seconds - self._last_line_seconds >= _SECONDS_BETWEEN_LINES:
            self._last_line_seconds, self._last_subject = building.elapsed_seconds, building.subject
            return True
        return False

    @staticmethod
    def _write_line(text: str) -> None:
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{start}{text}\n")
        sys.stderr.flush()


def _text(building: Building) -> str:
    if building.state == "note":
        return building.subject
    if building.state == "present":
        return f"{building.subject}: already built"
    if building.state == "built":
        return f"{building.subject}: built in {building.elapsed_seconds:.0f} s"
    if building.state == "waiting":
        return f"waiting for {building.subject} · {building.elapsed_seconds:.0f} s"
    expected = f"about {building.expected_seconds} s when nothing is cached"
    return f"{building.subject}: building · {building.elapsed_seconds:.0f} s · {expected}"
