"""`anclora-otel rules`: render what follows from the catalogue, the redaction policy and other code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.catalogue.alerts import AlertSettings, Scope
from anclora_otel.catalogue.alerts.reference import render_alert_reference
from anclora_otel.catalogue.rules import rendered_files, rules_files
from anclora_otel.cli.backtest import add_backtest_arguments, run_backtest
from anclora_otel.cli.pages import add_page_arguments, write_or_check
from anclora_otel.redaction.own_patterns import OwnPatternsError, read_own_patterns
from anclora_otel.settings.alerts import load_alert_settings
from anclora_otel.stack import project_at
from anclora_otel.stack.collector_configuration import FILE, render_configuration, render_overlay

NAME = "rules"
HELP = "render the Prometheus rules, their reference and the collector's redaction"


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    render = actions.add_parser(
        "render",
        help="write rules/ and the rendered parts of collector/config.yaml, or with --output rules of your own",
    )
    render.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    overlay = actions.add_parser(
        "redaction", help="print a second collector configuration with own patterns and hashes"
    )
    overlay.add_argument("--patterns-file", default="", help="JSON file of own patterns")
    overlay.add_argument("--hmac-key-file", default="", help="file with the key of hashes, 32 bytes or more")
    render.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    render.add_argument("--output", type=Path, metavar="DIR", help="write the rules there, and nothing else")
    render.add_argument(
        "--settings", type=Path, metavar="FILE", help="thresholds that differ from rules/thresholds.toml; with --output"
    )
    render.add_argument(
        "--scale", type=_factor, default=1.0, metavar="FACTOR", help="shorten every duration, for drills; with --output"
    )
    docs = actions.add_parser("docs", help="render the reference of alerts", description="Render docs/alerts.md.")
    add_page_arguments(docs, "docs/alerts.md")
    add_backtest_arguments(actions.add_parser("backtest", help="say which alerts would have fired, from stored data"))


def execute(arguments: argparse.Namespace) -> int:
    """Write the files that differ, or name them; or print the overlay of the redaction."""
    if arguments.action == "backtest":
        return run_backtest(arguments)
    if arguments.action == "redaction":
        return _print_overlay(arguments.patterns_file, arguments.hmac_key_file)
    if arguments.action == "docs":
        return write_or_check(arguments, render_alert_reference(), "anclora-otel rules docs")
    settings = load_alert_settings(arguments.settings)
    if arguments.output is None and (arguments.settings or arguments.scale != 1):
        sys.stderr.write("rules/ holds the defaults: pass --output DIR for rules with settings of your own\n")
        return 2
    files = _rendered(arguments, settings)
    stale = {file: text for file, text in files.items() if _read(file) != text}
    for file, text in stale.items():
        if arguments.check:
            sys.stderr.write(f"{file} does not follow from the code: run: {_command(arguments)}\n")
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


def _rendered(arguments: argparse.Namespace, settings: AlertSettings) -> dict[Path, str]:
    if arguments.output is not None:
        scope = Scope(settings, arguments.scale)
        return {arguments.output / name: text for name, text in rules_files(scope).items()}
    project = project_at(arguments.project_dir, Path.cwd())
    files = {project / "rules" / name: text for name, text in rendered_files().items()}
    files[project / FILE] = render_configuration((project / FILE).read_text())
    return files


def _command(arguments: argparse.Namespace) -> str:
    options = [f"--settings {arguments.settings}"] if arguments.settings else []
    options += [f"--output {arguments.output}"] if arguments.output else []
    options += [f"--scale {arguments.scale:g}"] if arguments.scale != 1 else []
    return " ".join(["anclora-otel rules render", *options])


def _factor(text: str) -> float:
    number = float(text)
    if not 1 <= number <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is no factor: expected 1 to 3600")
    return number


def _read(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None
