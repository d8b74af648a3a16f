"""`anclora-otel settings`: render the reference of settings."""

from __future__ import annotations

import argparse

from anclora_otel.cli.pages import add_page_arguments, write_or_check
from anclora_otel.settings.reference import render_settings_reference


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    docs = actions.add_parser(
        "docs",
        help="render the reference of settings",
        description="Render docs/settings.md from the variables that are read.",
    )
    add_page_arguments(docs, "docs/settings.md")


def execute(arguments: argparse.Namespace) -> int:
    """Write the reference, or compare it with the file."""
    return write_or_check(arguments, render_settings_reference(), "anclora-otel settings docs")
