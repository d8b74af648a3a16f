"""Write a rendered page, or compare it with the file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.errors import AncloraOtelError

DIFFERENT = 1
"""The exit code of ``--check`` when the file is not what would be rendered."""


def add_page_arguments(parser: argparse.ArgumentParser, default_file: str) -> None:
    """Describe the arguments of a command that renders a page."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file differs")
    parser.add_argument(
        "--output",
        metavar="FILE",
        default=default_file,
        help="where to write; - is standard output (default: %(default)s)",
    )


def write_or_check(arguments: argparse.Namespace, text: str, command: str) -> int:
    """
    Do what the arguments of `add_page_arguments` ask for.

    Args:
        arguments: the parsed command line.
        text: the rendered page.
        command: the command that writes it, for the message.

    Raises:
        AncloraOtelError: the file cannot be written or read.

    """
    if arguments.output == "-":
        sys.stdout.write(text)
        return 0
    file = Path(arguments.output)
    if arguments.check:
        return _check(file, text, command)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AncloraOtelError(
            f"{file} cannot be written ({error.strerror}): run this at the top of the checkout, or pass --output"
        ) from error
    sys.stdout.write(f"wrote {file}\n")
    return 0


def _check(file: Path, text: str, command: str) -> int:
    try:
        current = file.read_text(encoding="utf-8")
    except OSError as error:
        raise AncloraOtelError(f"{file} cannot be read ({error.strerror}): pass --output") from error
    if current == text:
        return 0
    sys.stderr.write(f"{file} is not what the code gives: run `{command}`\n")
    return DIFFERENT
