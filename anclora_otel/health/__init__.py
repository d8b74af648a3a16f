"""
The health of a service, from checks that run side by side.

`health` holds the checks of this process; ``@health.check("whatsapp")`` adds one. Serve them by
`anclora_otel.integrations.fastapi.health_router`, by `asgi_app`, or by ``ANCLORA_HEALTH_PATH`` under the wrapper;
without a web server `HealthChecks.run_sync` gives the report.
"""

from anclora_otel.health.asgi import HealthApplication, asgi_app
from anclora_otel.health.check import ReadyCheck
from anclora_otel.health.dependency_checks import queue_check, redis_check
from anclora_otel.health.process_checks import disk_check, event_loop_check, memory_check, telemetry_check
from anclora_otel.health.registry import HealthChecks, health
from anclora_otel.health.results import CheckReport, CheckResult, CheckStatus, HealthReport, ServiceStatus

__all__ = [
    "CheckReport",
    "CheckResult",
    "CheckStatus",
    "HealthApplication",
    "HealthChecks",
    "HealthReport",
    "ReadyCheck",
    "ServiceStatus",
    "asgi_app",
    "disk_check",
    "event_loop_check",
    "health",
    "memory_check",
    "queue_check",
    "redis_check",
    "telemetry_check",
]
