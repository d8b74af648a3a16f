"""`anclora-otel explain`: what a metric or an alert means, where it comes from, and what it is now."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.explaining import (
    AlertExplanation,
    MetricExplanation,
    close_names,
    explain_alert,
    explain_metric,
)
from anclora_otel.cli.arguments import prometheus_url, state_folder
from anclora_otel.drills.prometheus import Prometheus, Sample
from anclora_otel.errors import AncloraOtelError, PrometheusError
from anclora_otel.settings.alerts import load_alert_settings

NAME = "explain"
HELP = "say what a metric or an alert means, where it comes from and what it is now"

_MOST_SHOWN = 10


class UnknownNameError(AncloraOtelError):
    """Raised for a name that is neither a metric's nor an alert's."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="METRIC|ALERT", help="such as anclora_queue_errors_total or RedisDown")
    parser.add_argument("--json", action="store_true", help="write JSON for machines")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="thresholds that differ from the defaults")
    parser.add_argument("--prometheus-url", metavar="URL", help="address, or none (default: that of the stack)")
    parser.add_argument("--state-dir", metavar="FOLDER", type=Path, help="state of the stack (default: .state)")


def execute(arguments: argparse.Namespace) -> int:
    """Explain; exit code 2 where the name is not known."""
    scope = Scope(load_alert_settings(arguments.settings))
    metric = explain_metric(arguments.name, scope)
    found: Sequence[MetricExplanation | AlertExplanation] = (
        (metric,) if metric else explain_alert(arguments.name, scope)
    )
    if not found:
        close = close_names(arguments.name)
        hint = f"did you mean {', or '.join(close)}?" if close else "see docs/metrics.md and docs/alerts.md"
        raise UnknownNameError(f"{arguments.name} is neither a metric nor an alert: {hint}")
    answers = [(each, *_now(arguments, each.query)) for each in found]
    if arguments.json:
        documents = [{**asdict(each), "now": now, "unanswered": problem} for each, now, problem in answers]
        sys.stdout.write(json.dumps(documents, indent=2, ensure_ascii=False) + "\n")
        return 0
    for each, now, problem in answers:
        lines = _metric_lines(each) if isinstance(each, MetricExplanation) else _alert_lines(each)
        sys.stdout.writelines(f"{line}\n" for line in (*lines, *_now_lines(now, problem)))
    return 0


def _now(arguments: argparse.Namespace, query: str) -> tuple[list[dict[str, Any]], str]:
    """Ask for the current value; what is not answered is said, and is no failure."""
    if arguments.prometheus_url == "none":
        return [], "not asked"
    try:
        url = arguments.prometheus_url or prometheus_url(state_folder(arguments.state_dir))
        return [asdict(sample) for sample in Prometheus(url).query(query)], ""
    except PrometheusError as error:
        return [], str(error)


def _metric_lines(found: MetricExplanation) -> Iterator[str]:
    yield f"{found.name}  ({found.kind}, unit {found.unit or 'none'})"
    yield f"  {found.meaning}"
    yield f"  in Prometheus  {found.prometheus_name}"
    yield f"  recorder       {found.recorder}"
    for label in found.labels:
        open_values = f"open, at most {label.budget} values" if label.budget else "open"
        values = ", ".join(label.values) or open_values
        yield f"  label          {label.name}: {label.meaning} ({values})"
    yield f"  series         at most {found.series_budget}"
    yield f"  query          {found.query}"
    yield f"  recorded in    {', '.join(found.records) or 'no recording rule'}"
    yield f"  alerts         {', '.join(found.alerts) or 'none'}"


def _alert_lines(found: AlertExplanation) -> Iterator[str]:
    yield f"{found.name}  ({found.severity}, category {found.category}, family {found.family})"
    yield f"  {found.summary}"
    yield f"  fires when     {found.condition}, for {found.hold}"
    yield f"  says           {found.description}"
    yield f"  records        {', '.join(found.records) or 'none'}"
    yield f"  metrics        {', '.join(found.metrics) or 'none of ours'}"
    yield f"  query          {found.query}"
    yield f"  runbook        {found.runbook_url}"
    yield f"  dashboard      {found.dashboard_url}"


def _now_lines(now: list[dict[str, Any]], problem: str) -> Iterator[str]:
    if problem:
        yield f"  now            unknown: {problem}"
        return
    if not now:
        yield "  now            nothing"
    for sample in (Sample(**each) for each in now[:_MOST_SHOWN]):
        labels = " ".join(f"{name}={value}" for name, value in sample.labels.items() if name != "__name__")
        yield f"  now            {sample.value:g}  {labels}".rstrip()
    if len(now) > _MOST_SHOWN:
        yield f"                 and {len(now) - _MOST_SHOWN} more series: see --json"
