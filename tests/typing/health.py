"""A service with checks of its own, as its author types it."""

from __future__ import annotations

from pathlib import Path

import redis
import redis.asyncio
from fastapi import FastAPI

from anclora_otel.health import (
    CheckReport,
    CheckResult,
    CheckStatus,
    HealthApplication,
    HealthChecks,
    HealthReport,
    ReadyCheck,
    ServiceStatus,
    asgi_app,
    disk_check,
    event_loop_check,
    health,
    memory_check,
    queue_check,
    redis_check,
    telemetry_check,
)
from anclora_otel.integrations.fastapi import (
    MetricsRenderer,
    add_health_routes,
    add_metrics_route,
    health_router,
    serve_health_everywhere,
    serve_metrics_everywhere,
)
from anclora_otel.queues import BullMQDepth

checks = HealthChecks(cache_seconds=2)


@health.check("whatsapp", timeout_seconds=1, critical=False)
async def whatsapp() -> bool:
    """Answer by a boolean."""
    return True


@checks.check("licence")
def licence() -> CheckResult:
    """Answer by a result with details."""
    status: CheckStatus = "warn"
    return CheckResult(status, {"daysLeft": 12})


@checks.check("mailbox")
def mailbox() -> tuple[CheckStatus, dict[str, object]]:
    """Answer by a pair."""
    return "pass", {"unread": 3}


@checks.check("reachable")
def reachable() -> None:
    """Answer by not raising."""


async def ask() -> ServiceStatus:
    """Call what was decorated, which keeps its type, and run the checks."""
    answer: bool = await whatsapp()
    result: CheckResult = licence()
    report: HealthReport = await checks.run()
    memory: CheckReport = report.checks["memory"]
    slow: bool = memory.duration_milliseconds > 10 or answer or result.status == "fail"
    print(slow, report.timestamp.isoformat(), report.uptime_seconds)  # noqa: T201 - a user's own
    checks.enter_phase("stopping")
    return (await checks.ready()).status if checks.phase == "running" else checks.live().status


def add(client: redis.Redis, other: redis.asyncio.Redis) -> HealthReport:
    """Add ready-made checks, with clients of both kinds."""
    checks.add("redis", redis_check(client))
    checks.add("analytics_redis", redis_check(other), critical=False)
    checks.add("queue", queue_check(BullMQDepth(client, "campaigns"), warn_waiting=500, warn_failed=10))
    checks.add("memory", memory_check(warn_megabytes=512, fail_megabytes=1024.5))
    checks.add("event_loop", event_loop_check(warn_seconds=0.1, fail_seconds=0.5))
    checks.add("disk", disk_check(Path("/var/log"), warn_share=0.7, fail_share=0.8))
    checks.add("telemetry", telemetry_check(stale_seconds=30))
    own: ReadyCheck = ReadyCheck(reachable, critical=False, worst="warn")
    checks.add("own", own, timeout_seconds=0.5)
    checks.remove("own")
    print(checks.names)  # noqa: T201 - a user's own
    return checks.run_sync(timeout_seconds=3)


def serve(app: FastAPI, renderer: MetricsRenderer) -> HealthApplication:
    """Serve health and metrics, in each of the ways."""
    app.include_router(health_router(checks, "/internal/health"))
    app.include_router(health_router())
    added: bool = add_health_routes(app) or add_metrics_route(app, renderer, path="/metrics")
    print(added)  # noqa: T201 - a user's own
    serve_health_everywhere(checks, "/health")
    serve_metrics_everywhere(renderer, "/metrics")
    mounted = asgi_app(checks)
    app.mount("/status", mounted)
    return asgi_app(path="/health")
