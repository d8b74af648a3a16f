"""
Queues of brokers: how deep they are, and the trace context that travels in their jobs.

`anclora_otel.observe_queue` reports a depth; `anclora_otel.instrument_queue` and `anclora_otel.instrument_worker`
instrument both ends of BullMQ, arq and rq; `anclora_otel.queue_send`, `anclora_otel.queue_job` and
`anclora_otel.queue_batch` are for Redis Streams and any other queue.
"""

from anclora_otel.queues.arq_depth import ArqDepth
from anclora_otel.queues.arq_queue import ArqJob
from anclora_otel.queues.bullmq import consumer_span, extract_context, inject_context, producer_span
from anclora_otel.queues.bullmq_depth import BullMQDepth
from anclora_otel.queues.depth import QueueDepth, QueueDepthSource
from anclora_otel.queues.error_types import error_type_of
from anclora_otel.queues.jobs import JobSource
from anclora_otel.queues.priorities import bullmq_priority, priority_name
from anclora_otel.queues.redis_streams import RedisStreamDepth, redis_stream
from anclora_otel.queues.rq_depth import RQDepth
from anclora_otel.queues.untraced import untraced

__all__ = [
    "ArqDepth",
    "ArqJob",
    "BullMQDepth",
    "JobSource",
    "QueueDepth",
    "QueueDepthSource",
    "RQDepth",
    "RedisStreamDepth",
    "bullmq_priority",
    "consumer_span",
    "error_type_of",
    "extract_context",
    "inject_context",
    "priority_name",
    "producer_span",
    "redis_stream",
    "untraced",
]
