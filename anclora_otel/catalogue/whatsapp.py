"""Calls to the WhatsApp API and webhooks from it."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

WHATSAPP_API_CALLS = Metric(
    "anclora.whatsapp.api.calls",
    Kind.COUNTER,
    "{call}",
    "calls to the WhatsApp API by outcome",
    (labels.ENDPOINT, labels.METHOD, labels.STATUS_CODE),
)
WHATSAPP_API_LATENCY = Metric(
    "anclora.whatsapp.api.latency",
    Kind.HISTOGRAM,
    "s",
    "time of a call to the WhatsApp API",
    (labels.ENDPOINT, labels.METHOD),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
)
WHATSAPP_ACTIVE_INSTANCES = Metric(
    "anclora.whatsapp.active.instances",
    Kind.GAUGE,
    "{instance}",
    "WhatsApp instances that are connected",
    observable=True,
    aggregate="max",
)
WHATSAPP_RATE_LIMIT_HITS = Metric(
    "anclora.whatsapp.rate_limit.hits",
    Kind.COUNTER,
    "{hit}",
    "answers of the WhatsApp API that asked to slow down",
    (labels.INSTANCE_NAME,),
)
WHATSAPP_WEBHOOKS_RECEIVED = Metric(
    "anclora.whatsapp.webhooks.received",
    Kind.COUNTER,
    "{webhook}",
    "webhooks received from the WhatsApp API",
    (labels.EVENT_TYPE, labels.INSTANCE_NAME),
)

METRICS = (
    WHATSAPP_API_CALLS,
    WHATSAPP_API_LATENCY,
    WHATSAPP_ACTIVE_INSTANCES,
    WHATSAPP_RATE_LIMIT_HITS,
    WHATSAPP_WEBHOOKS_RECEIVED,
)
"""The metrics of the domain, in the order of the contract."""
