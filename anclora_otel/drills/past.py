"""Lay the past of a Prometheus down, before it starts: `promtool tsdb create-blocks-from openmetrics`."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.catalogue.alerts.promql import ENVIRONMENT, INSTANCE, SERVICE
from anclora_otel.drills.feeds import Origin
from anclora_otel.drills.model import Drill, PastRecord, PastSeries
from anclora_otel.errors import DrillError

_STEP_SECONDS = 5.0
_STATE = "ALERTS_FOR_STATE"
"""The series by which Prometheus keeps since when an alert is pending, over a restart."""


def past_text(drills: Iterable[Drill], now: float, scale: float) -> str:
    """
    Write the past of drills in OpenMetrics.

    Args:
        drills: those with a past.
        now: Unix time in seconds at which the past ends.
        scale: factor by which the rules are shortened.

    """
    by_name: dict[str, list[str]] = {}
    for drill in drills:
        if drill.past is None:
            continue
        for name, lines in _lines(drill, now, scale):
            by_name.setdefault(name, []).extend(lines)
    # Without types: OpenMetrics would demand of a counter what does not matter here.
    return "".join(line for _, lines in sorted(by_name.items()) for line in lines) + "# EOF\n"


def write_blocks(promtool: Path, text: str, data: Path) -> None:
    """
    Make blocks of the text in the folder of a Prometheus that does not run.

    Raises:
        DrillError: promtool refuses.

    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = data.parent / "past.om"
    source.write_text(text)
    command = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(source), str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise DrillError(f"promtool makes no blocks of {source}: {done.stderr.strip() or done.stdout.strip()}")


def _lines(drill: Drill, now: float, scale: float) -> Iterator[tuple[str, list[str]]]:
    past = drill.past
    if past is None:
        return
    for series in past.series:
        yield series.feed.metric.prometheus_name, list(_raw(series, drill.origin, now, scale))
    for record in past.records:
        yield record.record.name, list(_record(record, drill.origin, now, scale))
    if past.active_for != "0":
        active_at = now - _seconds(past.active_for, scale)
        labels = _alert_labels(drill)
        yield _STATE, [_line(_STATE, labels, active_at, at) for at in _moments(now, 60.0 / scale)]


def _raw(series: PastSeries, origin: Origin, now: float, scale: float) -> Iterator[str]:
    feed, reach = series.feed, _seconds(series.reach, scale)
    labels = {
        **feed.labels,
        SERVICE: origin.service,
        "job": origin.service,
        INSTANCE: feed.instance,
        ENVIRONMENT: origin.environment,
    }
    for at in _moments(now, reach):
        # Per second of the rules' clock, so that a day has as many events at any pace.
        amount = (feed.bad or 0.0) * (at - (now - reach)) * scale
        yield _line(feed.metric.prometheus_name, labels, amount, at)


def _record(record: PastRecord, origin: Origin, now: float, scale: float) -> Iterator[str]:
    labels = {**record.labels, ENVIRONMENT: origin.environment}
    for at in _moments(now, _seconds(record.reach, scale)):
        value = record.value - record.growth_per_hour * (now - at) * scale / 3600
        yield _line(record.record.name, labels, value, at)


def _alert_labels(drill: Drill) -> Mapping[str, str]:
    alert, past = drill.declared, drill.past
    own = {**(past.labels if past else {}), ENVIRONMENT: drill.origin.environment}
    return {
        **own,
        "alertname": alert.name,
        "severity": alert.severity.value,
        "category": alert.category,
        "family": alert.family,
        "environment": drill.origin.environment,
        **({"service": own[SERVICE]} if SERVICE in own else {}),
    }


def _moments(now: float, reach_seconds: float) -> Iterator[float]:
    """Give the moments of the samples, the last of them now."""
    steps = math.ceil(reach_seconds / _STEP_SECONDS)
    return (now - each * _STEP_SECONDS for each in range(steps, -1, -1))


def _line(name: str, labels: Mapping[str, str], value: float, at: float) -> str:
    inner = ",".join(f"{key}={json.dumps(text)}" for key, text in labels.items())
    return f"{name}{{{inner}}} {value:.6f} {at:.3f}\n"


def _seconds(duration: str, scale: float) -> float:
    return milliseconds(duration) / 1000 / scale
