"""`anclora-otel rules`: render what follows from the catalogue, the redaction policy and other code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.catalogue.rules import rendered_files
from anclora_otel.redaction.own_patterns import OwnPatternsError, read_own_patterns
from anclora_otel.stack import project_at
from anclora_otel.stack.collector_configuration import FILE, render_configuration, render_overlay

NAME = "rules"
HELP = "render the Prometheus rules and the redaction of the collector"


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    render = actions.add_parser("render", help="write rules/*.yaml and the rendered parts of collector/config.yaml")
    render.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    overlay = actions.add_parser(
        "redaction", help="print a second collector configuration with own patterns and hashes"
    )
    overlay.add_argument("--patterns-file", default="", help="JSON file of own patterns")
    overlay.add_argument("--hmac-key-file", default="", help="file with the key of hashes, 32 bytes or more")
    render.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")


def execute(arguments: argparse.Namespace) -> int:
    """Write the files that differ, or name them; or print the overlay of the redaction."""
    if arguments.action == "redaction":
        return _print_overlay(arguments.patterns_file, arguments.hmac_key_file)
    project = project_at(arguments.project_dir, Path.cwd())
    stale = {file: text for file, text in _rendered(project).items() if _read(file) != text}
    for file, text in stale.items():
        if arguments.check:
            sys.stderr.write(f"{file} does not follow from the code: run: anclora-otel rules render\n")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            sys.stdout.write(f"wrote {file}\n")
    return 1 if stale and arguments.check else 0


def _print_overlay(patterns_file: str, key_file: str) -> int:
    try:
        own = read_own_patterns(patterns_file) if patterns_file else ()
    except OwnPatternsError as error:
        for problem in error.problems:
            sys.stderr.write(f"{patterns_file}: {problem}\n")
        return 1
    sys.stdout.write(render_overlay(own, key_file))
    return 0


def _rendered(project: Path) -> dict[Path, str]:
    files = {project / "rules" / name: text for name, text in rendered_files().items()}
    files[project / FILE] = render_configuration((project / FILE).read_text())
    return files


def _read(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None
