"""Processes, Redis and the host: is there enough of everything."""

from __future__ import annotations

from anclora_otel.catalogue import http, runtime
from anclora_otel.catalogue.alerts import Scope, foreign
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import system as rules
from anclora_otel.catalogue.alerts.scope import MIB
from dashboards.builders import redis
from dashboards.builders.common import alerts_row, dashboard, logs_row, variables
from dashboards.builders.foreign import HOST_CPU, HOST_MEMORY
from dashboards.builders.limits import from_here
from dashboards.builders.model import Dashboard, Kind, Panel, Query, Row
from dashboards.builders.selectors import per_second, quantiles, ratio, recorded, series

_PROCESS = "{{job}} {{instance}}"
_SERVICE = "{{service_name}} {{instance}}"


def memory(scope: Scope, width: int = 8) -> Panel:
    """Give the memory of the processes with the alerts' lines."""
    return Panel(
        Kind.TIME_SERIES,
        "Resident memory",
        "Resident memory of each process; the health check fails later than the critical alert, on purpose.",
        "bytes",
        (Query(series(runtime.PROCESS_RESIDENT_MEMORY), _PROCESS),),
        width,
        limits=from_here(scope, d.MEMORY_WARNING, d.MEMORY_CRITICAL, MIB),
        minimum=0,
    )


def build(scope: Scope) -> Dashboard:
    """Build the dashboard for the thresholds of a scope."""
    rows = (_processes(scope), _python(scope), _http(), redis.row(scope), _host(scope), alerts_row(), logs_row())
    question = "Do the processes, Redis and the host have enough of everything?"
    return dashboard("system", "Anclora / System", question, rows, variables(everything=True))


def _processes(scope: Scope) -> Row:
    return Row(
        "Processes",
        (
            Panel(
                Kind.TIME_SERIES,
                "CPU",
                "Share of the CPU that each process may use.",
                "percentunit",
                (Query(recorded(rules.CPU_RATIO), _SERVICE),),
                8,
                limits=from_here(scope, d.CPU),
                minimum=0,
            ),
            memory(scope),
            Panel(
                Kind.TIME_SERIES,
                "Cores used",
                "CPU seconds per second, and the cores that a process may use.",
                "none",
                (
                    Query(per_second(runtime.PROCESS_CPU, "job", "instance"), _PROCESS),
                    Query(f"max by (job) ({series(runtime.PROCESS_CPU_LIMIT)})", "limit {{job}}"),
                ),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Restarts",
                "Unexplained starts in 15 minutes: not of a new version, and not of further processes at once.",
                "short",
                (Query(recorded(rules.RESTARTS), "{{service_name}}"),),
                8,
                limits=from_here(scope, d.RESTARTS),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Uptime",
                "Since each process started; a saw means restarts.",
                "s",
                (Query(f"time() - {series(runtime.PROCESS_START_TIME)}", _PROCESS),),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Open files",
                "File descriptors of each process; one that only grows is a leak.",
                "short",
                (Query(series(runtime.PROCESS_OPEN_FDS), _PROCESS),),
                8,
                minimum=0,
            ),
        ),
    )


def _python(scope: Scope) -> Row:
    return Row(
        "Python",
        (
            Panel(
                Kind.TIME_SERIES,
                "Event-loop lag",
                "The largest of the last 30 s. Blocking code in a coroutine shows here first.",
                "s",
                (Query(series(runtime.PYTHON_EVENTLOOP_LAG), _PROCESS),),
                8,
                limits=from_here(scope, d.LOOP_LAG),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Garbage collections",
                "Runs of the collector per second by generation.",
                "cps",
                (Query(per_second(runtime.PYTHON_GC_COLLECTIONS, "generation"), "generation {{generation}}"),),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Time in garbage collection",
                "Share of the time in which a process collected garbage and did nothing else.",
                "percentunit",
                (Query(per_second(runtime.PYTHON_GC_PAUSE, "job", "instance"), _PROCESS),),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Heap in use",
                "Of the allocator; resident memory without this is what the interpreter keeps.",
                "bytes",
                (Query(series(runtime.PYTHON_HEAP_USED), _PROCESS),),
                12,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Threads",
                "Threads that are alive.",
                "short",
                (Query(series(runtime.PYTHON_THREADS), _PROCESS),),
                12,
                minimum=0,
            ),
        ),
    )


def _http() -> Row:
    answered = series(http.HTTP_SERVER_REQUEST_DURATION, suffix="_count")
    requests = f"sum by (http_response_status_code) (rate({answered}[$__rate_interval]))"
    return Row(
        "HTTP",
        (
            Panel(
                Kind.TIME_SERIES,
                "Request duration P50, P95, P99",
                "Requests that the services answered; follow a dot to its trace.",
                "s",
                quantiles(http.HTTP_SERVER_REQUEST_DURATION, 0.5, 0.95, 0.99),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Requests by status",
                "Requests per second.",
                "reqps",
                (Query(requests, "{{http_response_status_code}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Requests in progress",
                "Requests that are being answered.",
                "short",
                (Query(f"sum by (job) ({series(http.HTTP_SERVER_ACTIVE_REQUESTS)})", "{{job}}"),),
                8,
                minimum=0,
            ),
        ),
    )


def _host(scope: Scope) -> Row:
    busy = per_second(HOST_CPU, "instance", where=('state!="idle"',))
    used = series(HOST_MEMORY, 'state="used"')
    return Row(
        "Host",
        (
            Panel(
                Kind.TIME_SERIES,
                "Host CPU",
                "Share of the time in which the host's processors were not idle.",
                "percentunit",
                (Query(ratio(busy, per_second(HOST_CPU, "instance")), "{{instance}}"),),
                8,
                minimum=0,
                maximum=1,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Host memory",
                "Share of the host's memory in use, without caches.",
                "percentunit",
                (Query(used, "{{instance}}"),),
                8,
                minimum=0,
                maximum=1,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Disk",
                "Used share of each filesystem, with the lines of both alerts.",
                "percentunit",
                (Query(series(foreign.FILESYSTEM, 'mode!="ro"'), "{{instance}} {{mountpoint}}"),),
                8,
                limits=from_here(scope, d.DISK_WARNING, d.DISK_CRITICAL),
                minimum=0,
                maximum=1,
            ),
        ),
    )
