"""Run drills side by side: feed, look, end, until all are proven or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.alertmanager.silences import new_silence, read_matchers
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.drills.feeding import Feeding
from anclora_otel.drills.feeds import Phase
from anclora_otel.drills.model import Drill
from anclora_otel.drills.prometheus import Prometheus
from anclora_otel.drills.receiving import Inbox, configured_integrations, delivered, expected_integrations
from anclora_otel.drills.tracking import Notify, Seen, Track
from anclora_otel.errors import AlertmanagerError, DrillError, PrometheusError

_LOOK_SECONDS = 0.5
_WINDOW = "45m"
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Target:
    """
    The running stack that drills are run on.

    Args:
        prometheus_url: its address.
        alertmanager_url: its address.
        collector_url: of OTLP over HTTP.
        notifications: JSON lines of the stand-ins, or None where notifications go to real receivers.
        stop: stops a component of the stack by its name, or None where that cannot be done from here.
        start: starts it again.

    """

    prometheus_url: str
    alertmanager_url: str
    collector_url: str
    notifications: Path | None = None
    stop: Callable[[str], object] | None = None
    start: Callable[[str], object] | None = None


@dataclass
class Outcome:
    """
    How a drill ended.

    Args:
        drill: what was run.
        track: what was seen.
        remarks: what is to be known besides.

    """

    drill: Drill
    track: Track
    remarks: list[str] = field(default_factory=list)


def default_wait_seconds(drills: Iterable[Drill], scale: float) -> float:
    """Give the time in which the drills must be proven: their longest ``for``, the longest window, and a start."""
    # What has a past was pending there already.
    holds = [milliseconds(drill.declared.hold) / 1000 for drill in drills if drill.past is None]
    return (max(holds, default=0.0) + milliseconds(_WINDOW) / 1000) / scale + _START_SECONDS


class Run:
    """
    Run drills side by side.

    Args:
        target: the running stack.
        notify: is called at each stage.

    Raises:
        PrometheusError: Prometheus cannot be asked, or has none of our rules.
        AlertmanagerError: Alertmanager cannot be asked.

    """

    def __init__(self, target: Target, notify: Notify) -> None:
        self.target = target
        self.prometheus = Prometheus(target.prometheus_url)
        self.alertmanager = Alertmanager(target.alertmanager_url)
        self.scale = self.prometheus.scale()
        self._configured = configured_integrations(target.alertmanager_url)
        self._notify = notify

    def run(self, drills: Iterable[Drill], wait_seconds: float) -> list[Outcome]:
        """
        Run drills side by side and give their outcomes.

        Args:
            drills: those that inject together; of those that stop something, give one alone.
            wait_seconds: after it, what was not seen is missing.

        Raises:
            DrillError: a component cannot be stopped from here.

        """
        chosen = tuple(drills)
        stops = tuple(drill.stops for drill in chosen if drill.stops)
        if stops and (self.target.stop is None or self.target.start is None):
            raise DrillError(f"{stops[0]} is not run from here: run this beside `anclora-otel stack up`")
        tracks = [self._track(drill) for drill in chosen]
        feeding = Feeding(self.target.collector_url, self.target.prometheus_url, self.scale)
        for track in tracks:
            feeding.begin(track.drill, track.began)
        for name in stops:
            assert self.target.stop is not None  # noqa: S101 - refused above
            self.target.stop(name)
        try:
            self._follow(tracks, feeding, wait_seconds)
        finally:
            for name in stops:
                self._start(name)
        return [self._outcome(track) for track in tracks]

    def _track(self, drill: Drill) -> Track:
        alert = drill.declared
        labels = {"alertname": alert.name, "severity": alert.severity.value, "category": alert.category}
        integrations = expected_integrations(labels, self._configured)
        return Track(drill, integrations, self.scale, time.time())

    def _follow(self, tracks: list[Track], feeding: Feeding, wait_seconds: float) -> None:
        deadline = time.monotonic() + wait_seconds
        inbox = Inbox(self.target.notifications) if self.target.notifications else None
        before = {} if inbox else delivered(self.target.alertmanager_url)
        started: set[str] = set()
        while not all(track.finished for track in tracks) and time.monotonic() < deadline:
            feeding.feed({track.drill.title: track.phase for track in tracks if not track.finished})
            seen = self._look(inbox, before)
            if seen is not None:
                for track in tracks:
                    if not track.finished:
                        track.look(seen, self._notify)
            for track in tracks:
                if track.phase is Phase.GOOD and track.drill.stops and track.drill.stops not in started:
                    started.add(track.drill.stops)
                    self._start(track.drill.stops)
            time.sleep(min(_LOOK_SECONDS, feeding.interval_seconds))

    def _look(self, inbox: Inbox | None, before: dict[str, float]) -> Seen | None:
        """Look once; None where somebody does not answer at the moment."""
        try:
            prometheus, received = self.prometheus.alerts(), self.alertmanager.alerts()
            now = {} if inbox else delivered(self.target.alertmanager_url)
        except (PrometheusError, AlertmanagerError):
            return None
        if inbox is not None:
            inbox.read()
        since = {name: count - before.get(name, 0) for name, count in now.items()}
        return Seen(time.time(), prometheus, received, inbox.arrivals if inbox else None, since)

    def _start(self, name: str) -> None:
        assert self.target.start is not None  # noqa: S101 - refused before anything was stopped
        self.target.start(name)

    def _outcome(self, track: Track) -> Outcome:
        outcome = Outcome(track.drill, track)
        if not track.integrations:
            outcome.remarks.append("nobody would hear of it: no integration of its receiver is configured")
        if track.drill.afterwards:
            environment = track.drill.origin.environment
            matchers = read_matchers([f"environment={environment}", "alertname=ServiceDown"])
            silence = new_silence(matchers, timedelta(days=1), "anclora-otel drill", track.drill.afterwards)
            self.alertmanager.add_silence(silence)
            outcome.remarks.append(f"silenced for a day: {track.drill.afterwards}")
        return outcome
