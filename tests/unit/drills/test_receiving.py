"""Who must hear of an alert, and what stand-ins were sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anclora_otel.catalogue import routes
from anclora_otel.drills.receiving import Inbox, expected_integrations, receiver_of
from anclora_otel.drills.routing import test_labels as labels_of_route
from tests.alert_contract import contract_alerts, expected_receiver

EVERYTHING = {each.name: frozenset({"slack", "email", "pagerduty", "webhook"}) for each in routes.RECEIVERS}


def test_routes_of_every_alert() -> None:
    """Each alert of the contract is expected at the contract's receiver."""
    wrong = [each.name for each in contract_alerts() if receiver_of(each.labels).name != expected_receiver(each)]

    assert wrong == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"alertname": "X", "severity": "critical"}, ("slack", "email", "pagerduty")),
        ({"alertname": "X", "severity": "critical", "category": "business"}, ("slack",)),
        ({"alertname": "Watchdog", "severity": "none"}, ("webhook",)),
        ({"alertname": "X"}, ("slack",)),
    ],
)
def test_expected_integrations(labels: dict[str, str], expected: tuple[str, ...]) -> None:
    """Every integration of the receiver must bring it, where it is configured."""
    assert expected_integrations(labels, EVERYTHING) == expected
    assert expected_integrations(labels, {}) == ()


@pytest.mark.parametrize("route", routes.ROUTES, ids=lambda route: route.receiver.name)
def test_test_alerts_take_their_route(route: routes.Route) -> None:
    """The test alert of a route takes it, is marked, and is sent at any hour."""
    labels = labels_of_route(route, "drill-1")

    assert receiver_of(labels) == route.receiver
    assert labels["test"] == "true"
    assert all(labels[each.label] == each.value for each in route.exceptions)


def test_inbox_reads_on(tmp_path: Path) -> None:
    """Only what arrives after the start is read, once, whole lines alone, and refused notifications do not count."""
    file = tmp_path / "notifications.jsonl"
    file.write_text(_line("slack", "old") + "\n")
    inbox = Inbox(file)
    with file.open("a") as opened:
        opened.write(_line("slack", "new") + "\n" + _line("email", "refused", accepted=False) + "\n")
        opened.write(_line("deadman", "half")[:20])
    inbox.read()
    inbox.read()
    assert [(each.integration, each.at) for each in inbox.arrivals] == [("slack", 7.0)]

    with file.open("a") as opened:
        opened.write(_line("deadman", "half")[20:] + "\n")
    inbox.read()
    assert [each.integration for each in inbox.arrivals] == ["slack", "webhook"]


def _line(receiver: str, title: str, *, accepted: bool = True) -> str:
    return json.dumps({"receiver": receiver, "title": title, "accepted": accepted, "at": 7.0})
