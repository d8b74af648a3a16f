"""Drills of the alerts on Redis, processes, sales at once, and telemetry itself."""

from __future__ import annotations

from anclora_otel.catalogue import business, labels, redis, runtime, telemetry
from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.alerts.scope import MIB
from anclora_otel.catalogue.metric import Metric
from anclora_otel.drills.feeds import Feed
from anclora_otel.drills.model import Drill

_POOL = {labels.POOL.key: "drill"}
_MISSED = "ServiceDown: the drill's service does not report again"


def _memory(mebibytes: float) -> Feed:
    return Feed(runtime.PROCESS_RESIDENT_MEMORY, mebibytes * MIB, 100 * MIB)


def _disk(share: float) -> Feed:
    return Feed(foreign.FILESYSTEM, share, 0.1, labels={"mode": "rw", "mountpoint": "/drill"})


def _counted(metric: Metric, /, **further: str) -> tuple[Feed, ...]:
    return (Feed(metric, 1, 0, labels=further),)


REDIS = (
    Drill(
        "HighRedisLatency",
        "10 commands a second that take 30 ms each",
        (Feed(redis.REDIS_LATENCY, 10, labels={labels.OPERATION.key: "get"}, observed=0.03),),
    ),
    Drill(
        "RedisConnectionPoolExhausted",
        "20 of 20 connections are in use",
        (Feed(redis.REDIS_CONNECTIONS, 20, 1, labels=_POOL), Feed(redis.REDIS_CONNECTIONS_MAX, 20, 20, labels=_POOL)),
    ),
    Drill("RedisDown", "Redis of the stack is stopped", stops="redis"),
    Drill(
        "RedisHighMemory",
        "95 of 100 MB of maxmemory are used",
        (Feed(foreign.REDIS_MEMORY_USED, 95e6, 10e6), Feed(foreign.REDIS_MEMORY_LIMIT, 100e6, 100e6)),
    ),
)
"""Drills of Redis."""

SYSTEM = (
    Drill("HighMemoryUsage", "a process of 800 MiB", (_memory(800),)),
    Drill("CriticalMemoryUsage", "a process of 1,100 MiB", (_memory(1_100),)),
    Drill("HighEventLoopLag", "an event loop that lags by 0.5 s", (Feed(runtime.PYTHON_EVENTLOOP_LAG, 0.5, 0),)),
    Drill(
        "HighCPUUsage",
        "a process that uses 0.95 of its one core",
        (Feed(runtime.PROCESS_CPU, 0.95, 0.1), Feed(runtime.PROCESS_CPU_LIMIT, 1, 1)),
    ),
    Drill("HighDiskUsage", "a filesystem that is used to 85 %", (_disk(0.85),)),
    Drill("CriticalDiskUsage", "a filesystem that is used to 95 %", (_disk(0.95),)),
    Drill(
        "ServiceDown",
        "a service reports, and then no more",
        (Feed(runtime.PROCESS_START_TIME, None, 0, 0, since_now=True),),
        before="2m",
        afterwards=_MISSED,
    ),
    Drill(
        "HighRestartRate",
        "6 processes of a service of which one ran before came up at once",
        (
            Feed(runtime.PROCESS_START_TIME, -7_200, since_now=True, history="29m"),
            *(Feed(runtime.PROCESS_START_TIME, 0, since_now=True, instance=f"drill-{each}") for each in range(6)),
        ),
        afterwards=_MISSED,
    ),
)
"""Drills of processes and their host."""

SALES = (Drill("HighValueSale", "the first such sale ever", (Feed(business.BUSINESS_HIGH_VALUE_SALES, 0, 0, jump=1),)),)
"""Drills of what happens at once."""

TELEMETRY = (
    Drill("Watchdog", "nothing: it always fires", resolves=False),
    Drill("CollectorDown", "the collector of the stack is stopped", stops="collector"),
    Drill(
        "CollectorQueueFilling",
        "80 of 100 places of a queue are taken",
        (
            Feed(foreign.COLLECTOR_QUEUE_SIZE, 80, 0, labels={"exporter": "drill", "data_type": "logs"}),
            Feed(foreign.COLLECTOR_QUEUE_CAPACITY, 100, 100, labels={"exporter": "drill", "data_type": "logs"}),
        ),
        job="collector",
    ),
    Drill(
        "CollectorDroppingData",
        "one log record a second is refused",
        _counted(foreign.REFUSED["logs"], receiver="drill", transport="http"),
        job="collector",
    ),
    Drill(
        "CollectorExportFailing",
        "one log record a second cannot be sent",
        _counted(foreign.SEND_FAILED["logs"], exporter="drill"),
        job="collector",
    ),
    Drill(
        "TelemetryDropped",
        "one span a second is dropped for a full queue",
        _counted(telemetry.TELEMETRY_ITEMS, signal="traces", outcome="dropped", reason="queue_full"),
    ),
    Drill(
        "LabelBudgetExceeded",
        "one sample a second is over the budget of a label",
        _counted(telemetry.TELEMETRY_LABEL_VIOLATIONS, metric="drill", label="drill", reason="budget"),
    ),
    Drill(
        "PrometheusRuleFailures",
        "one evaluation a second fails",
        _counted(foreign.RULE_FAILURES, rule_group="drill"),
        job="prometheus",
    ),
    Drill(
        "AlertmanagerNotificationsFailing",
        "one notification a second fails",
        _counted(foreign.NOTIFICATION_FAILURES, integration="drill"),
        job="alertmanager",
    ),
)
"""Drills of telemetry itself."""
