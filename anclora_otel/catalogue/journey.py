"""The steps of a message's journey, and the names under which they are recorded."""

from __future__ import annotations

import re
from typing import Literal, get_args

MessageStep = Literal["accepted", "taken", "sent", "delivered", "read", "failed"]
"""What happens to a message, in this order; ``failed`` ends the journey before its time."""

MESSAGE_STEPS: tuple[MessageStep, ...] = get_args(MessageStep)
"""Every step."""

STEP_EVENT = "anclora.message.step"
"""Name of the event. Source: OpenTelemetry semantic conventions, "Events": a log record with an event name."""

STEP = "anclora.message.step"
"""Attribute: which step it is."""

MESSAGE_ID = "anclora.message.id"
"""Attribute: the id that the service gave the message when it accepted it."""

PROVIDER_MESSAGE_ID = "anclora.message.provider_id"
"""Attribute: the id that the WhatsApp API gave the message, which its receipts carry."""

MESSAGE_ID_FORM = "1 to 128 letters, digits and . _ : + / = -"
"""What an id may look like, in words."""

_MESSAGE_ID = re.compile(r"[0-9A-Za-z._:+/=-]{1,128}\Z")


def is_message_id(text: str) -> bool:
    """Say whether a text has the form of a message id, see `MESSAGE_ID_FORM`."""
    return _MESSAGE_ID.match(text) is not None
