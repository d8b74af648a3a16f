"""What became of messages and conversations."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

ANALYTICS_MESSAGES_SENT = Metric(
    "anclora.analytics.messages.sent",
    Kind.COUNTER,
    "{message}",
    "messages that the WhatsApp server acknowledged",
    (labels.MESSAGE_TYPE, labels.CAMPAIGN_ID),
)
ANALYTICS_MESSAGES_RECEIVED = Metric(
    "anclora.analytics.messages.received",
    Kind.COUNTER,
    "{message}",
    "messages that clients sent",
    (labels.MESSAGE_TYPE,),
)
ANALYTICS_MESSAGES_DELIVERED = Metric(
    "anclora.analytics.messages.delivered",
    Kind.COUNTER,
    "{message}",
    "messages delivered to a device",
    (labels.MESSAGE_TYPE, labels.CAMPAIGN_ID),
)
ANALYTICS_MESSAGES_READ = Metric(
    "anclora.analytics.messages.read",
    Kind.COUNTER,
    "{message}",
    "messages read by the client",
    (labels.MESSAGE_TYPE, labels.CAMPAIGN_ID),
)
ANALYTICS_CONVERSIONS = Metric(
    "anclora.analytics.conversions",
    Kind.COUNTER,
    "{conversion}",
    "conversions of conversations into leads, appointments and sales",
    (labels.CONVERSION_TYPE, labels.CAMPAIGN_ID),
)
ANALYTICS_CONVERSION_VALUE = Metric(
    "anclora.analytics.conversion.value",
    Kind.HISTOGRAM,
    "euros",
    "value of a conversion",
    (labels.CONVERSION_TYPE,),
    buckets=(1000, 10_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000),
)
ANALYTICS_ACTIVE_CONVERSATIONS = Metric(
    "anclora.analytics.active.conversations",
    Kind.GAUGE,
    "{conversation}",
    "conversations under way, read from a shared store at collection",
    observable=True,
    aggregate="max",
)
ANALYTICS_RESPONSE_TIME = Metric(
    "anclora.analytics.response.time",
    Kind.HISTOGRAM,
    "s",
    "time from a client's message to the answer",
    buckets=(1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)
ANALYTICS_HANDOFFS = Metric(
    "anclora.analytics.handoffs",
    Kind.COUNTER,
    "{handoff}",
    "conversations handed to a human, by reason",
    (labels.HANDOFF_REASON,),
)

METRICS = (
    ANALYTICS_MESSAGES_SENT,
    ANALYTICS_MESSAGES_RECEIVED,
    ANALYTICS_MESSAGES_DELIVERED,
    ANALYTICS_MESSAGES_READ,
    ANALYTICS_CONVERSIONS,
    ANALYTICS_CONVERSION_VALUE,
    ANALYTICS_ACTIVE_CONVERSATIONS,
    ANALYTICS_RESPONSE_TIME,
    ANALYTICS_HANDOFFS,
)
"""The metrics of the domain, in the order of the contract."""
