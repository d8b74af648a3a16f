"""A `for` goes on where it was when Prometheus is restarted, whatever labels the alert has."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from anclora_otel.drills.catalogue import drills_named
from anclora_otel.drills.feeding import Feeding
from anclora_otel.drills.feeds import Phase
from anclora_otel.drills.model import Drill
from anclora_otel.drills.past import past_text, write_blocks
from anclora_otel.drills.prometheus import Prometheus
from anclora_otel.errors import PrometheusError
from anclora_otel.stack import Alerting, Places, Ports, Stack, Toolbox
from anclora_otel.stack import tools as stack_tools
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.wire.running import environment

SCALE = 5.0
"""Slow enough that Prometheus is back long before what it recorded is out of its lookback."""

FED_SECONDS = 0.5
PENDING_SECONDS = 20.0
"""Prometheus does not count the time in which it was away, so the time before must be longer than that."""

PATIENCE_SECONDS = 120.0

OF_ENVIRONMENT = drills_named("HighDLQMessages")[0]
OF_NOTHING = replace(OF_ENVIRONMENT, alert="QueueStuck", job="elsewhere", feeds=drills_named("QueueStuck")[0].feeds)
FED = (OF_ENVIRONMENT, OF_NOTHING)
"""Alerts of no service: of an environment, and of nothing at all."""

OF_DAYS = ("NoConversionsToday", "NoAppointmentsScheduled")
"""An alert of a service and an environment, and one of an environment alone."""


def _days(alert: str) -> Drill:
    """Give the days of a drill, in which nothing was pending yet."""
    (drill,) = drills_named(alert)
    assert drill.past is not None
    return replace(drill, past=replace(drill.past, active_for="0"))


@contextmanager
def _fed(stack: Stack) -> Iterator[None]:
    """Send the series of the drills to Prometheus without a pause, also while it is away."""
    url = stack.url("prometheus")
    feeding = Feeding(f"{url}/api/v1/otlp", url, SCALE)
    for drill in FED:
        feeding.begin(drill, time.time())
    over = threading.Event()

    def feed() -> None:
        while not over.wait(FED_SECONDS):
            feeding.feed({drill.title: Phase.BAD for drill in FED})

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _pending_since(prometheus: Prometheus) -> dict[str, float]:
    """Give since when alerts are pending, in Unix time."""
    try:
        alerts = prometheus.alerts()
    except PrometheusError:
        return {}
    return {
        str(each["labels"]["alertname"]): datetime.fromisoformat(_microseconds(each["activeAt"])).timestamp()
        for each in alerts
        if each["state"] == "pending"
    }


def _microseconds(text: str) -> str:
    """Cut a time of Go down to what Python 3.10 reads."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return f"{seconds}.{fraction[:6]:0<6}+00:00"


def test_for_survives_a_restart(tmp_path: Path) -> None:
    """What was pending before Prometheus was restarted is pending since then, and its labels hold no template."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path)
    stack = Stack(places, Ports.free(), environment(), Alerting(scale=SCALE))
    names = {drill.alert for drill in FED} | set(OF_DAYS)
    promtool = Toolbox(places.tools, PROJECT).executable(stack_tools.PROMETHEUS, "promtool")
    write_blocks(promtool, past_text([_days(name) for name in OF_DAYS], time.time(), SCALE), tmp_path / "prometheus")
    prometheus = Prometheus(stack.url("prometheus"))
    with _fed(stack):
        try:
            stack.start("prometheus")
            eventually(
                lambda: _all_before(time.time() - PENDING_SECONDS, names, _pending_since(prometheus)),
                "all to be pending for a while",
                PATIENCE_SECONDS,
            )
            for name in names:
                kept = f'ALERTS_FOR_STATE{{alertname="{name}"}}'
                eventually(lambda kept=kept: prometheus.query(kept), kept, PATIENCE_SECONDS)  # type: ignore[misc]
            templates = prometheus.query('{__name__=~"ALERTS|ALERTS_FOR_STATE", service=~"[{].*"}')
            stack.stop("prometheus")
            stopped = time.time()
            stack.start("prometheus")
            eventually(
                lambda: _all_before(stopped, names, _pending_since(prometheus)), "for to be restored", PATIENCE_SECONDS
            )
        finally:
            stack.down()

    assert templates == []


def _all_before(moment: float, names: set[str], since: dict[str, float]) -> bool:
    return names <= set(since) and all(since[name] < moment for name in names)
