"""Find the command and run it."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings.reporting import PREFIX

COMMANDS = {
    "run": "run a command with telemetry",
    "stack": "start, stop, watch, back up and restore the native stack",
    "compose": "run the stack in containers",
    "tools": "build the components of the native stack",
    "trace": "show the spans and the log lines of a trace",
    "journey": "show what became of a message, step by step",
    "health": "ask a service for its health",
    "log-level": "show and change the log levels of a service on this host",
    "sentry": "write the collector's variables for Sentry, or run a stub of Sentry",
    "alerts": "show what fires now",
    "explain": "say what a metric or an alert means and what it is now",
    "drill": "make alerts fire and follow them to the mailbox",
    "silence": "make, list and end silences",
    "alertmanager": "render Alertmanager's configuration",
    "receivers": "run stand-ins for Slack, mail, PagerDuty and the dead man's switch",
    "catalogue": "render the reference of metrics",
    "dashboards": "render the dashboards of Grafana, and draw them without Grafana",
    "thresholds": "render rules, dashboards and the reference of alerts for thresholds of your own",
    "rules": "render the rules for Prometheus",
    "settings": "render the reference of settings",
}
"""The commands with their help; each is a module of this package with `configure_parser` and `execute`."""

USAGE_ERROR = 2
"""The exit code of a command that was called wrongly or cannot do its work."""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run `anclora-otel`.

    Args:
        arguments: the command line without the program's name; that of the process unless given.

    Returns:
        The exit code: 0, or what the command says, or 2 where it cannot do its work.

    """
    if sys.stderr is None:
        # Closed by whoever called: what there is to say has nowhere to go, which is no reason to fail.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the rest of the process
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser(given)
    parsed = parser.parse_args(given)
    if parsed.command is None:
        parser.print_help()
        return USAGE_ERROR
    module = _module(parsed.command)
    try:
        return int(module.execute(parsed))
    except AncloraOtelError as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"{PREFIX}{line}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED


def build_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command that is called loads its module, so that `run` starts fast."""
    parser = argparse.ArgumentParser(prog="anclora-otel", description="OpenTelemetry for Anclora's WhatsApp services.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if given and given[0] == name:
            _module(name).configure_parser(command)
    return parser


def _module(command: str) -> Any:
    return importlib.import_module(f"anclora_otel.cli.{command.replace('-', '_')}")


def _version() -> str:
    try:
        return version("anclora-otel")
    except PackageNotFoundError:
        return "0"
