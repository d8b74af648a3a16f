"""
PagerDuty's Events API v2, as far as alerts use it.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events.
"""

from __future__ import annotations

import json
from typing import Any

from anclora_otel.stack.receivers.inbox import Notification, Verdict

SEVERITIES = ("critical", "error", "warning", "info")
ACTIONS = ("trigger", "acknowledge", "resolve")
_KEY_LENGTH = 32
_DEDUP_LIMIT = 255
_SUMMARY_LIMIT = 1024
_EVENT_LIMIT_BYTES = 512 * 1024


def judge_pagerduty(body: bytes) -> Verdict:
    """Answer as PagerDuty does: 202 with the dedup key, or 400 with every fault."""
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        return _answer(400, {"status": "invalid event", "message": "Event object is invalid"}, {}, "invalid JSON")
    faults = _faults(event)
    if len(body) > _EVENT_LIMIT_BYTES:
        faults.append("Event exceeds 512 KB")
    if faults:
        refusal = {"status": "invalid event", "message": "Event object is invalid", "errors": faults}
        return _answer(400, refusal, event, "; ".join(faults))
    accepted = {"status": "success", "message": "Event processed", "dedup_key": event.get("dedup_key", "")}
    return _answer(202, accepted, event, "Event processed")


def _faults(event: dict[str, Any]) -> list[str]:
    faults = []
    key, action, dedup = event.get("routing_key"), event.get("event_action"), event.get("dedup_key")
    if not isinstance(key, str) or len(key) != _KEY_LENGTH:
        faults.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    if action not in ACTIONS:
        faults.append(f"'event_action' is invalid (should be one of {', '.join(ACTIONS)})")
    if dedup is not None and (not isinstance(dedup, str) or len(dedup) > _DEDUP_LIMIT):
        faults.append("'dedup_key' is too long (should be at most 255 characters)")
    if action in ("acknowledge", "resolve") and not dedup:
        faults.append("'dedup_key' is missing")
    if action == "trigger":
        faults += _payload_faults(event.get("payload"))
    return faults


def _payload_faults(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing"]
    faults = [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
    if len(str(payload.get("summary", ""))) > _SUMMARY_LIMIT:
        faults.append("'payload.summary' is too long (should be at most 1024 characters)")
    if payload.get("severity") not in SEVERITIES:
        faults.append(f"'payload.severity' is invalid (should be one of {', '.join(SEVERITIES)})")
    return faults


def _answer(status: int, answer: dict[str, Any], event: dict[str, Any], text: str) -> Verdict:
    content = {key: value for key, value in event.items() if key != "routing_key"}
    payload = event.get("payload")
    summary = str(payload.get("summary", "")) if isinstance(payload, dict) else ""
    place = f"{event.get('event_action', '')} {str(event.get('dedup_key', ''))[:12]}"
    notification = Notification("pagerduty", status < 300, text, place, summary, content)
    return Verdict(status, json.dumps(answer), notification, "application/json")
