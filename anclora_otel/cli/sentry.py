"""`anclora-otel sentry`: what other deployments of the collector need, and a stub of Sentry for trying it out."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from anclora_otel.errors import StackError
from anclora_otel.stack.sentry_receiver import SentryReceiver
from anclora_otel.stack.sentry_target import sentry_variables

NAME = "sentry"
HELP = "write the collector's variables for Sentry, or run a stub of Sentry"

DEFAULT_PORT = 9999
"""The stub's port unless another is given."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("collector", help="write the variables that collector/sentry.yaml reads, from SENTRY_DSN")
    receiver = actions.add_parser("receiver", help="run a stub of Sentry's server on this host until Ctrl-C")
    receiver.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"default {DEFAULT_PORT}; 0 takes a free one")


def execute(arguments: argparse.Namespace) -> int:
    """
    Write the variables, or receive until interrupted.

    Raises:
        StackError: there is no DSN, or the port is taken.

    """
    if arguments.action == "collector":
        return _write_variables()
    try:
        receiver = SentryReceiver(port=arguments.port)
    except (OSError, OverflowError) as error:
        raise StackError(f"port {arguments.port} cannot be used ({error}): choose another by --port") from None
    with receiver:
        _write(f"a stub of Sentry's server at {receiver.url}; what came is at {receiver.url}/received")
        _write(f"SENTRY_DSN={receiver.dsn}")
        threading.Event().wait()
    return 0


def _write_variables() -> int:
    variables = sentry_variables(os.environ)
    if not variables:
        raise StackError(
            "SENTRY_DSN is not set: expected the DSN of a project, there or in the file of SENTRY_DSN_FILE"
        )
    for name, value in variables.items():
        _write(f"{name}={value}")
    return 0


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
