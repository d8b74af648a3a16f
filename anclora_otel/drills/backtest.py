"""Which alerts would have fired: the rendered expressions over what Prometheus has stored, with ``for`` applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from anclora_otel.catalogue.alerts import ALERTS, Alert, Scope, foreign
from anclora_otel.catalogue.alerts.declarations import EVALUATION_INTERVAL
from anclora_otel.catalogue.alerts.durations import duration_text
from anclora_otel.catalogue.alerts.expansion import expanded
from anclora_otel.catalogue.routes import WATCHDOG
from anclora_otel.drills.prometheus import Line, Prometheus
from anclora_otel.errors import PrometheusError

_MOST_STEPS = 10_000
"""Prometheus gives at most 11,000 points of a series."""


@dataclass(frozen=True)
class Episode:
    """
    A time in which an alert would have fired.

    Args:
        labels: of its series.
        start: Unix time in seconds at which its ``for`` was over.
        end: Unix time in seconds at which its condition was last true.

    """

    labels: Mapping[str, str]
    start: float
    end: float


@dataclass(frozen=True)
class Verdict:
    """
    What would have become of an alert.

    Args:
        alert: its name.
        severity: how soon somebody would have had to act.
        episodes: when it would have fired, the earliest first.
        pending: how often its condition was true, but not long enough.
        problem: why it could not be asked, or an empty string.

    """

    alert: str
    severity: str
    episodes: tuple[Episode, ...] = ()
    pending: int = 0
    problem: str = ""


def step_seconds(since_seconds: float, scope: Scope) -> float:
    """Give the distance of evaluations: that of the rules, or what Prometheus still answers."""
    return max(scope.milliseconds(EVALUATION_INTERVAL) / 1000 / scope.scale, float(-(-since_seconds // _MOST_STEPS)))


def backtest(
    prometheus: Prometheus,
    scope: Scope,
    since_seconds: float,
    now: float,
    progress: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """
    Ask for every alert but `WATCHDOG` when it would have fired.

    Recording rules are written out, so that thresholds and windows may differ from those that were recorded.

    Args:
        prometheus: has the raw series.
        scope: the settings to be tried.
        since_seconds: how far back.
        now: Unix time in seconds at which it ends.
        progress: is called with each verdict.

    Raises:
        PrometheusError: it cannot be asked, or has no data at all.

    """
    verdicts = []
    step = step_seconds(since_seconds, scope)
    # Before its first data everything is missing, and alerts on absence would fire.
    start = data_since(prometheus, now - since_seconds, now, step)
    for alert in ALERTS:
        if alert.name == WATCHDOG:
            continue
        verdicts.append(_verdict(prometheus, alert, scope, (start, now, step)))
        if progress is not None:
            progress(verdicts[-1])
    return verdicts


def data_since(prometheus: Prometheus, start: float, end: float, step: float) -> float:
    """
    Give the moment at which Prometheus begins to have data, or the start where it has had them before.

    Args:
        prometheus: scrapes at least itself.
        start: Unix time in seconds.
        end: Unix time in seconds.
        step: distance of the evaluations.

    Raises:
        PrometheusError: it cannot be asked, or has no data at all.

    """
    lines = prometheus.query_range(f"count({foreign.UP.name})", start, end, step)
    if not lines:
        raise PrometheusError(f"Prometheus at {prometheus.url} has no data of this time: choose another --since")
    return lines[0].points[0][0]


def episodes_of(lines: Iterable[Line], hold_seconds: float, step: float) -> tuple[tuple[Episode, ...], int]:
    """
    Apply ``for`` to a condition over time.

    Args:
        lines: where the condition was true.
        hold_seconds: how long it must last.
        step: distance of the evaluations.

    Returns:
        The episodes in their order, and how often the condition did not last.

    """
    found, short = [], 0
    for line in lines:
        for start, end in _runs([at for at, _ in line.points], step):
            if end - start >= hold_seconds:
                found.append(Episode(line.labels, start + hold_seconds, end))
            else:
                short += 1
    return tuple(sorted(found, key=lambda each: each.start)), short


def _verdict(prometheus: Prometheus, alert: Alert, scope: Scope, span: tuple[float, float, float]) -> Verdict:
    start, end, step = span
    expression = expanded(alert.expression(scope), scope, duration_text(step * 1000))
    try:
        lines = prometheus.query_range(expression, start, end, step)
    except PrometheusError as error:
        return Verdict(alert.name, alert.severity.value, problem=str(error))
    hold_seconds = scope.milliseconds(alert.hold) / 1000 / scope.scale
    episodes, pending = episodes_of(lines, hold_seconds, step)
    return Verdict(alert.name, alert.severity.value, episodes, pending)


def _runs(moments: list[float], step: float) -> Iterator[tuple[float, float]]:
    start = last = None
    for at in moments:
        if start is None or last is None or at - last > 1.5 * step:
            if start is not None and last is not None:
                yield start, last
            start = at
        last = at
    if start is not None and last is not None:
        yield start, last
