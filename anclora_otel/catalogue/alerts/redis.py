"""Alerts on Redis, as applications see it and as the collector sees it."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue import redis as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.alerts.forms import above, limit_of, slow_quantile
from anclora_otel.catalogue.alerts.model import DURATION, PERCENTAGE, Alert, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import (
    BY_SERVICE,
    INSTANCE,
    SERVICE,
    aggregate,
    lately,
    observations,
    quantile,
    select,
)
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.alerts.telemetry import COLLECTOR_KNOWN_DOWN

# A command that waits by design is no latency, even from a client that times it.
NOT_BLOCKING = 'operation!~"blpop|brpop|bzpopmin|wait"'
BY_POOL = (*BY_SERVICE, labels.POOL.key)
BY_INSTANCE = (*BY_SERVICE, INSTANCE)

LATENCY_P95 = Record(
    "service:anclora_redis_latency_seconds:p95",
    "P95 of Redis operations, seconds",
    lambda s: quantile(s, 0.95, metrics.REDIS_LATENCY, d.RATE, BY_SERVICE, NOT_BLOCKING),
)
OPERATIONS = Record(
    "service:anclora_redis_latency_seconds_count:increase",
    "operations in the window of the P95",
    lambda s: observations(s, metrics.REDIS_LATENCY, d.RATE, BY_SERVICE, NOT_BLOCKING),
)


def _pool_use(s: Scope) -> str:
    used = lately(s, metrics.REDIS_CONNECTIONS)
    size = lately(s, metrics.REDIS_CONNECTIONS_MAX)
    return aggregate("max", BY_POOL, f"{used} / ({size} > 0) or {used} / {s.number(d.POOL_SIZE)}")


POOL_USE = Record(
    "service_pool:anclora_redis_connections:ratio",
    "connections in use / size of the pool, of the fullest process",
    _pool_use,
)
MEMORY_RATIO = Record(
    "service_instance:redis_memory_used_bytes:ratio",
    "used memory / maxmemory, where one is set",
    lambda s: aggregate(
        "max",
        BY_INSTANCE,
        f"{lately(s, foreign.REDIS_MEMORY_USED)} / ({lately(s, foreign.REDIS_MEMORY_LIMIT)} > 0)",
    ),
)
REACHED = Record(
    "service_instance:redis_uptime_seconds:reached",
    "uptime of each Redis that the collector reached lately, seconds",
    lambda s: aggregate("max", BY_INSTANCE, f"last_over_time({select(s, foreign.REDIS_UPTIME)}[{s.lately}])"),
)
RECORDS = (LATENCY_P95, OPERATIONS, POOL_USE, MEMORY_RATIO, REACHED)
"""What dashboards and alerts read, in the order of evaluation."""


def _down(s: Scope) -> str:
    missed = f"last_over_time({REACHED.name}[{s.duration(d.REMEMBERED)}]) unless {REACHED.name}"
    never = f"absent(last_over_time({REACHED.name}[{s.duration(d.REMEMBERED)}]))"
    named = f'label_replace({never}, "{SERVICE}", "redis", "", "")'
    return f"(0 * ({missed}) or 0 * {named}) unless on () {COLLECTOR_KNOWN_DOWN.name}"


HIGH_LATENCY = Alert(
    "HighRedisLatency",
    "RedisLatency",
    Severity.WARNING,
    "redis",
    "5m",
    slow_quantile(
        LATENCY_P95,
        OPERATIONS,
        metrics.REDIS_LATENCY,
        window=d.RATE,
        labels=BY_SERVICE,
        bound=d.REDIS_LATENCY,
        matchers=(NOT_BLOCKING,),
    ),
    "Redis answers slowly.",
    "P95 of operations that do not block above <limit>",
    "Every message takes several commands: processing slows down.",
    limit_of(d.REDIS_LATENCY, " s"),
    DURATION,
)
POOL_EXHAUSTED = Alert(
    "RedisConnectionPoolExhausted",
    "RedisPool",
    Severity.WARNING,
    "redis",
    "5m",
    lambda _: f"{POOL_USE.name} >= 1",
    "A connection pool to Redis is used up.",
    "connections in use at or above the size of the pool (<limit> where it is unknown)",
    "Further commands wait or fail.",
    limit_of(d.POOL_SIZE),
    PERCENTAGE,
)
DOWN = Alert(
    "RedisDown",
    "RedisUp",
    Severity.CRITICAL,
    "redis",
    "1m",
    _down,
    "Redis cannot be reached.",
    "the collector cannot scrape Redis, or it is gone",
    "Queues stand still: nothing is accepted and nothing is processed.",
    names_absence=True,
)
HIGH_MEMORY = Alert(
    "RedisHighMemory",
    "RedisMemory",
    Severity.WARNING,
    "redis",
    "5m",
    above(MEMORY_RATIO, d.REDIS_MEMORY),
    "Redis runs out of memory.",
    "used memory above <limit> of maxmemory",
    "At 100 % Redis refuses writes or evicts keys, and messages with them.",
    limit_of(d.REDIS_MEMORY, "%"),
    PERCENTAGE,
)

GROUPS = (
    Group("anclora_redis_recording", "recording.yaml", RECORDS),
    Group("anclora_redis_alerts", "alerts.yaml", (HIGH_LATENCY, POOL_EXHAUSTED, DOWN, HIGH_MEMORY)),
)
"""The rules of the domain."""
