"""The stand-in for PagerDuty's Events API v2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anclora_otel.stack.receivers.pagerduty import judge_pagerduty

KEY = "k" * 32


def event(**changes: Any) -> dict[str, Any]:
    """Make an event that triggers an incident."""
    payload = {"summary": "s", "source": "worker", "severity": "critical"}
    return {"routing_key": KEY, "event_action": "trigger", "dedup_key": "d", "payload": payload, **changes}


@pytest.mark.parametrize("changes", [{}, {"event_action": "resolve", "payload": None}, {"dedup_key": None}])
def test_event_in_order(changes: dict[str, Any]) -> None:
    """An event is answered with 202 and its dedup key."""
    verdict = judge_pagerduty(json.dumps(event(**changes)).encode())

    assert verdict.status == 202
    assert json.loads(verdict.text)["status"] == "success"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"routing_key": "short"}, "routing_key"),
        ({"routing_key": None}, "routing_key"),
        ({"event_action": "fire"}, "event_action"),
        ({"event_action": "resolve", "dedup_key": ""}, "'dedup_key' is missing"),
        ({"dedup_key": "d" * 256}, "'dedup_key' is too long"),
        ({"payload": None}, "'payload' is missing"),
        ({"payload": {"summary": "", "source": "s", "severity": "critical"}}, "payload.summary"),
        ({"payload": {"summary": "s", "source": "", "severity": "critical"}}, "payload.source"),
        ({"payload": {"summary": "s", "source": "s", "severity": "page"}}, "payload.severity"),
        ({"payload": {"summary": "s" * 1025, "source": "s", "severity": "info"}}, "payload.summary"),
        ({"client": "c" * 600_000}, "512 KB"),
    ],
)
def test_event_that_pagerduty_refuses(changes: dict[str, Any], fault: str) -> None:
    """What PagerDuty refuses is refused with 400 and the fault."""
    verdict = judge_pagerduty(json.dumps(event(**changes)).encode())

    assert verdict.status == 400
    assert fault in json.loads(verdict.text)["errors"][0]
    assert not verdict.notification.accepted


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b"\xff"])
def test_what_is_no_event(body: bytes) -> None:
    """What is no JSON object is an invalid event."""
    assert judge_pagerduty(body).status == 400


def test_the_key_is_not_kept() -> None:
    """The routing key is a secret and stays out of what is kept."""
    assert KEY not in json.dumps(dict(judge_pagerduty(json.dumps(event()).encode()).notification.content))
