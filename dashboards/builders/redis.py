"""Redis, as the services see it and as it sees itself."""

from __future__ import annotations

from anclora_otel.catalogue import redis as m
from anclora_otel.catalogue.alerts import Scope, foreign
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import redis as rules
from dashboards.builders.foreign import REDIS_CLIENTS
from dashboards.builders.limits import GREEN, RED, from_here
from dashboards.builders.model import Kind, Limits, Panel, Query, Row
from dashboards.builders.selectors import per_second, quantiles, recorded, series


def row(scope: Scope) -> Row:
    """Give the row of Redis."""
    used, size = series(foreign.REDIS_MEMORY_USED), series(foreign.REDIS_MEMORY_LIMIT)
    return Row(
        "Redis",
        (
            Panel(
                Kind.TIME_SERIES,
                "Redis latency P50, P95",
                "As the services see it, without commands that wait by design.",
                "s",
                quantiles(m.REDIS_LATENCY, 0.5, 0.95),
                8,
                limits=from_here(scope, d.REDIS_LATENCY),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Redis P95 as the alert reads it",
                "The recorded P95 of each service.",
                "s",
                (Query(recorded(rules.LATENCY_P95), "{{service_name}}"),),
                8,
                limits=from_here(scope, d.REDIS_LATENCY),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Redis operations",
                "Commands per second by command.",
                "ops",
                (Query(per_second(m.REDIS_OPERATIONS, "operation"), "{{operation}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Redis memory",
                "Memory in use, and the limit where one is set.",
                "bytes",
                (Query(used, "used {{instance}}"), Query(f"{size} > 0", "limit {{instance}}")),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Connections of the pools",
                "In use and allowed, by pool of each service.",
                "short",
                (
                    Query(f"sum by (job, pool) ({series(m.REDIS_CONNECTIONS)})", "{{job}} {{pool}}"),
                    Query(f"max by (job, pool) ({series(m.REDIS_CONNECTIONS_MAX)})", "limit {{job}} {{pool}}"),
                ),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Use of the pools",
                "Share of the connections in use; at 100 % the next command waits, and the alert fires.",
                "percentunit",
                (Query(recorded(rules.POOL_USE), "{{service_name}} {{pool}}"),),
                4,
                limits=Limits(GREEN, ((1, RED),)),
                minimum=0,
            ),
            Panel(
                Kind.STAT,
                "Redis clients",
                "Connections that Redis itself sees, of everybody.",
                "locale",
                (Query(series(REDIS_CLIENTS), "{{instance}}"),),
                4,
                decimals=0,
            ),
        ),
    )
