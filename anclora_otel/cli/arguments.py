"""What several commands take and decide alike."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from anclora_otel.stack.places import Places, find_project
from anclora_otel.stack.ports import HOST, Ports


def add_loki_arguments(parser: argparse.ArgumentParser, *, waits_for: str) -> None:
    """Let a command be told how long to wait for something, and where state and Loki are."""
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=wait_seconds,
        default=0.0,
        help=f"wait {waits_for}, as long as this at most (default: 0)",
    )
    parser.add_argument("--state-dir", metavar="FOLDER", type=Path, help="state of the stack (default: .state)")
    parser.add_argument("--loki-url", metavar="URL", help="address of Loki (default: that of the stack)")


def state_folder(given: Path | None) -> Path:
    """Give the state folder that was named, else that of the project."""
    return given or Places.choose(find_project(Path.cwd()), os.environ).state


def loki_url(given: str | None, state: Path) -> str:
    """Give the address of Loki that was named, else that of the stack."""
    ports = Ports.load(state / "ports.json") or Ports()
    return given or f"http://{HOST}:{ports.loki}"


def alertmanager_url(given: str | None, state: Path) -> str:
    """Give the address of Alertmanager that was named, else that of the stack."""
    ports = Ports.load(state / "ports.json") or Ports()
    return given or f"http://{HOST}:{ports.alertmanager}"


def prometheus_url(state: Path) -> str:
    """Give the address of the stack's Prometheus."""
    ports = Ports.load(state / "ports.json") or Ports()
    return f"http://{HOST}:{ports.prometheus}"


def in_colour() -> bool:
    """Say whether standard output may be coloured. Source: https://no-color.org."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def ended_by_signal() -> threading.Event:
    """Give what is set by SIGTERM or Ctrl-C, for a command that runs until then."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def wait_seconds(text: str) -> float:
    """
    Read a time to wait, 0 to 3600 s.

    Raises:
        argparse.ArgumentTypeError: if it is none.

    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no time to wait: expected 0 to 3600 seconds")
    return seconds
