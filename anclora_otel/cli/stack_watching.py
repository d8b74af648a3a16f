"""`anclora-otel stack health`, `metrics`, `alerts` and `logs`: how the running stack does."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from anclora_otel.cli import alerts
from anclora_otel.cli.arguments import in_colour
from anclora_otel.cli.stack_arguments import (
    add_components_argument,
    add_stack_arguments,
    component_names,
    opened_stack,
    write,
    write_json,
)
from anclora_otel.stack.components import find_component
from anclora_otel.stack.figures import Figure, health, key_figures
from anclora_otel.stack.http_page import prometheus_result
from anclora_otel.stack.log_tail import follow, last_lines

TROUBLE = 1
"""The exit code of `health` where something is not as it should be."""


def add_actions(actions: Any) -> None:
    """Declare the actions and their options."""
    checking = actions.add_parser(
        "health", help="components, scrape targets, rules, alerting and the collector's queues; exit code 1 on trouble"
    )
    metrics = actions.add_parser("metrics", help="the figures that say whether messages flow, or those of a query")
    metrics.add_argument("query", metavar="PROMQL", nargs="?", help="ask this instead")
    firing = actions.add_parser("alerts", help="what fires now, as `anclora-otel alerts`")
    logs = actions.add_parser("logs", help="the output of the components")
    add_components_argument(logs, component_names(), all_of="all")
    logs.add_argument("--follow", "-f", action="store_true", help="go on until Ctrl-C")
    logs.add_argument("--lines", type=_line_count, default=20, metavar="N", help="last lines of each (default: 20)")
    for action in (checking, metrics, logs):
        add_stack_arguments(action)
    alerts.configure_parser(firing)


def _health(arguments: argparse.Namespace) -> int:
    findings = health(opened_stack(arguments))
    if arguments.json:
        write_json([asdict(each) for each in findings])
    else:
        for each in findings:
            write(f"{each.subject:<18} {_coloured(healthy=each.healthy)}  {each.text}")
    return 0 if all(each.healthy for each in findings) else TROUBLE


def _metrics(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    if arguments.query:
        return _answer(arguments, prometheus_result(stack.ports.prometheus, arguments.query))
    figures = key_figures(stack)
    if arguments.json:
        write_json([asdict(each) for each in figures])
    else:
        for figure in figures:
            write(f"{figure.name:<26} {_shown(figure)}")
    return 0


def _answer(arguments: argparse.Namespace, result: list[dict[str, Any]]) -> int:
    if arguments.json:
        write_json(result)
        return 0
    for series in result:
        labels = dict(series["metric"])
        name = labels.pop("__name__", "")
        pairs = ", ".join(f'{key}="{value}"' for key, value in labels.items())
        write(f"{name}{{{pairs}}}  {series['value'][1]}")
    if not result:
        write("no series")
    return 0


def _logs(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    wanted = [find_component(name).name for name in arguments.components] or list(component_names())
    files = {stack.log_file(name): name for name in wanted}
    for file, name in files.items():
        for line in last_lines(file, arguments.lines):
            _log_line(arguments, name, line)
    if arguments.follow:
        for file, line in follow(list(files)):
            _log_line(arguments, files[file], line)
    return 0


def _log_line(arguments: argparse.Namespace, name: str, line: str) -> None:
    printable = "".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line)
    if arguments.json:
        import json

        write(json.dumps({"component": name, "line": printable}))
    else:
        write(f"{name:<12} | {printable}")


def _shown(figure: Figure) -> str:
    if figure.value is None or math.isnan(figure.value):
        return "no data"
    return f"{figure.value:,.3g} {figure.unit}" if abs(figure.value) < 1000 else f"{figure.value:,.0f} {figure.unit}"


def _coloured(*, healthy: bool) -> str:
    text = "ok     " if healthy else "trouble"
    return f"\x1b[{32 if healthy else 31}m{text}\x1b[0m" if in_colour() else text


def _line_count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines: expected 0 to 100000")
    return int(text)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "health": _health,
    "metrics": _metrics,
    "alerts": alerts.execute,
    "logs": _logs,
}
"""The actions of this group."""
