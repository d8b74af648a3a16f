"""The stand-in for Slack's incoming webhooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anclora_otel.stack.receivers.slack import judge_slack

BUTTON = {"type": "button", "text": "Runbook", "url": "https://docs.anclora.test/"}


def attachments(**changes: object) -> dict[str, Any]:
    """Make a message with one attachment."""
    return {"channel": "#c", "attachments": [{"title": "T", "text": "x", "actions": [BUTTON], **changes}]}


@pytest.mark.parametrize(
    "message", [{"text": "hello"}, {"blocks": [{"type": "divider"}]}, attachments(), attachments(actions=[])]
)
def test_message_in_order(message: dict[str, Any]) -> None:
    """A message with text, blocks or attachments is answered with ok."""
    verdict = judge_slack(json.dumps(message).encode())

    assert (verdict.status, verdict.text, verdict.notification.accepted) == (200, "ok", True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"payload", "invalid_payload"),
        (b"[]", "invalid_payload"),
        (b"\xff", "invalid_payload"),
        (b"{}", "no_text"),
        (b'{"text": ""}', "no_text"),
        (b'{"attachments": "x"}', "invalid_attachments"),
        (b'{"attachments": [1]}', "invalid_attachments"),
        (json.dumps({"attachments": [{"text": "x"}] * 101}).encode(), "too_many_attachments"),
        (json.dumps({"text": "x" * 40_001}).encode(), "msg_too_long"),
        (json.dumps(attachments(text="x" * 40_001)).encode(), "msg_too_long"),
        (json.dumps({"attachments": [{"color": "good"}]}).encode(), "invalid_attachments"),
        (json.dumps(attachments(actions=[BUTTON] * 6)).encode(), "invalid_attachments"),
        (json.dumps(attachments(actions=[{**BUTTON, "url": ""}])).encode(), "invalid_attachments"),
        (json.dumps(attachments(actions="x")).encode(), "invalid_attachments"),
    ],
)
def test_message_that_slack_refuses(body: bytes, reason: str) -> None:
    """What Slack refuses is refused with 400 and Slack's word for it, and kept as refused."""
    verdict = judge_slack(body)

    assert (verdict.status, verdict.text) == (400, reason)
    assert not verdict.notification.accepted


def test_channel_and_title_are_kept() -> None:
    """The notification says which channel was meant and what the title was."""
    notification = judge_slack(json.dumps(attachments()).encode()).notification

    assert (notification.receiver, notification.place, notification.title) == ("slack", "#c", "T")
