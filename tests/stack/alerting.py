"""A real Alertmanager with the stand-ins, as the tests of alerting drive and question it."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.stack import Alerting, Places, Ports, Stack
from tests.stack.example import eventually
from tests.wire.running import get

PROJECT = Path(__file__).parents[2]
SCALE = 3600
"""Every interval becomes one second, the repetition of business alerts 12 s."""

PATIENCE_SECONDS = 60.0
ANNOTATIONS = {
    "summary": "Messages take long",
    "description": "P99 is 1.7 s, above 1 s: clients wait.",
    "runbook_url": "https://docs.anclora.test/runbooks/alert/",
    "dashboard_url": "https://grafana.anclora.test/d/queue",
}


class LiveAlerting:
    """
    Alertmanager and the stand-ins, with what arrived.

    Args:
        stack: of which these two run.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.alertmanager = Alertmanager(stack.url("alertmanager"))

    def post(self, *label_sets: Mapping[str, str], ends: bool = False) -> None:
        """Post alerts as Prometheus does: they fire for the next hour, or have just ended."""
        now = datetime.now(timezone.utc)
        ends_at = now if ends else now + timedelta(hours=1)
        alerts = [
            {
                "labels": dict(labels),
                "annotations": ANNOTATIONS,
                "startsAt": (now - timedelta(minutes=2)).isoformat(),
                "endsAt": ends_at.isoformat(),
            }
            for labels in label_sets
        ]
        self.alertmanager.post_alerts(alerts)

    def notifications(self, receiver: str, holding: str, place: str = "") -> list[dict[str, Any]]:
        """Give what arrived at a stand-in, at one place or at all, and holds a text."""
        arrived: list[dict[str, Any]] = json.loads(get(f"{self.stack.url('receivers')}/notifications"))
        return [
            each
            for each in arrived
            if each["receiver"] == receiver
            and place in each["place"]
            and holding in json.dumps(each, ensure_ascii=False)
        ]

    def arrived(self, receiver: str, holding: str, place: str = "") -> dict[str, Any]:
        """Wait for a notification and give the first."""
        what = f"{holding} at {receiver} {place}"
        return eventually(lambda: self.notifications(receiver, holding, place), what, PATIENCE_SECONDS)[0]

    def found(self, **labels: str) -> ReceivedAlert:
        """Give the one alert with these labels, as Alertmanager has it."""
        (alert,) = [each for each in self.alertmanager.alerts() if labels.items() <= each.labels.items()]
        return alert

    def metric(self, name: str, **labels: str) -> float:
        """Give the sum of Alertmanager's own series of a name with these labels."""
        return series_sum(self.stack.url("alertmanager"), name, **labels)

    def fail(self, **failures: str) -> None:
        """Make stand-ins fail, or work again by ``none``."""
        url = f"{self.stack.url('receivers')}/failures"
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(failures).encode()), timeout=10) as answer:
            assert answer.status == 200


def series_sum(url: str, name: str, **labels: str) -> float:
    """Give the sum of a component's own series of a name with these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    lines = [line for line in get(f"{url}/metrics").splitlines() if line.startswith((f"{name}{{", f"{name} "))]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(each in line for each in wanted))


@contextmanager
def live_alerting(folder: Path, alerting: Alerting) -> Iterator[LiveAlerting]:
    """Run Alertmanager and the stand-ins with a state of their own."""
    stack = Stack(Places.choose(PROJECT, os.environ, state=folder), Ports.free(), alerting=alerting)
    try:
        stack.start("receivers")
        stack.start("alertmanager")
        yield LiveAlerting(stack)
    finally:
        stack.down()


def labels_of(name: str, severity: str = "critical", **further: str) -> dict[str, str]:
    """Give the labels of an alert of one service of one environment."""
    common = {"service": "worker", "environment": "production", "category": "queue", "family": f"Family{name}"}
    return {"alertname": name, "severity": severity, **common, **further}


def is_muted_by(live: LiveAlerting, muting: Mapping[str, str], muted: Mapping[str, str]) -> bool:
    """Say whether one alert mutes the other, as Alertmanager has them now."""
    return live.found(**muting).fingerprint in live.found(**muted).inhibited_by
