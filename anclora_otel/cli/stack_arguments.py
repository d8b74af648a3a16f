"""What the actions of `anclora-otel stack` take and write alike."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from anclora_otel.stack import Alerting, Places, Stack, project_at
from anclora_otel.stack.components import COMPONENTS


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """Let an action be told where checkout and state are, and to write JSON."""
    parser.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    parser.add_argument("--state-dir", type=Path, help="data, logs and process records (default: .state)")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")


def add_components_argument(parser: argparse.ArgumentParser, names: tuple[str, ...], *, all_of: str) -> None:
    """Let an action be told which components it is for."""
    parser.add_argument("components", metavar="COMPONENT", nargs="*", help=f"{', '.join(names)} (default: {all_of})")


def opened_stack(arguments: argparse.Namespace) -> Stack:
    """Give the stack that the arguments name, on the ports of its last start."""
    places = Places.choose(project_at(arguments.project_dir, Path.cwd()), os.environ, state=arguments.state_dir)
    return Stack(places, environment=os.environ, alerting=Alerting.from_environment(os.environ))


def component_names() -> tuple[str, ...]:
    """List the components in starting order."""
    return tuple(component.name for component in COMPONENTS)


def write(line: str) -> None:
    """Write a line on standard output at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write_json(value: object) -> None:
    """Write JSON on standard output."""
    write(json.dumps(value, indent=2))
