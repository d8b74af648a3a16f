"""`anclora-otel catalogue`: render what derives from the metric catalogue."""

from __future__ import annotations

import argparse

from anclora_otel.catalogue.reference import render_reference
from anclora_otel.cli.pages import add_page_arguments, write_or_check


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    docs = actions.add_parser(
        "docs",
        help="render the reference of metrics",
        description="Render docs/metrics.md from the catalogue.",
    )
    add_page_arguments(docs, "docs/metrics.md")


def execute(arguments: argparse.Namespace) -> int:
    """Write the reference, or compare it with the file."""
    return write_or_check(arguments, render_reference(), "anclora-otel catalogue docs")
