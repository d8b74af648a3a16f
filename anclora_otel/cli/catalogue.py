"""`anclora-otel catalogue`: render what derives from the metric catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.catalogue.reference import render_reference
from anclora_otel.errors import AncloraOtelError

DIFFERENT = 1
"""The exit code of ``--check`` when the file is not what would be rendered."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    docs = actions.add_parser(
        "docs",
        help="render the reference of metrics",
        description="Render docs/metrics.md from the catalogue.",
    )
    docs.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file differs")
    docs.add_argument(
        "--output",
        metavar="FILE",
        default="docs/metrics.md",
        help="where to write; - is standard output (default: %(default)s)",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the reference, or compare it with the file."""
    text = render_reference()
    if arguments.output == "-":
        sys.stdout.write(text)
        return 0
    file = Path(arguments.output)
    if arguments.check:
        return _check(file, text)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AncloraOtelError(
            f"{file} cannot be written ({error.strerror}): run this at the top of the checkout, or pass --output"
        ) from error
    sys.stdout.write(f"wrote {file}\n")
    return 0


def _check(file: Path, text: str) -> int:
    try:
        current = file.read_text(encoding="utf-8")
    except OSError as error:
        raise AncloraOtelError(f"{file} cannot be read ({error.strerror}): pass --output") from error
    if current == text:
        return 0
    sys.stderr.write(f"{file} is not what the catalogue gives: run `anclora-otel catalogue docs`\n")
    return DIFFERENT
