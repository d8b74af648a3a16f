"""`anclora-otel receivers`: stand-ins for Slack, mail, PagerDuty and the dead man's switch."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from anclora_otel.cli.arguments import ended_by_signal
from anclora_otel.stack import Ports
from anclora_otel.stack.ports import HOST, refuse_taken
from anclora_otel.stack.receivers import Notification, Receivers
from anclora_otel.stack.receivers.deadman import LIMIT_SECONDS

NAME = "receivers"
HELP = "run stand-ins for Slack, mail, PagerDuty and the dead man's switch on this machine"


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    ports = Ports()
    parser.add_argument("--port", type=int, metavar="PORT", help=f"for HTTP (default: {ports.receivers})")
    parser.add_argument("--smtp-port", type=int, metavar="PORT", help=f"for mail (default: {ports.receivers_smtp})")
    parser.add_argument("--output", type=Path, metavar="FILE", help="add what arrives as JSON lines")
    parser.add_argument(
        "--deadman-seconds",
        type=float,
        default=LIMIT_SECONDS,
        metavar="SECONDS",
        help="silence after which the dead man's switch calls the next ping late (default: %(default)s)",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C, and print each notification as it arrives."""
    given = {"receivers": arguments.port, "receivers_smtp": arguments.smtp_port}
    ports = Ports.choose(os.environ, given)
    refuse_taken(ports, ("receivers", "receivers_smtp"))
    ended = ended_by_signal()
    receivers = Receivers(
        ports.receivers,
        ports.receivers_smtp,
        file=arguments.output,
        notify=_print,
        deadman_limit_seconds=arguments.deadman_seconds,
    )
    with receivers:
        _write(f"stand-ins at http://{HOST}:{ports.receivers}, mail at {HOST}:{ports.receivers_smtp}")
        while not ended.wait(1.0):
            _watch_deadman(receivers)
    return 0


_said_late = threading.Event()


def _watch_deadman(receivers: Receivers) -> None:
    state = receivers.deadman.state()
    if state["late"] and not _said_late.is_set():
        _said_late.set()
        _write(f"deadman: NO PING for {state['silence_seconds']:.0f} s: alerting itself is down")
    elif not state["late"]:
        _said_late.clear()


def _print(notification: Notification) -> None:
    _write(notification.line())


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
