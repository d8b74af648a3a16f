"""`anclora-otel rules`: render the Prometheus rules from the catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.catalogue.rules import rendered_files
from anclora_otel.stack import find_project

NAME = "rules"
HELP = "render the Prometheus rules from the catalogue"


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    render = actions.add_parser("render", help="write the rules files")
    render.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    render.add_argument(
        "--directory", type=Path, help="folder of the files (default: rules/ of the checkout)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the files that differ, or name them."""
    folder = arguments.directory or find_project(Path.cwd()) / "rules"
    stale = [name for name, text in rendered_files().items() if _read(folder / name) != text]
    for name in stale:
        if arguments.check:
            remedy = "run: anclora-otel rules render"
            sys.stderr.write(f"{folder / name} does not follow from the catalogue: {remedy}\n")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(rendered_files()[name])
            sys.stdout.write(f"wrote {folder / name}\n")
    return 1 if stale and arguments.check else 0


def _read(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None
