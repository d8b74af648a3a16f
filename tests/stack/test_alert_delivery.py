"""Alerts that arrive: from a real Alertmanager at Slack, by mail, at PagerDuty and the dead man's switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psutil
import pytest

from anclora_otel.catalogue.routes import TimeInterval
from anclora_otel.stack import Alerting
from anclora_otel.stack.receivers.running import stand_in_settings
from tests.stack.alerting import PATIENCE_SECONDS, SCALE, LiveAlerting, labels_of, live_alerting
from tests.stack.example import eventually

RECEIVERS = {"critical": "#anclora-critical", "warning": "#anclora-warnings", "info": "#anclora-info"}


def _office_hours_elsewhere() -> TimeInterval:
    """Give office hours that are three days away."""
    day = (datetime.now(timezone.utc) + timedelta(days=3)).strftime("%A").lower()
    return TimeInterval("office_hours", day, "00:00", "24:00")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAlerting]:
    """Run an Alertmanager whose intervals are a second and whose office is closed."""
    alerting = Alerting(scale=SCALE, office_hours=_office_hours_elsewhere())
    with live_alerting(tmp_path_factory.mktemp("delivery"), alerting) as running:
        yield running


@pytest.mark.parametrize(("severity", "channel"), RECEIVERS.items())
def test_alert_arrives_in_its_channel(live: LiveAlerting, severity: str, channel: str) -> None:
    """Each severity has its channel; the message has title, colour, text and working buttons."""
    live.post(labels_of(f"To{severity}", severity))
    message = live.arrived("slack", f"To{severity}", channel)
    attachment = message["content"]["attachments"][0]

    assert message["accepted"]
    assert attachment["title"] == f"{severity.upper()} To{severity} · worker · production"
    assert "P99 is 1.7 s, above 1 s: clients wait." in attachment["text"]
    urls = {each["text"]: each["url"] for each in attachment["actions"]}
    assert urls["Runbook"] == "https://docs.anclora.test/runbooks/alert/"
    assert urls["Dashboard"] == "https://grafana.anclora.test/d/queue"
    assert urls["Silence"].startswith(f"{live.stack.url('alertmanager')}/#/silences/new?filter=")


def test_critical_alert_is_mailed_and_paged(live: LiveAlerting) -> None:
    """A critical alert is a mail with text and HTML, and an incident; both end with it."""
    labels = labels_of("Mailed", queue="outgoing", phone="+34612345678")
    live.post(labels)
    mail = live.arrived("email", "Mailed")["content"]
    page = live.arrived("pagerduty", "Mailed")["content"]
    live.post(labels, ends=True)
    ended = live.arrived("email", "RESOLVED Mailed")["content"]
    resolve = live.arrived("pagerduty", "Mailed", "resolve")["content"]

    assert mail["subject"] == "CRITICAL Mailed · worker · production"
    assert mail["to"] == ["oncall@anclora.test"]
    assert "Runbook: https://docs.anclora.test/runbooks/alert/" in mail["plain"]
    assert '<a href="https://docs.anclora.test/runbooks/alert/">Runbook</a>' in mail["html"]
    assert "queue outgoing" in mail["html"]
    assert page["payload"]["severity"] == "critical"
    assert (page["payload"]["component"], page["payload"]["source"]) == ("outgoing", "worker")
    assert {each["text"] for each in page["links"]} == {"Runbook", "Dashboard", "Silence"}
    assert "P99 is 1.7 s" in page["payload"]["custom_details"]["firing"]
    assert ended["subject"] == "RESOLVED Mailed · worker · production"
    assert resolve["dedup_key"] == page["dedup_key"]
    assert [each for each in (mail, page, ended, resolve) if "612345678" in str(each)] == []


def test_info_alert_is_neither_mailed_nor_paged(live: LiveAlerting) -> None:
    """An alert of severity info is a message and nothing else, a warning is no incident."""
    live.post(labels_of("OnlyInfo", "info"), labels_of("OnlyWarning", "warning"))
    live.arrived("slack", "OnlyInfo")
    live.arrived("email", "OnlyWarning")

    assert live.notifications("email", "OnlyInfo") == []
    assert live.notifications("pagerduty", "Only") == []


def test_unknown_severity_reaches_the_default_channel(live: LiveAlerting) -> None:
    """An alert that no route knows is heard of all the same."""
    live.post(labels_of("Odd", "page"))

    assert live.arrived("slack", "Odd", "#anclora-alerts")["accepted"]


def test_watchdog_pings_again_and_again(live: LiveAlerting) -> None:
    """The dead man's switch is pinged and pinged again, and nobody else hears of Watchdog."""
    live.post({"alertname": "Watchdog", "severity": "none"})
    pings = eventually(
        lambda: [each for each in live.notifications("deadman", "Watchdog") if each["place"] == "ping 3"],
        "the third ping",
        PATIENCE_SECONDS,
    )

    assert pings[0]["title"] == "Watchdog"
    assert live.notifications("slack", "Watchdog") == []


def test_alerts_of_a_group_come_together(live: LiveAlerting) -> None:
    """Alerts of one name, service and environment are one message; another service has its own."""
    queues = [labels_of("Grouped", queue=name) for name in ("a", "b")]
    live.post(*queues, labels_of("Grouped", service="web"))
    together = live.arrived("slack", "(2 firing, 0 resolved)", "#anclora-critical")
    alone = live.arrived("slack", "Grouped · web")

    assert together["title"] == "CRITICAL Grouped · worker · production (2 firing, 0 resolved)"
    assert alone["title"] == "CRITICAL Grouped · web · production"


def test_business_alerts_wait_for_office_hours(live: LiveAlerting) -> None:
    """Outside office hours a business alert is muted, and a high-value sale is told whatever its severity."""
    live.post(
        labels_of("NoLeadsCaptured", "warning", category="business"),
        labels_of("HighValueSale", "critical", category="business"),
    )
    live.arrived("slack", "HighValueSale", "#anclora-business")
    eventually(lambda: live.found(alertname="NoLeadsCaptured").muted_by, "the muting", PATIENCE_SECONDS)

    assert live.found(alertname="NoLeadsCaptured").muted_by == ("office_hours",)
    assert live.notifications("slack", "NoLeadsCaptured") == []
    assert live.notifications("pagerduty", "HighValueSale") == []


def test_a_drill_is_marked_everywhere(live: LiveAlerting) -> None:
    """A drill says so in every title that somebody reads."""
    live.post(labels_of("Drilled", test="true"))

    assert live.arrived("slack", "Drilled")["title"].startswith("[TEST] CRITICAL")
    assert live.arrived("email", "Drilled")["title"].startswith("[TEST] CRITICAL")
    assert live.arrived("pagerduty", "Drilled")["title"].startswith("[TEST] CRITICAL")


@pytest.mark.parametrize("failure", ["down", "error", "limited"])
def test_what_fails_is_counted_and_sent_again(live: LiveAlerting, failure: str) -> None:
    """While Slack fails, Alertmanager counts it; once Slack is back, the message arrives."""
    name = f"Again{failure}"
    before = live.metric("alertmanager_notification_requests_failed_total", integration="slack")
    live.fail(slack=failure)
    try:
        live.post(labels_of(name, "info"))
        eventually(
            lambda: live.metric("alertmanager_notification_requests_failed_total", integration="slack") > before,
            "the failure to be counted",
            PATIENCE_SECONDS,
        )
        assert live.notifications("slack", name) == []
    finally:
        live.fail(slack="none")

    assert live.arrived("slack", name)["accepted"]


def test_alertmanager_listens_on_one_port_of_this_machine(live: LiveAlerting) -> None:
    """Alertmanager has no port for a cluster, and none that others can reach."""
    pid = next(each.pid for each in live.stack.status() if each.name == "alertmanager")
    listening = {each.laddr for each in psutil.Process(pid).net_connections() if each.status == psutil.CONN_LISTEN}

    assert {(each.ip, each.port) for each in listening} == {("127.0.0.1", live.stack.ports.alertmanager)}


def test_secrets_of_the_stack_are_private(live: LiveAlerting) -> None:
    """The files that Alertmanager reads its secrets from are for their owner alone."""
    folder = live.stack.places.state / "config" / "alertmanager"
    secrets = sorted((folder / "secrets").iterdir())

    assert [each.name for each in secrets] == ["deadman_url", "pagerduty_routing_key", "slack_webhook_default"]
    assert {each.stat().st_mode & 0o777 for each in secrets} == {0o600}
    said = live.stack.log_file("alertmanager").read_text()
    assert [each for each in secrets if each.read_text().strip() in said] == []
    assert [each for each in secrets if each.read_text().strip() in (folder / "alertmanager.yml").read_text()] == []


def test_mail_is_not_sent_without_tls(tmp_path: Path) -> None:
    """With TLS required, a mail server without it gets nothing, and the failure is counted."""
    with live_alerting(tmp_path / "first", Alerting()) as plain:
        ports = plain.stack.ports
        settings = replace(stand_in_settings(ports.receivers, ports.receivers_smtp), smtp_require_tls=True)
        with live_alerting(tmp_path / "second", Alerting(settings, scale=SCALE)) as strict:
            strict.post(labels_of("Secret", "warning"))
            eventually(
                lambda: strict.metric("alertmanager_notification_requests_failed_total", integration="email"),
                "the failure to be counted",
                PATIENCE_SECONDS,
            )
            assert plain.arrived("slack", "Secret")
            assert plain.notifications("email", "Secret") == []
