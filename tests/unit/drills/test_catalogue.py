"""There is a drill for every alert, and each names what exists."""

from __future__ import annotations

from collections import Counter

import pytest

from anclora_otel.catalogue.alerts import ALERTS, Severity
from anclora_otel.catalogue.alerts.foreign import METRICS as FOREIGN
from anclora_otel.catalogue.prometheus import prometheus_label
from anclora_otel.catalogue.registry import METRICS
from anclora_otel.drills.catalogue import DRILLS, drills_named
from anclora_otel.errors import DrillError
from anclora_otel.stack.components import COMPONENTS

FEEDS = [
    (drill.title, feed)
    for drill in DRILLS
    for feed in (*drill.feeds, *(series.feed for series in (drill.past.series if drill.past else ())))
]


def test_every_alert_has_one_drill() -> None:
    """Each alert, and each severity of those of an objective, has exactly one drill, and no drill is left over."""
    drilled = Counter((drill.alert, drill.declared.severity) for drill in DRILLS)

    assert drilled == Counter((alert.name, alert.severity) for alert in ALERTS)


def test_feeds_use_declared_labels() -> None:
    """Every injected series is one of a known metric, with labels and values that the metric may have."""
    wrong = []
    for title, feed in FEEDS:
        metric = feed.metric
        known = {prometheus_label(label.key): label for label in metric.labels}
        bad_keys = metric in METRICS and set(feed.labels) != set(known)
        bad_values = any(label.values and feed.labels.get(key) not in label.values for key, label in known.items())
        if metric not in (*METRICS, *FOREIGN) or bad_keys or bad_values:
            wrong.append((title, metric.name, dict(feed.labels)))

    assert wrong == []


def test_origins_are_apart() -> None:
    """No two drills share service and environment, so that none mutes or counts for another."""
    own = [drill.origin for drill in DRILLS if drill.feeds and not drill.job]

    assert len(own) == len(set(own))
    assert {origin.service for origin in own} == {"anclora-drill"}
    assert all(origin.environment.startswith("drill-") for origin in own)


def test_what_is_stopped_exists() -> None:
    """A drill that stops a component names one of the stack."""
    stopped = {drill.stops for drill in DRILLS if drill.stops}

    assert stopped == {"redis", "collector"}
    assert stopped <= {component.name for component in COMPONENTS}


def test_ways() -> None:
    """Hours and days are drilled by a past, what the stack can really suffer by an action, all else by injection."""
    by_way = {way: {drill.alert for drill in DRILLS if drill.way == way} for way in ("past", "action")}

    assert by_way["action"] == {"RedisDown", "CollectorDown", "Watchdog"}
    assert by_way["past"] == {
        "LowConversionRate",
        "NoConversionsToday",
        "LowLeadCaptureRate",
        "NoLeadsCaptured",
        "NoAppointmentsScheduled",
        "MemoryLeak",
    }


def test_drills_of_an_objective() -> None:
    """The name of an objective's alert gives both of its drills, name and severity one."""
    assert [drill.declared.severity for drill in drills_named("QueueSuccessBudgetBurn")] == [
        Severity.CRITICAL,
        Severity.WARNING,
    ]
    assert [drill.title for drill in drills_named("QueueSuccessBudgetBurn/warning")] == [
        "QueueSuccessBudgetBurn/warning"
    ]


@pytest.mark.parametrize(
    ("name", "hint"), [("RedisDwon", "did you mean RedisDown?"), ("x", "see `anclora-otel drill --list`")]
)
def test_unknown_alert(name: str, hint: str) -> None:
    """A name that is no alert's gets one line with the nearest one."""
    with pytest.raises(DrillError) as caught:
        drills_named(name)

    assert str(caught.value) == f"{name} is no alert: {hint}"
