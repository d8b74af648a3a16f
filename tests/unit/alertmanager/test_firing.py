"""What fires now, from both views."""

from __future__ import annotations

from typing import Any

import pytest

from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.alertmanager.firing import firing_alerts


def received(name: str, severity: str = "warning", **status: Any) -> ReceivedAlert:
    """Make an alert as Alertmanager gives it; `status` says what mutes it."""
    return ReceivedAlert(
        labels={"alertname": name, "severity": severity},
        annotations={"summary": f"{name}!", "runbook_url": f"https://docs.anclora.test/{name}"},
        starts_at="2026-11-25T09:00:00.000Z",
        state="suppressed" if status else "active",
        silenced_by=status.get("silenced_by", ()),
        inhibited_by=status.get("inhibited_by", ()),
        muted_by=status.get("muted_by", ()),
        receivers=(severity,),
        fingerprint=f"f-{name}",
    )


def evaluated(name: str, state: str, severity: str = "warning") -> dict[str, Any]:
    """Make an alert as Prometheus gives it."""
    labels = {"alertname": name, "severity": severity}
    return {"labels": labels, "annotations": {}, "state": state, "activeAt": "2026-11-25T08:00:00Z"}


@pytest.mark.parametrize(
    ("status", "state", "muted_by"),
    [
        ({}, "firing", ()),
        ({"silenced_by": ("id1",)}, "silenced", ("id1",)),
        ({"inhibited_by": ("f-B",)}, "inhibited", ("B",)),
        ({"muted_by": ("office_hours",)}, "out of hours", ("office_hours",)),
    ],
)
def test_muting_is_told(status: dict[str, tuple[str, ...]], state: str, muted_by: tuple[str, ...]) -> None:
    """An alert that is muted says how and by what, by the name of the alert that mutes it."""
    found = {each.name: each for each in firing_alerts([received("A", "warning", **status), received("B", "critical")])}

    assert (found["A"].state, found["A"].muted_by) == (state, muted_by)
    assert found["A"].demands_attention is (state == "firing")


def test_the_most_severe_comes_first() -> None:
    """What demands attention comes first, by severity; muted ones and Watchdog come last."""
    silenced = received("Silenced", "critical", silenced_by=("id",))
    order = [received("Watchdog", "none"), silenced, received("I", "info"), received("C", "critical"), received("W")]

    assert [each.name for each in firing_alerts(order)] == ["C", "W", "I", "Silenced", "Watchdog"]


def test_prometheus_adds_what_alertmanager_lacks() -> None:
    """What is pending is told, what fires and never arrived is told as such, and nothing is told twice."""
    prometheus = [evaluated("A", "firing"), evaluated("Lost", "firing"), evaluated("Soon", "pending")]
    found = {each.name: each.state for each in firing_alerts([received("A")], prometheus)}

    assert found == {"A": "firing", "Lost": "not delivered", "Soon": "pending"}


def test_watchdog_demands_nothing() -> None:
    """The alert that always fires is no reason to look."""
    assert not firing_alerts([received("Watchdog", "none")])[0].demands_attention
