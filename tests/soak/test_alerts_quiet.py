"""Six hours of normal traffic, on a clock that runs 150 times as fast, fire nothing but the Watchdog."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from anclora_otel.catalogue.alerts import AlertSettings
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.routes import WATCHDOG
from anclora_otel.drills.own_stack import ANY_HOUR
from anclora_otel.stack import Alerting, Places, Ports, Stack
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.stack.scaled import PATIENCE_SECONDS, Alarm, ScaledExample, now
from tests.wire.running import environment

SCALE = 150.0
SIX_HOURS = 6 * 3600 / SCALE
REQUESTS_PER_SECOND = 6.0

PER_SECOND = (d.HANDOFFS, d.API_ERRORS, d.RATE_LIMIT_HITS)
"""Thresholds of events a second: of the rules' clock, on which fewer happen in a second than on the wall's."""

THRESHOLDS = AlertSettings(
    MappingProxyType(
        {
            **{each.key: float(each.default) * SCALE for each in PER_SECOND},
            # A hiccup of this machine counts 150 times as long: the lag is the largest of 30 s, an hour of the rules'.
            d.LOOP_LAG.key: 2.0,
            d.REDIS_LATENCY.key: 0.5,
            # 97 % are delivered, and the way to Prometheus takes some of the five minutes in which they are counted.
            d.DELIVERY_OBJECTIVE.key: 0.932,
            # 0.4 s of the wall's clock: a process that reports ten times a second does little else.
            d.EXPORT_INTERVAL.key: "1m",
            d.EVALUATION_INTERVAL.key: "1m",
            d.STOPPED.key: "4m",
        }
    )
)


@pytest.fixture(scope="module")
def alarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alarm]:
    """Run a stack whose rules are those of the checkout but for what a faster clock makes of thresholds."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("quiet"))
    alerting = Alerting(scale=SCALE, office_hours=ANY_HOUR, thresholds=THRESHOLDS)
    stack = Stack(places, Ports.free(), environment(), alerting)
    try:
        stack.up()
        yield Alarm(stack)
    finally:
        stack.down()


def test_normal_traffic(alarm: Alarm) -> None:
    """In six hours of normal traffic nothing fires but the Watchdog, and nobody but the dead man's switch hears."""
    # A sale above the limit would be told, and rightly.
    example = ScaledExample(alarm.stack, {"ANCLORA_HIGH_VALUE_EUROS": "1000000000"})
    try:
        example.start()
        example.traffic(40, seed=1, rate=REQUESTS_PER_SECOND)
        eventually(lambda: alarm.firing() == {WATCHDOG}, "the start to be over", PATIENCE_SECONDS)
        began = now()
        _send(example, SIX_HOURS)
        ended = now()
    finally:
        example.stop()
    lines = alarm.prometheus.query_range('ALERTS{alertstate="firing"}', began, ended, 0.5)
    fired = {line.labels["alertname"] for line in lines}
    told = {receiver: alarm.notifications(receiver, since=began) for receiver in ("slack", "email", "pagerduty")}

    assert ended - began >= SIX_HOURS
    assert fired == {WATCHDOG}
    assert told == {"slack": [], "email": [], "pagerduty": []}
    assert alarm.notifications("deadman", since=began)


def _send(example: ScaledExample, seconds: float) -> None:
    """Send steady traffic."""
    command = [sys.executable, "-m", "examples.whatsapp_service.traffic", "--seed", "11", "--json"]
    command += ["--rate", str(REQUESTS_PER_SECOND), "--seconds", str(seconds), "--delayed-share", "0"]
    subprocess.run(
        command, env=environment(**example.telemetry("traffic")), capture_output=True, timeout=seconds + 60, check=True
    )
