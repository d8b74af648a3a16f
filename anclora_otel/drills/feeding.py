"""Send the series of drills, as processes would."""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Mapping
from typing import Any

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts.declarations import EXPORT_INTERVAL
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.drills.feeds import Feed, Origin, Phase, Playing
from anclora_otel.drills.http import ask
from anclora_otel.drills.model import Drill
from anclora_otel.drills.otlp import points, request
from anclora_otel.errors import DrillError

_JSON = {"content-type": "application/json"}

Points = list[tuple[Origin, Feed, Mapping[str, Any]]]


class Feeding:
    """
    Send what drills inject: to the collector, and series of its own family straight to Prometheus.

    Args:
        collector_url: of OTLP over HTTP.
        prometheus_url: of Prometheus, which must take OTLP.
        scale: factor by which the rules are shortened.

    """

    def __init__(self, collector_url: str, prometheus_url: str, scale: float) -> None:
        self._collector = f"{collector_url.rstrip('/')}/v1/metrics"
        self._prometheus = f"{prometheus_url.rstrip('/')}/api/v1/otlp/v1/metrics"
        self._scale = scale
        self.interval_seconds = Scope().milliseconds(EXPORT_INTERVAL) / 1000 / scale
        self._playing: dict[str, tuple[Drill, list[Playing]]] = {}
        self._last = 0.0

    def begin(self, drill: Drill, began: float) -> None:
        """Begin to play a drill's feeds, at a moment in Unix time; what has a history gets it first."""
        playing = [
            Playing(feed, drill.origin, began + milliseconds(feed.delay) / 1000 / self._scale) for feed in drill.feeds
        ]
        self._playing[drill.title] = (drill, playing)
        for each in playing:
            self._send_history(each, began)

    def feed(self, phases: Mapping[str, Phase]) -> None:
        """
        Send a point of each series, if it is time.

        Args:
            phases: the phase of each drill by its title; drills that are not named are over.

        Raises:
            DrillError: what is sent is refused.

        """
        now = time.time()
        if now - self._last < self.interval_seconds * 0.9:
            return
        self._last = now
        batches: dict[str, Points] = {self._collector: [], self._prometheus: []}
        for title, phase in phases.items():
            drill, playing = self._playing[title]
            batch = batches[self._prometheus if drill.job else self._collector]
            for each in playing:
                point = points(each, phase, now, self._scale) if now >= each.began else None
                if point is not None:
                    batch.append((each.origin, each.feed, point))
        for url, batch in batches.items():
            if batch:
                self._send(url, batch)

    def _send_history(self, playing: Playing, now: float) -> None:
        reach = milliseconds(playing.feed.history) / 1000 / self._scale
        steps = int(reach / self.interval_seconds)
        found: Points = []
        for each in range(steps, 0, -1):
            point = points(playing, Phase.BAD, now - each * self.interval_seconds, self._scale)
            if point is not None:
                found.append((playing.origin, playing.feed, point))
        playing.at = now
        if found:
            self._send(self._collector, found)

    def _send(self, url: str, found: Points) -> None:
        try:
            ask(url, request(found), _JSON)
        except urllib.error.HTTPError as error:
            with error:
                reason = error.read(300).decode("utf-8", "replace").strip()
            # A collector that is over its limit says so by 503, which may be what is drilled.
            if error.code not in (429, 503):
                raise DrillError(f"{url} refuses the series of the drill ({error.code}): {reason}") from error
        except OSError:
            # Down for the moment, which may be what is drilled.
            return
