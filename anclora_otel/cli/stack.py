"""
`anclora-otel stack`: Redis, Alertmanager, Prometheus, Loki and the collector on this machine, without Docker.

Here are up, down and status; `stack_running`, `stack_watching` and `stack_backups` have the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anclora_otel.cli import stack_backups, stack_running, stack_watching
from anclora_otel.cli.stack_arguments import add_stack_arguments
from anclora_otel.stack import Alerting, ComponentStatus, Places, Ports, Stack, Started, project_at
from anclora_otel.stack.ports import option_of, variable_of
from anclora_otel.stack.tailed_files import tailed_globs

NAME = "stack"
HELP = "start, stop, watch, back up and restore Redis, Alertmanager, Prometheus, Loki and the collector on this machine"

_GROUPS: tuple[Any, ...] = (stack_running, stack_watching, stack_backups)


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    up = actions.add_parser("up", help="start what does not run and wait until all of it is ready")
    down = actions.add_parser("down", help="stop what `up` started, and nothing else")
    status = actions.add_parser("status", help="show each component; exit code 1 if one is not ready")
    for action in (up, down, status):
        add_stack_arguments(action)
    defaults = Ports()
    for name in Ports.names():
        text = f"default {defaults.number(name)}, or {variable_of(name)}"
        up.add_argument(option_of(name), dest=f"port_{name}", type=int, metavar="PORT", help=text)
    for group in _GROUPS:
        group.add_actions(actions)


def execute(arguments: argparse.Namespace) -> int:
    """Run the action."""
    for group in _GROUPS:
        if arguments.action in group.ACTIONS:
            return int(group.ACTIONS[arguments.action](arguments))
    project = project_at(arguments.project_dir, Path.cwd())
    places = Places.choose(project, os.environ, state=arguments.state_dir)
    if arguments.action == "up":
        return _up(places, arguments)
    stack = Stack(places)
    return _down(stack, arguments.json) if arguments.action == "down" else _status(stack, arguments.json)


def _up(places: Places, arguments: argparse.Namespace) -> int:
    options = {name: getattr(arguments, f"port_{name}") for name in Ports.names()}
    alerting = Alerting.from_environment(os.environ)
    stack = Stack(places, Ports.choose(os.environ, options), os.environ, alerting)
    for warning in alerting.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    began = time.monotonic()
    started = stack.up(lambda each: None if arguments.json else _write(_started_line(each)))
    seconds = time.monotonic() - began
    tailed = tailed_globs(places, os.environ, Path.cwd())
    if arguments.json:
        components = [asdict(each) for each in started]
        _write_json({"seconds": round(seconds, 2), "components": components, "tailed": list(tailed)})
    else:
        _write(f"log files that go to Loki too: {', '.join(tailed)}, and what they are rotated to")
        _write(f"ready in {seconds:.1f} s · state and logs in {places.state}")
    return 0


def _started_line(started: Started) -> str:
    if started.how == "running":
        return f"{started.name:<12} runs already     {started.url}"
    note = "  (anew: its configuration changed)" if started.how == "restarted" else ""
    return f"{started.name:<12} ready in {started.seconds:4.1f} s  {started.url}{note}"


def _down(stack: Stack, as_json: bool) -> int:
    began = time.monotonic()
    stopped = stack.down()
    if as_json:
        _write_json({"stopped": list(stopped)})
    elif stopped:
        _write(f"stopped {', '.join(stopped)} in {time.monotonic() - began:.1f} s")
    else:
        _write("nothing of this stack runs")
    return 0


def _status(stack: Stack, as_json: bool) -> int:
    components = stack.status()
    if as_json:
        _write_json([asdict(component) for component in components])
    else:
        _write(f"{'COMPONENT':<12} {'STATE':<9} {'VERSION':<8} {'PID':>7} {'UP':>8} {'MEMORY':>8}  ADDRESS")
        for component in components:
            _write(_status_line(component))
    return 0 if all(component.state == "ready" for component in components) else 1


def _status_line(component: ComponentStatus) -> str:
    pid = str(component.pid) if component.pid else "-"
    up = _duration(component.uptime_seconds) if component.pid else "-"
    memory = f"{component.resident_bytes / 1024**2:.0f} MB" if component.pid else "-"
    return (
        f"{component.name:<12} {_coloured(component.state)} {component.version or '-':<8} "
        f"{pid:>7} {up:>8} {memory:>8}  {component.url}"
    )


def _coloured(state: str) -> str:
    text = f"{state:<9}"
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    colour = {"ready": 32, "starting": 33}.get(state, 31)
    return f"\x1b[{colour}m{text}\x1b[0m"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f}s"
    if seconds < 3600:
        return f"{seconds / 60:.0f}m"
    return f"{seconds / 3600:.1f}h"


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _write_json(value: object) -> None:
    _write(json.dumps(value, indent=2))
