"""`anclora-otel rules backtest`: which alerts would have fired, from what Prometheus has stored."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.cli.arguments import prometheus_url, state_folder
from anclora_otel.drills.backtest import Verdict, backtest, data_since, step_seconds
from anclora_otel.drills.prometheus import Prometheus
from anclora_otel.errors import PrometheusError
from anclora_otel.settings.alerts import load_alert_settings

_SHOWN_LABELS = ("service_name", "job", "deployment_environment_name", "queue", "instance")
_MOST_SHOWN = 5


def add_backtest_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--since", type=_since, default=7 * 86_400.0, metavar="TIME", help="such as 7d (the default)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="thresholds that differ from the defaults")
    parser.add_argument("--prometheus-url", metavar="URL", help="default: that of the stack")
    parser.add_argument("--state-dir", metavar="FOLDER", type=Path, help="state of the stack (default: .state)")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")


def run_backtest(arguments: argparse.Namespace) -> int:
    """Show the verdicts; exit code 2 where Prometheus cannot be asked."""
    scope = Scope(load_alert_settings(arguments.settings))
    prometheus = Prometheus(arguments.prometheus_url or prometheus_url(state_folder(arguments.state_dir)))
    now, step = time.time(), step_seconds(arguments.since, scope)
    start = data_since(prometheus, now - arguments.since, now, step)
    sys.stderr.write(f"{prometheus.url} from {_moment(start)} UTC, evaluated every {step:g} s\n")
    verdicts = backtest(prometheus, scope, now - start, now)
    if arguments.json:
        sys.stdout.write(json.dumps([asdict(each) for each in verdicts], indent=2) + "\n")
    else:
        _write_table(verdicts)
    if verdicts and all(each.problem for each in verdicts):
        raise PrometheusError(verdicts[0].problem)
    return 0


def _write_table(verdicts: list[Verdict]) -> None:
    sys.stdout.write(f"{'ALERT':<34} {'SEVERITY':<9} {'FIRED':>5} {'PENDING':>7}  FOR HOW LONG\n")
    for each in verdicts:
        if each.problem:
            sys.stdout.write(f"{each.alert:<34} {each.severity:<9} {'?':>5} {'?':>7}  {each.problem}\n")
        elif each.episodes or each.pending:
            minutes = sum(one.end - one.start for one in each.episodes) / 60
            line = f"{each.alert:<34} {each.severity:<9} {len(each.episodes):>5} {each.pending:>7}  {minutes:.1f} min"
            sys.stdout.write(f"{line}\n")
            _write_episodes(each)
    quiet = sum(not (each.episodes or each.problem) for each in verdicts)
    sys.stdout.write(f"{quiet} of {len(verdicts)} would not have fired\n")


def _write_episodes(verdict: Verdict) -> None:
    for one in verdict.episodes[:_MOST_SHOWN]:
        where = " ".join(f"{name}={one.labels[name]}" for name in _SHOWN_LABELS if one.labels.get(name))
        sys.stdout.write(f"    {_moment(one.start)} to {_moment(one.end)}  {where}\n")
    if len(verdict.episodes) > _MOST_SHOWN:
        sys.stdout.write(f"    and {len(verdict.episodes) - _MOST_SHOWN} more: see --json\n")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def _since(text: str) -> float:
    try:
        seconds = milliseconds(text) / 1000
    except ValueError:
        seconds = 0.0
    if not 60 <= seconds <= 90 * 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no time back: expected 1m to 90d, such as 7d")
    return seconds
