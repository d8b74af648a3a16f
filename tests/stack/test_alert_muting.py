"""Which alert mutes which, on a real Alertmanager."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anclora_otel.settings import AlertingSettings
from anclora_otel.stack import Alerting
from tests.alert_contract import ContractAlert, contract_alerts, expected_muting, expected_receiver
from tests.stack.alerting import PATIENCE_SECONDS, SCALE, LiveAlerting, is_muted_by, labels_of, live_alerting
from tests.stack.example import eventually

ALERTS = contract_alerts()
CRITICAL = labels_of("CriticalQueueLatency", "critical", family="QueueLatency", queue="out")
WARNING = labels_of("HighQueueLatency", "warning", family="QueueLatency", queue="out")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAlerting]:
    """Run an Alertmanager that notifies nobody."""
    with live_alerting(tmp_path_factory.mktemp("muting"), Alerting(AlertingSettings())) as running:
        yield running


def _pair(number: int, *alerts: ContractAlert) -> list[dict[str, str]]:
    where = {"service": "worker", "environment": f"pair-{number}", "queue": "outgoing"}
    return [{**alert.labels, **where} for alert in alerts]


def test_every_pair_of_alerts(quiet: LiveAlerting) -> None:
    """Of every two alerts of the contract, one mutes the other exactly where the contract says so."""
    pairs = [(source, target) for source in ALERTS for target in ALERTS if source != target]
    numbered = [pair for number, each in enumerate(pairs) for pair in _pair(number, *each)]
    for start in range(0, len(numbered), 2000):
        quiet.post(*numbered[start : start + 2000])
    found = {tuple(sorted(each.labels.items())): each for each in quiet.alertmanager.alerts()}
    muted = {}
    for number, pair in enumerate(pairs):
        source, target = (found[tuple(sorted(labels.items()))] for labels in _pair(number, *pair))
        muted[pair] = source.fingerprint in target.inhibited_by

    wrong = [
        (source.name, target.name, is_muted)
        for (source, target), is_muted in muted.items()
        if is_muted != expected_muting(source, target)
    ]
    assert wrong == []
    assert sum(muted.values()) > 25


def test_every_alert_has_one_receiver(quiet: LiveAlerting) -> None:
    """Alertmanager routes each alert of the contract to one receiver, the contract's."""
    where = {"service": "worker", "environment": "routes", "queue": "outgoing"}
    quiet.post(*({**alert.labels, **where} for alert in ALERTS))
    received = {
        (each.labels["alertname"], each.labels["severity"]): each.receivers
        for each in quiet.alertmanager.alerts()
        if each.labels["environment"] == "routes"
    }

    assert received == {(alert.name, alert.severity): (expected_receiver(alert),) for alert in ALERTS}


@pytest.mark.parametrize(
    ("changes", "muted"),
    [
        ({}, True),
        ({"queue": ""}, False),
        ({"queue": "in"}, False),
        ({"service": "web"}, False),
        ({"environment": "elsewhere"}, False),
        ({"family": "QueueErrors"}, False),
        ({"severity": "info"}, True),
        ({"test": "true"}, False),
        ({"severity": "critical", "alertname": "Other"}, False),
    ],
)
def test_what_must_be_equal(quiet: LiveAlerting, changes: dict[str, str], muted: bool) -> None:
    """The more severe mutes within one family, service, environment and queue, and a drill mutes no real alert."""
    place = f"equal-{'-'.join(f'{key}.{value}' for key, value in changes.items())}"
    critical = {**CRITICAL, "environment": place}
    other = {**WARNING, "environment": place, **changes}
    quiet.post(critical, {key: value for key, value in other.items() if value})

    assert is_muted_by(quiet, critical, {key: value for key, value in other.items() if value}) is muted


def test_alerts_without_family_mute_nothing(quiet: LiveAlerting) -> None:
    """Two alerts without a family are not of one family."""
    both = [
        {key: value for key, value in each.items() if key != "family"} | {"environment": "no-family"}
        for each in (CRITICAL, WARNING)
    ]
    quiet.post(*both)

    assert not is_muted_by(quiet, both[0], both[1])


def test_drills_mute_drills(quiet: LiveAlerting) -> None:
    """Among drills the more severe mutes the less severe, so that muting can be drilled too."""
    both = [{**each, "environment": "drill", "test": "true"} for each in (CRITICAL, WARNING)]
    quiet.post(*both)

    assert is_muted_by(quiet, both[0], both[1])


@pytest.mark.parametrize(
    ("cause", "changes", "muted"),
    [
        ("NoActiveInstances", {"service": "web"}, True),
        ("NoActiveInstances", {"environment": "elsewhere"}, False),
        ("ServiceDown", {"service": "web"}, False),
        ("ServiceDown", {"queue": "in"}, True),
        ("RedisDown", {"service": "web", "queue": "in"}, True),
        ("RedisDown", {"environment": "elsewhere"}, False),
    ],
)
def test_root_causes(quiet: LiveAlerting, cause: str, changes: dict[str, str], muted: bool) -> None:
    """A root cause mutes its symptoms in its environment, whatever the service, ServiceDown in its own."""
    place = f"cause-{cause}-{'-'.join(changes)}"
    symptom = {"NoActiveInstances": "WhatsAppErrors", "ServiceDown": "QueueStopped", "RedisDown": "QueueErrors"}[cause]
    name = "QueueProcessingStopped" if cause == "ServiceDown" else "Symptom"
    source = labels_of(cause, environment=place, category="system")
    target = {**labels_of(name, family=symptom, environment=place, queue="out"), **changes}
    quiet.post(source, target)

    assert is_muted_by(quiet, source, target) is muted


def test_a_started_alertmanager_waits_for_what_mutes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """After a start nothing is told before Prometheus could send all: an old warning that came first stays muted."""
    with live_alerting(tmp_path_factory.mktemp("started"), Alerting(scale=6)) as live:
        live.post(WARNING)
        live.post(CRITICAL)
        live.arrived("slack", "CriticalQueueLatency", "#anclora-critical")
        eventually(
            lambda: live.metric("alertmanager_notifications_suppressed_total", reason="inhibition"),
            "the muting to be counted",
            PATIENCE_SECONDS,
        )

        assert live.notifications("slack", "HighQueueLatency") == []


def test_muted_alert_is_not_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    """While the critical alert fires the warning is kept back, and once it has ended the warning is told."""
    with live_alerting(tmp_path_factory.mktemp("kept"), Alerting(scale=SCALE)) as live:
        # An alert that is older than its group's wait is told at once, so the one that mutes must be there first.
        live.post(CRITICAL)
        live.arrived("slack", "CriticalQueueLatency", "#anclora-critical")
        live.post(WARNING)
        eventually(
            lambda: live.metric("alertmanager_notifications_suppressed_total", reason="inhibition"),
            "the muting to be counted",
            PATIENCE_SECONDS,
        )
        assert live.notifications("slack", "HighQueueLatency") == []

        live.post(CRITICAL, ends=True)
        assert live.arrived("slack", "HighQueueLatency", "#anclora-warnings")["accepted"]
