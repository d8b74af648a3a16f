"""`anclora-otel stack start`, `stop`, `restart` and `reload`: single components, or all of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from anclora_otel.cli.stack_arguments import (
    add_components_argument,
    add_stack_arguments,
    component_names,
    opened_stack,
    write,
    write_json,
)
from anclora_otel.stack import Started
from anclora_otel.stack.components import find_component
from anclora_otel.stack.reloading import RELOADABLE, reload_component

NOT_ALL = 1
"""The exit code of `reload` where a component does not run."""


def add_actions(actions: Any) -> None:
    """Declare the actions and their options."""
    start = actions.add_parser("start", help="start components on the ports of the last `up`")
    stop = actions.add_parser("stop", help="stop components; with none named, as `down`")
    restart = actions.add_parser("restart", help="stop components and start them again")
    reload = actions.add_parser("reload", help="take over a changed configuration without a restart")
    for action in (start, stop, restart):
        add_stack_arguments(action)
        add_components_argument(action, component_names(), all_of="all")
    add_stack_arguments(reload)
    add_components_argument(reload, RELOADABLE, all_of="all of these")


def _start(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    names = _chosen(arguments)
    started = [stack.start(name) for name in names] if arguments.components else list(stack.up())
    return _tell_started(arguments, started)


def _stop(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    stopped = [name for name in reversed(_chosen(arguments)) if stack.stop(name)]
    if arguments.json:
        write_json({"stopped": stopped})
    else:
        write(f"stopped {', '.join(stopped)}" if stopped else "none of these ran")
    return 0


def _restart(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    names = _chosen(arguments)
    for name in reversed(names):
        stack.stop(name)
    return _tell_started(arguments, [stack.start(name) for name in names])


def _reload(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    results = [reload_component(stack, name) for name in arguments.components or RELOADABLE]
    if arguments.json:
        write_json([asdict(each) for each in results])
    else:
        for each in results:
            write(f"{each.name:<12} {each.state}")
    return 0 if all(each.state == "reloaded" for each in results) else NOT_ALL


def _chosen(arguments: argparse.Namespace) -> list[str]:
    wanted = {find_component(name).name for name in arguments.components} or set(component_names())
    return [name for name in component_names() if name in wanted]


def _tell_started(arguments: argparse.Namespace, started: list[Started]) -> int:
    if arguments.json:
        write_json([asdict(each) for each in started])
    else:
        for each in started:
            write(f"{each.name:<12} {each.how:<9} {each.url}")
    return 0


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "start": _start,
    "stop": _stop,
    "restart": _restart,
    "reload": _reload,
}
"""The actions of this group."""
