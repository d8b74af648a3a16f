"""Redis commands and connection pools, seen from the application."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

REDIS_OPERATIONS = Metric(
    "anclora.redis.operations",
    Kind.COUNTER,
    "{operation}",
    "Redis commands by outcome",
    (labels.OPERATION, labels.REDIS_STATUS),
)
REDIS_LATENCY = Metric(
    "anclora.redis.latency",
    Kind.HISTOGRAM,
    "s",
    "time of a Redis command; blocking commands are left out",
    (labels.OPERATION,),
    buckets=(0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
)
REDIS_CONNECTIONS = Metric(
    "anclora.redis.connections",
    Kind.GAUGE,
    "{connection}",
    "connections of the pool that are in use",
    (labels.POOL,),
    observable=True,
)
REDIS_CONNECTIONS_MAX = Metric(
    "anclora.redis.connections.max",
    Kind.GAUGE,
    "{connection}",
    "connections that the pool may open",
    (labels.POOL,),
    observable=True,
)

METRICS = (
    REDIS_OPERATIONS,
    REDIS_LATENCY,
    REDIS_CONNECTIONS,
    REDIS_CONNECTIONS_MAX,
)
"""The metrics of the domain, in the order of the contract."""
