"""Record what the bot understood and answered."""

from __future__ import annotations

import math

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import bot as catalogue

_CONFIDENCE_BOUNDS = (
    (0.3, "0.0-0.3"),
    (0.5, "0.3-0.5"),
    (0.7, "0.5-0.7"),
    (0.9, "0.7-0.9"),
    (1.0, "0.9-1.0"),
)


@guarded
def record_intent(intent: str, confidence: float) -> None:
    """
    Record an intent that the bot detected.

    Args:
        intent: its name.
        confidence: from 0 to 1; outside of it the sample is a label violation and is not recorded.

    """
    current = instruments.current()
    current.counter(catalogue.BOT_INTENTS_DETECTED).add(1, intent, confidence_range(confidence))
    current.histogram(catalogue.BOT_INTENT_CONFIDENCE).record(confidence, intent)


@guarded
def record_automated_response(flow: str, step: str) -> None:
    """
    Record an answer that the bot gave by itself.

    Args:
        flow: name of the bot flow.
        step: step of the flow.

    """
    instruments.current().counter(catalogue.BOT_AUTOMATED_RESPONSES).add(1, flow, step)


def confidence_range(confidence: object) -> str:
    """Give the range of a confidence, upper bound inclusive; what is none comes back as text and is refused later."""
    if isinstance(confidence, (int, float)) and not isinstance(confidence, bool) and math.isfinite(confidence):
        for upper, name in _CONFIDENCE_BOUNDS:
            if 0 <= confidence <= upper:
                return name
    return str(confidence)
