"""
Slack's incoming webhooks, as far as alerts use them.

Source: https://api.slack.com/messaging/webhooks ("Handling errors") and "Secondary message attachments".
"""

from __future__ import annotations

import json
from typing import Any

from anclora_otel.stack.receivers.inbox import Notification, Verdict

TEXT_LIMIT = 40_000
"""Characters that a message may have."""

ATTACHMENT_LIMIT = 100
"""Attachments that a message may have."""

ACTION_LIMIT = 5
"""Buttons that an attachment may have."""


def judge_slack(body: bytes) -> Verdict:
    """Answer as Slack does: 200 and ok, or 400 and the reason."""
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        return _refuse("invalid_payload", {})
    reason = _fault(message)
    if reason:
        return _refuse(reason, message)
    return Verdict(200, "ok", _notification(message, "ok", accepted=True))


def _fault(message: dict[str, Any]) -> str:
    attachments = message.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        return "invalid_attachments"
    if not (message.get("text") or attachments or message.get("blocks")):
        return "no_text"
    if len(attachments) > ATTACHMENT_LIMIT:
        return "too_many_attachments"
    texts = [message.get("text"), *(each.get("text") for each in attachments)]
    if any(len(str(text or "")) > TEXT_LIMIT for text in texts):
        return "msg_too_long"
    if not all(_has_content(each) and _has_sound_buttons(each) for each in attachments):
        return "invalid_attachments"
    return ""


def _has_content(attachment: dict[str, Any]) -> bool:
    return any(attachment.get(key) for key in ("text", "fallback", "title", "pretext", "fields", "blocks"))


def _has_sound_buttons(attachment: dict[str, Any]) -> bool:
    actions = attachment.get("actions") or []
    if not isinstance(actions, list) or len(actions) > ACTION_LIMIT:
        return False
    return all(
        isinstance(each, dict)
        and each.get("type")
        and each.get("text")
        and (each.get("name") or str(each.get("url", "")).startswith(("http://", "https://")))
        for each in actions
    )


def _refuse(reason: str, message: dict[str, Any]) -> Verdict:
    return Verdict(400, reason, _notification(message, reason, accepted=False))


def _notification(message: dict[str, Any], answer: str, *, accepted: bool) -> Notification:
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments and isinstance(attachments[0], dict) else {}
    title = str(first.get("title") or message.get("text") or "")
    return Notification("slack", accepted, answer, str(message.get("channel", "")), title, message)
