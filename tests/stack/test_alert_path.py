"""The alert path watches itself: Watchdog from Prometheus to the dead man's switch, and notifications that fail."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator

import pytest

from anclora_otel.catalogue.routes import WATCHDOG
from anclora_otel.drills.own_stack import ANY_HOUR, SCALE
from anclora_otel.stack import Alerting, Places, Ports, Stack
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.stack.scaled import PATIENCE_SECONDS, Alarm, now
from tests.wire.running import environment

FAILING = "AlertmanagerNotificationsFailing"


@pytest.fixture(scope="module")
def alarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarm]:
    """Run the alert path alone; that there is no collector is what it has to tell."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("path"))
    stack = Stack(places, Ports.free(), environment(), Alerting(scale=SCALE, office_hours=ANY_HOUR))
    try:
        for name in ("receivers", "alertmanager", "prometheus"):
            stack.start(name)
        yield Alarm(stack)
    finally:
        stack.down()


def _fail(alarm: Alarm, how: str) -> None:
    url = f"{alarm.stack.url('receivers')}/failures"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps({"slack": how}).encode()), timeout=30) as answer:
        assert answer.status == 200


def _failing_integrations(alarm: Alarm) -> set[str]:
    """Name the integrations by which the alert fires; it has none where Alertmanager only does not report."""
    alerts = [each for each in alarm.prometheus.alerts() if each["state"] == "firing"]
    return {each["labels"].get("integration", "") for each in alerts if each["labels"]["alertname"] == FAILING}


def test_watchdog_reaches_the_dead_mans_switch(alarm: Alarm) -> None:
    """Watchdog fires in Prometheus, is known to Alertmanager and pings the dead man's switch, and nobody else."""
    began = now()
    eventually(lambda: alarm.fires(WATCHDOG), "Watchdog to fire", PATIENCE_SECONDS)
    eventually(
        lambda: WATCHDOG in {each.labels["alertname"] for each in alarm.alertmanager.alerts()},
        "Watchdog at Alertmanager",
        PATIENCE_SECONDS,
    )
    alarm.heard(WATCHDOG, "deadman", since=began)

    assert [alarm.notifications(receiver, WATCHDOG) for receiver in ("slack", "email", "pagerduty")] == [[], [], []]


def test_failing_notifications_are_told_by_other_ways(alarm: Alarm) -> None:
    """While Slack refuses, Alertmanager's counter of it fires an alert that is mailed and paged, until Slack works."""
    began = now()
    _fail(alarm, "error")
    try:
        eventually(lambda: "slack" in _failing_integrations(alarm), "the alert to fire", PATIENCE_SECONDS)
        alarm.heard(FAILING, "email", "pagerduty", since=began)
    finally:
        _fail(alarm, "none")

    alarm.until_resolved(FAILING)
