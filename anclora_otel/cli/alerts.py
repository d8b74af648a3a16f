"""`anclora-otel alerts`: show what fires now."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.alertmanager.firing import FiringAlert, firing_alerts, prometheus_alerts
from anclora_otel.cli.arguments import alertmanager_url, in_colour, prometheus_url, state_folder
from anclora_otel.errors import AlertmanagerError

NAME = "alerts"
HELP = "show what fires now, since when, what is muted, and the runbook"

ATTENTION = 1
"""The exit code when an alert other than Watchdog fires unmuted."""

_COLOURS = {"critical": 31, "warning": 33, "info": 36}
_SHOWN_LABELS = ("service", "environment", "queue", "instance_name")


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="write JSON for machines")
    parser.add_argument("--url", metavar="URL", help="address of Alertmanager (default: that of the stack)")
    parser.add_argument(
        "--prometheus-url", metavar="URL", help="address of Prometheus, or none (default: that of the stack)"
    )
    parser.add_argument("--state-dir", metavar="FOLDER", type=Path, help="state of the stack (default: .state)")


def execute(arguments: argparse.Namespace) -> int:
    """Ask both, show what fires; exit code 1 where an alert demands attention, 2 where nobody can be asked."""
    complaints: list[str] = []
    received: list[ReceivedAlert] | None = None
    try:
        received = Alertmanager(_url(arguments)).alerts()
    except AlertmanagerError as error:
        complaints.append(str(error))
    pending = _prometheus(arguments, complaints)
    if received is None and pending is None:
        raise AlertmanagerError("\n".join(complaints))
    alerts = firing_alerts(received or (), pending or ())
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(each) for each in alerts], indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for each in alerts for line in _lines(each))
        if not any(each.demands_attention for each in alerts):
            sys.stdout.write("nothing demands attention\n")
    return ATTENTION if any(each.demands_attention for each in alerts) else 0


def _url(arguments: argparse.Namespace) -> str:
    return arguments.url or alertmanager_url(None, state_folder(arguments.state_dir))


def _prometheus(arguments: argparse.Namespace, complaints: list[str]) -> list[Mapping[str, Any]] | None:
    """Ask Prometheus; None where it is not asked or does not answer."""
    given = arguments.prometheus_url
    if given == "none" or (given is None and arguments.url):
        return None
    try:
        return prometheus_alerts(given or prometheus_url(state_folder(arguments.state_dir)))
    except AlertmanagerError as error:
        complaints.append(str(error))
        return None


def _lines(alert: FiringAlert) -> list[str]:
    where = " ".join(f"{name}={alert.labels[name]}" for name in _SHOWN_LABELS if alert.labels.get(name))
    muted = f" by {', '.join(alert.muted_by)}" if alert.muted_by else ""
    test = "[TEST] " if alert.labels.get("test") == "true" else ""
    first = _printable(f"{test}{alert.name}  {alert.state}{muted} {_since(alert.since)}  {where}".rstrip())
    further = (f"         {_printable(text)}" for text in (alert.summary, alert.runbook_url) if text)
    return [f"{_coloured(alert.severity)} {first}", *further]


def _since(text: str) -> str:
    try:
        # Python 3.10 reads neither Z nor nanoseconds.
        moment = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return f"since {text}"
    seconds = max(0, int((datetime.now(timezone.utc) - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"for {seconds // size} {unit}"
    return f"for {seconds} s"


def _coloured(severity: str) -> str:
    text = f"{_printable(severity) or '-':<8}"
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if in_colour() and severity in _COLOURS else text


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
