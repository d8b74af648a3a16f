"""`anclora-otel drill`: prove that alerts fire, and that somebody hears of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from anclora_otel.cli.arguments import alertmanager_url, prometheus_url, state_folder, wait_seconds
from anclora_otel.drills.catalogue import DRILLS, drills_named
from anclora_otel.drills.model import Drill
from anclora_otel.drills.own_stack import running_stack, scaled_stack, target_of
from anclora_otel.drills.routing import drill_routing
from anclora_otel.drills.running import Outcome, Run, Target, default_wait_seconds
from anclora_otel.drills.table import catalogue_lines, outcome_json, outcome_lines
from anclora_otel.errors import DrillError
from anclora_otel.stack import Places, Stack, project_at

NAME = "drill"
HELP = "make alerts fire and follow them to the mailbox"

PRODUCTION_ENVIRONMENTS = frozenset({"production", "prod", "live"})
"""Environments in which drills are refused unless forced."""

NOT_PROVEN = 1
"""The exit code when something was not seen."""

ROUTING_SECONDS = 180.0
"""How long the slowest route, whose group waits a minute, may take."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("alert", nargs="?", metavar="ALERT", help="such as RedisDown, on the running stack")
    what.add_argument("--all", action="store_true", help="every alert, on a scaled stack that is started and stopped")
    what.add_argument("--routing", action="store_true", help="every route of the running Alertmanager, by test alerts")
    what.add_argument("--list", action="store_true", help="show what would be done for each alert")
    parser.add_argument("--own-stack", action="store_true", help="run ALERT on a scaled stack of its own")
    parser.add_argument("--wait", metavar="SECONDS", type=wait_seconds, help="time to prove it (default: by its rule)")
    parser.add_argument("--force", action="store_true", help="run in production")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")
    parser.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    parser.add_argument("--state-dir", type=Path, metavar="FOLDER", help="state of the stack (default: .state)")
    parser.add_argument("--prometheus-url", metavar="URL", help="default: that of the stack")
    parser.add_argument("--alertmanager-url", metavar="URL", help="default: that of the stack")
    parser.add_argument("--collector-url", metavar="URL", help="OTLP over HTTP (default: that of the stack)")


def execute(arguments: argparse.Namespace) -> int:
    """Run the drills; exit code 0 where all is proven, 1 where not."""
    if arguments.list:
        sys.stdout.writelines(f"{line}\n" for line in catalogue_lines())
        return 0
    _refuse_production(force=arguments.force)
    if arguments.routing:
        return _routing(arguments)
    drills = DRILLS if arguments.all else drills_named(arguments.alert)
    if arguments.all or arguments.own_stack or any(drill.past for drill in drills):
        return _on_own_stack(arguments, drills)
    return _report(arguments, *_run(Run(_target(arguments), _told), drills, arguments.wait))


def _refuse_production(*, force: bool) -> None:
    environment = os.environ.get("ANCLORA_ENVIRONMENT", "")
    if environment.lower() in PRODUCTION_ENVIRONMENTS and not force:
        raise DrillError(f"ANCLORA_ENVIRONMENT is {environment}: people would be woken; pass --force if that is meant")


def _target(arguments: argparse.Namespace) -> Target:
    state = state_folder(arguments.state_dir)
    if arguments.prometheus_url or arguments.alertmanager_url:
        return Target(
            arguments.prometheus_url or prometheus_url(state),
            arguments.alertmanager_url or alertmanager_url(None, state),
            arguments.collector_url or "http://127.0.0.1:4318",
        )
    project = project_at(arguments.project_dir, Path.cwd())
    stack = Stack(Places.choose(project, os.environ, state=state), environment=os.environ)
    configuration = state / "config" / "alertmanager" / "alertmanager.yml"
    stand_ins = configuration.exists() and f":{stack.ports.receivers_smtp}" in configuration.read_text()
    return target_of(stack, stand_ins=stand_ins)


def _on_own_stack(arguments: argparse.Namespace, drills: tuple[Drill, ...]) -> int:
    project = project_at(arguments.project_dir, Path.cwd())
    with tempfile.TemporaryDirectory(prefix="anclora-drill-") as folder:
        stack = scaled_stack(project, Path(folder), os.environ)
        with running_stack(stack, drills, _say) as target:
            return _report(arguments, *_run(Run(target, _told), drills, arguments.wait))


def _run(run: Run, drills: tuple[Drill, ...], wait: float | None) -> tuple[list[Outcome], float]:
    together = [drill for drill in drills if not drill.stops]
    alone = [drill for drill in drills if drill.stops]
    outcomes: list[Outcome] = []
    for chosen in (together, *([drill] for drill in alone)):
        if chosen:
            sys.stderr.writelines(f"{drill.title}: {drill.what} ({drill.way})\n" for drill in chosen)
            outcomes += run.run(chosen, default_wait_seconds(chosen, run.scale) if wait is None else wait)
    return sorted(outcomes, key=lambda each: drills.index(each.drill)), run.scale


def _report(arguments: argparse.Namespace, outcomes: list[Outcome], scale: float) -> int:
    if arguments.json:
        sys.stdout.write(json.dumps([outcome_json(each, scale) for each in outcomes], indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in outcome_lines(outcomes, scale))
        sys.stdout.write(f"{_count(each.track.proven for each in outcomes)} of {len(outcomes)} proven\n")
    return 0 if all(each.track.proven for each in outcomes) else NOT_PROVEN


def _routing(arguments: argparse.Namespace) -> int:
    results = drill_routing(_target(arguments), arguments.wait or ROUTING_SECONDS, _say)
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(each) for each in results], indent=2) + "\n")
    else:
        for each in results:
            proof = f"NOT PROVEN: {each.reason}" if each.seconds is None else f"{each.seconds:6.1f} s  by {each.proof}"
            sys.stdout.write(f"{each.receiver:<10} {each.integration:<10} {proof}\n")
    return 0 if all(each.seconds is not None for each in results) else NOT_PROVEN


def _count(values: Iterable[bool]) -> int:
    return sum(values)


def _told(title: str, stage: str, seconds: float) -> None:
    _say(f"{title}: {stage} after {seconds:.1f} s")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
