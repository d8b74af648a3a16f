"""What the bot understood and answered."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

BOT_INTENTS_DETECTED = Metric(
    "anclora.bot.intents.detected",
    Kind.COUNTER,
    "{intent}",
    "intents detected, by range of confidence",
    (labels.INTENT, labels.CONFIDENCE_RANGE),
)
BOT_INTENT_CONFIDENCE = Metric(
    "anclora.bot.intent.confidence",
    Kind.HISTOGRAM,
    "{confidence}",
    "confidence of detected intents",
    (labels.INTENT,),
    buckets=(0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1),
)
BOT_AUTOMATED_RESPONSES = Metric(
    "anclora.bot.automated.responses",
    Kind.COUNTER,
    "{response}",
    "answers that the bot gave by itself",
    (labels.FLOW, labels.STEP),
)

METRICS = (
    BOT_INTENTS_DETECTED,
    BOT_INTENT_CONFIDENCE,
    BOT_AUTOMATED_RESPONSES,
)
"""The metrics of the domain, in the order of the contract."""
