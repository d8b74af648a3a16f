"""Alerts on processes, their host, and on services that stopped or keep restarting."""

from __future__ import annotations

from anclora_otel.catalogue import runtime
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.alerts.forms import above, limit_of
from anclora_otel.catalogue.alerts.model import (
    DURATION,
    MEBIBYTES,
    PERCENTAGE,
    Alert,
    Expression,
    Group,
    Record,
    Severity,
)
from anclora_otel.catalogue.alerts.promql import BY_SERVICE, ENVIRONMENT, INSTANCE, SERVICE, aggregate, lately, select
from anclora_otel.catalogue.alerts.scope import MIB, Scope, number_text
from anclora_otel.catalogue.alerts.setting import Setting
from anclora_otel.catalogue.alerts.telemetry import COLLECTOR_KNOWN_DOWN

VERSION = "service_version"
BY_INSTANCE = (*BY_SERVICE, INSTANCE)
ON_SERVICE = f"on ({SERVICE}, {ENVIRONMENT})"

MEMORY = Record(
    "service_instance:anclora_process_resident_memory_bytes:max",
    "resident memory of each process, bytes",
    lambda s: aggregate("max", BY_INSTANCE, lately(s, runtime.PROCESS_RESIDENT_MEMORY)),
)
LOOP_LAG = Record(
    "service_instance:anclora_python_eventloop_lag_seconds:max",
    "event loop lag of each process, seconds",
    lambda s: aggregate("max", BY_INSTANCE, lately(s, runtime.PYTHON_EVENTLOOP_LAG)),
)
CPU_RATIO = Record(
    "service_instance:anclora_process_cpu_seconds:ratio",
    "CPU used / CPU that the process may use",
    lambda s: aggregate(
        "max",
        BY_INSTANCE,
        f"rate({select(s, runtime.PROCESS_CPU)}[{s.duration(d.RATE)}]) / ({lately(s, runtime.PROCESS_CPU_LIMIT)} > 0)",
    ),
)
DISK_RATIO = Record(
    "service_instance_mountpoint:system_filesystem_utilization:ratio",
    "used share of each filesystem that can be written",
    lambda s: aggregate("max", (*BY_INSTANCE, "mountpoint"), lately(s, foreign.FILESYSTEM, 'mode!="ro"')),
)


def _started(s: Scope) -> str:
    start = select(s, runtime.PROCESS_START_TIME)
    window = f"[{s.duration('15m')}]"
    # A scraped process keeps its instance and changes its start time; a pushed one is a new instance.
    starts = (
        f"(last_over_time({start}{window}) > bool time() - {s.seconds('15m')}) * clamp_min(changes({start}{window}), 1)"
    )
    return aggregate("sum", (*BY_SERVICE, VERSION), starts)


RUNNING = Record(
    "service:anclora_processes:count",
    "processes of each service that report",
    lambda s: aggregate("count", BY_SERVICE, lately(s, runtime.PROCESS_START_TIME)),
)
STARTED = Record(
    "service_version:anclora_process_starts:sum15m",
    "processes of each version that came up within 15 minutes",
    _started,
)
SETTLED = Record(
    "service_version:anclora_processes:group15m",
    "1 for each version that ran before the last 15 minutes",
    lambda s: aggregate(
        "group",
        (*BY_SERVICE, VERSION),
        f"last_over_time({select(s, runtime.PROCESS_START_TIME)}[{s.duration('15m')}] offset {s.duration('15m')})",
    ),
)


def _unexplained(s: Scope) -> str:
    on = f"on ({SERVICE}, {ENVIRONMENT}, {VERSION})"
    starts = f"sum by ({SERVICE}, {ENVIRONMENT}) ({STARTED.name} and {on} {SETTLED.name})"
    # A process that has just died is still counted beside its successor: two minutes' minimum leaves it out.
    lasting = f"min_over_time({RUNNING.name}[{s.duration('2m')}])"
    growth = f"clamp_min({lasting} - {ON_SERVICE} ({RUNNING.name} offset {s.duration('15m')}), 0)"
    return f"{starts} - {ON_SERVICE} ({growth} or {ON_SERVICE} 0 * {starts})"


RESTARTS = Record(
    "service:anclora_process_restarts:sum15m",
    "starts within 15 minutes that neither a new version nor more processes at once explain",
    _unexplained,
)
RECORDS = (MEMORY, LOOP_LAG, CPU_RATIO, DISK_RATIO, RUNNING, STARTED, SETTLED, RESTARTS)
"""What dashboards and alerts read, in the order of evaluation."""


def _leak(s: Scope) -> str:
    now, hour = MEMORY.name, s.duration("1h")
    grown = f"{now} / ({now} offset {hour} > 0) - 1 > {s.number(d.LEAK_GROWTH)}"
    window, before = s.duration("5m"), s.duration("15m")
    going_on = f"min_over_time({now}[{window}]) > 1.02 * max_over_time({now}[{window}] offset {before})"
    return f"{grown} and {going_on}"


def _gone(s: Scope) -> str:
    short_lived = f'{{{SERVICE}!~"{s.text(d.SHORT_LIVED)}"}}' if s.text(d.SHORT_LIVED) else ""
    seen = f"last_over_time({RUNNING.name}{short_lived}[{s.duration(d.REMEMBERED)}])"
    return f"({seen} unless {RUNNING.name}) unless on () {COLLECTOR_KNOWN_DOWN.name}"


def _mebibytes(setting: Setting) -> Expression:
    return lambda s: f"{number_text(s.value(setting))} MiB"


HIGH_MEMORY = Alert(
    "HighMemoryUsage",
    "Memory",
    Severity.WARNING,
    "system",
    "10m",
    above(MEMORY, d.MEMORY_WARNING, factor=MIB),
    "A process takes much memory.",
    "resident memory of a process above <limit>",
    "It comes near the limit at which it is killed.",
    _mebibytes(d.MEMORY_WARNING),
    MEBIBYTES,
)
CRITICAL_MEMORY = Alert(
    "CriticalMemoryUsage",
    "Memory",
    Severity.CRITICAL,
    "system",
    "5m",
    above(MEMORY, d.MEMORY_CRITICAL, factor=MIB),
    "A process takes too much memory.",
    "resident memory of a process above <limit>",
    "The system may kill it at any moment, with the messages that it holds.",
    _mebibytes(d.MEMORY_CRITICAL),
    MEBIBYTES,
)
MEMORY_LEAK = Alert(
    "MemoryLeak",
    "MemoryTrend",
    Severity.WARNING,
    "system",
    "15m",
    _leak,
    "The memory of a process grows without end.",
    "resident memory grew by more than <limit> in an hour and keeps growing",
    "At this pace the process is killed for its memory.",
    limit_of(d.LEAK_GROWTH, "%"),
    PERCENTAGE,
)
HIGH_LAG = Alert(
    "HighEventLoopLag",
    "EventLoop",
    Severity.WARNING,
    "system",
    "5m",
    above(LOOP_LAG, d.LOOP_LAG),
    "The event loop is blocked.",
    "event loop lag above <limit>",
    "All requests of this process wait while something computes or blocks.",
    limit_of(d.LOOP_LAG, " s"),
    DURATION,
)
HIGH_CPU = Alert(
    "HighCPUUsage",
    "CPU",
    Severity.WARNING,
    "system",
    "10m",
    above(CPU_RATIO, d.CPU),
    "A process uses nearly all CPU that it may use.",
    "CPU above <limit> of what the process may use",
    "Processing slows down; the event loop lags.",
    limit_of(d.CPU, "%"),
    PERCENTAGE,
)
HIGH_DISK = Alert(
    "HighDiskUsage",
    "Disk",
    Severity.WARNING,
    "system",
    "10m",
    above(DISK_RATIO, d.DISK_WARNING),
    "A filesystem fills up.",
    "a filesystem above <limit>",
    "When it is full, logs, queues and databases on it stop.",
    limit_of(d.DISK_WARNING, "%"),
    PERCENTAGE,
)
CRITICAL_DISK = Alert(
    "CriticalDiskUsage",
    "Disk",
    Severity.CRITICAL,
    "system",
    "5m",
    above(DISK_RATIO, d.DISK_CRITICAL),
    "A filesystem is nearly full.",
    "a filesystem above <limit>",
    "Writes are about to fail: logs, queues and databases on it stop.",
    limit_of(d.DISK_CRITICAL, "%"),
    PERCENTAGE,
)
SERVICE_DOWN = Alert(
    "ServiceDown",
    "ServiceUp",
    Severity.CRITICAL,
    "system",
    "2m",
    _gone,
    "A service stopped reporting.",
    "no process reports of a service that reported before",
    "It is down, or cannot reach the collector.",
    value='{{ $value | printf "%.0f" }} before, none now',
    names_absence=True,
)
HIGH_RESTARTS = Alert(
    "HighRestartRate",
    "Restarts",
    Severity.WARNING,
    "system",
    "5m",
    above(RESTARTS, d.RESTARTS),
    "Processes of a service keep restarting.",
    "more than <limit> starts in 15 minutes that no deploy and no scale-up explains",
    "Messages in flight are lost or processed twice at each crash.",
    limit_of(d.RESTARTS),
)

GROUPS = (
    Group("anclora_system_recording", "recording.yaml", RECORDS),
    Group(
        "anclora_system_alerts",
        "alerts.yaml",
        (
            HIGH_MEMORY,
            CRITICAL_MEMORY,
            MEMORY_LEAK,
            HIGH_LAG,
            HIGH_CPU,
            HIGH_DISK,
            CRITICAL_DISK,
            SERVICE_DOWN,
            HIGH_RESTARTS,
        ),
    ),
)
"""The rules of the domain."""
