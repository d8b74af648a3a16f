"""What a drill takes for seen, and when it moves on."""

from __future__ import annotations

from collections.abc import Mapping

from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.drills.catalogue import BY_TITLE
from anclora_otel.drills.feeds import Phase
from anclora_otel.drills.receiving import Arrival
from anclora_otel.drills.tracking import Seen, Track

MINE = {"alertname": "HighQueueLatency", "severity": "warning", "environment": "drill-highqueuelatency"}
BEGAN = 1_000.0
INTEGRATIONS = ("slack", "email")


def _track(title: str = "HighQueueLatency") -> Track:
    return Track(BY_TITLE[title], INTEGRATIONS, 15, BEGAN)


def _seen(
    after: float,
    state: str = "",
    *,
    received: str = "",
    arrivals: tuple[Arrival, ...] | None = (),
    delivered: Mapping[str, float] | None = None,
    labels: Mapping[str, str] = MINE,
) -> Seen:
    prometheus = [{"labels": labels, "state": state}] if state else []
    held = [ReceivedAlert(labels, {}, "", received, (), (), (), (), "")] if received else []
    return Seen(BEGAN + after, prometheus, held, arrivals, delivered or {})


def _mail(integration: str, after: float, text: str = "HighQueueLatency drill-highqueuelatency") -> Arrival:
    return Arrival(integration, BEGAN + after, text)


def _told(track: Track, *looks: Seen) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = []
    for look in looks:
        track.look(look, lambda _, stage, seconds: told.append((stage, seconds)))
    return told


def test_the_whole_way() -> None:
    """Each stage is told once with its seconds, and the drill is proven when the alert is gone everywhere."""
    track = _track()
    both = (_mail("slack", 5.5), _mail("email", 5.6))
    told = _told(
        track,
        _seen(1, "pending"),
        _seen(2, "pending"),
        _seen(5, "firing", received="active"),
        _seen(6, "firing", received="active", arrivals=both),
        _seen(7, received="active", arrivals=both),
        _seen(8, arrivals=both),
    )

    assert [(stage, round(seconds, 1)) for stage, seconds in told] == [
        ("pending", 1),
        ("firing", 5),
        ("alertmanager", 5),
        ("slack", 5.5),
        ("email", 5.6),
        ("resolved", 8),
    ]
    assert track.proven
    assert track.finished


def test_ends_the_trouble_once_all_heard() -> None:
    """The condition stays true until the last receiver has heard."""
    track = _track()
    _told(track, _seen(5, "firing", received="active", arrivals=(_mail("slack", 5),)))
    assert track.phase.value == Phase.BAD.value
    assert track.missing == ("email", "resolved")

    _told(track, _seen(6, "firing", received="active", arrivals=(_mail("email", 6),)))
    assert track.phase.value == Phase.GOOD.value


def test_of_others_nothing_counts() -> None:
    """Alerts of other environments, and notifications of others or of before, prove nothing."""
    track = _track()
    others = (_mail("slack", 1, "HighQueueLatency production"), _mail("slack", -1))
    _told(track, _seen(2, "firing", received="active", labels={**MINE, "environment": "production"}, arrivals=others))

    assert track.stages == {}


def test_muted_alert_has_not_arrived() -> None:
    """An alert that Alertmanager keeps back has fired and has not arrived."""
    track = _track()
    _told(track, _seen(2, "firing", received="suppressed"))

    assert set(track.stages) == {"firing"}


def test_metrics_where_there_is_no_sink() -> None:
    """Without stand-ins what Alertmanager counts as delivered proves it, once it has the alert."""
    track = _track()
    _told(track, _seen(2, "firing", arrivals=None, delivered={"slack": 1, "email": 1}))
    assert set(track.stages) == {"firing"}

    _told(track, _seen(3, "firing", received="active", arrivals=None, delivered={"slack": 1, "email": 0}))
    assert track.missing == ("email", "resolved")


def test_phase_before() -> None:
    """A drill with a phase before waits on the clock of the rules: 2 minutes are 8 s."""
    track = _track("ServiceDown")
    _told(track, _seen(7.9))
    assert track.phase.value == Phase.BEFORE.value

    _told(track, _seen(8))
    assert track.phase.value == Phase.BAD.value


def test_nobody_to_hear_proves_nothing() -> None:
    """Where no integration is configured the drill is not proven."""
    track = Track(BY_TITLE["HighQueueLatency"], (), 15, BEGAN)
    _told(track, _seen(1, "firing", received="active"), _seen(2))

    assert track.missing == ()
    assert not track.proven
