"""Queues of brokers: how deep they are, and the trace context that travels in their jobs."""

from anclora_otel.queues.bullmq import (
    BullMQDepth,
    consumer_span,
    extract_context,
    inject_context,
    producer_span,
)
from anclora_otel.queues.depth import QueueDepth, QueueDepthSource
from anclora_otel.queues.priorities import bullmq_priority, priority_name

__all__ = [
    "BullMQDepth",
    "QueueDepth",
    "QueueDepthSource",
    "bullmq_priority",
    "consumer_span",
    "extract_context",
    "inject_context",
    "priority_name",
    "producer_span",
]
