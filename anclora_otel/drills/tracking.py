"""What a drill has seen of its alert so far, and what is left to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.drills.feeds import Phase
from anclora_otel.drills.model import Drill
from anclora_otel.drills.receiving import Arrival

PENDING, FIRING, ALERTMANAGER, RESOLVED = "pending", "firing", "alertmanager", "resolved"
"""The stages besides those of the integrations, which go by their names."""

Notify = Callable[[str, str, float], None]
"""Is called with drill, stage and the seconds since its condition began to be made true."""


@dataclass(frozen=True)
class Seen:
    """
    One look at Prometheus, Alertmanager and the receivers.

    Args:
        at: Unix time in seconds.
        prometheus: its alerts.
        alertmanager: its alerts.
        arrivals: what stand-ins were sent, or None where there are none.
        delivered: notifications by integration since the start, where there are no stand-ins.

    """

    at: float
    prometheus: Iterable[Mapping[str, Any]]
    alertmanager: Iterable[ReceivedAlert]
    arrivals: Iterable[Arrival] | None
    delivered: Mapping[str, float]


@dataclass
class Track:
    """
    Follow one drill.

    Args:
        drill: what is followed.
        integrations: who must hear of it.
        scale: factor by which the rules are shortened.
        began: Unix time in seconds at which the drill began.
        stages: seconds from there to each stage that was seen.

    """

    drill: Drill
    integrations: tuple[str, ...]
    scale: float
    began: float
    stages: dict[str, float] = field(default_factory=dict)
    phase: Phase = Phase.BEFORE
    finished: bool = False

    def __post_init__(self) -> None:
        """Begin at once where there is no phase before."""
        if self.drill.before == "0":
            self.phase = Phase.BAD

    @property
    def expected(self) -> tuple[str, ...]:
        """List the stages that prove the drill, in their order."""
        end = (RESOLVED,) if self.drill.resolves else ()
        return (FIRING, ALERTMANAGER, *self.integrations, *end)

    @property
    def missing(self) -> tuple[str, ...]:
        """List the stages that were not seen."""
        return tuple(stage for stage in self.expected if stage not in self.stages)

    @property
    def proven(self) -> bool:
        """Say whether every stage was seen, and that somebody heard of the alert."""
        return not self.missing and bool(self.integrations)

    def look(self, seen: Seen, notify: Notify) -> None:
        """Take in a look, and move on to the next phase where it is time."""
        if self.phase is Phase.BEFORE:
            if seen.at - self.began >= milliseconds(self.drill.before) / 1000 / self.scale:
                self.phase = Phase.BAD
            return
        states = {alert["state"] for alert in seen.prometheus if self._is_mine(alert["labels"])}
        held = [alert for alert in seen.alertmanager if self._is_mine(alert.labels)]
        if self.phase is Phase.BAD:
            self._look_while_bad(seen, states, held, notify)
        elif not states and not held:
            self._see(RESOLVED, seen.at, notify)
            self.finished = True

    def _look_while_bad(self, seen: Seen, states: set[str], held: list[ReceivedAlert], notify: Notify) -> None:
        for state in (PENDING, FIRING):
            if state in states:
                self._see(state, seen.at, notify)
        if any(alert.state == "active" for alert in held):
            self._see(ALERTMANAGER, seen.at, notify)
        for integration in self.integrations:
            at = self._heard(integration, seen)
            if at is not None:
                self._see(integration, at, notify)
        if set(self.expected) - {RESOLVED} <= set(self.stages):
            self.phase = Phase.GOOD
            self.finished = not self.drill.resolves

    def _is_mine(self, labels: Mapping[str, str]) -> bool:
        return self.drill.marks.items() <= labels.items()

    def _heard(self, integration: str, seen: Seen) -> float | None:
        if seen.arrivals is None:
            return seen.at if ALERTMANAGER in self.stages and seen.delivered.get(integration, 0) > 0 else None
        # Of alerts without an environment the name alone tells, of others both.
        words = (self.drill.alert, self.drill.marks.get("environment", ""))
        for arrival in seen.arrivals:
            heard = arrival.integration == integration and arrival.at >= self.began
            if heard and all(word in arrival.text for word in words):
                return arrival.at
        return None

    def _see(self, stage: str, at: float, notify: Notify) -> None:
        if stage not in self.stages:
            self.stages[stage] = max(0.0, at - self.began)
            notify(self.drill.title, stage, self.stages[stage])
