"""Ready-made checks of the process itself: its memory, its event loops, its disk and its telemetry."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from anclora_otel.catalogue import health as thresholds
from anclora_otel.health.check import ReadyCheck
from anclora_otel.health.limits import usable_number
from anclora_otel.health.readings import current_readings
from anclora_otel.health.results import CheckResult, CheckStatus
from anclora_otel.pipeline.accounting import ExportCounts

_NOT_WIRED = CheckResult("warn", {"measured": "nothing yet: call anclora_otel.configure() when the service starts"})
_NOT_KNOWN = CheckResult("pass", {"measured": "nothing: this system does not tell"})


def memory_check(
    *,
    warn_megabytes: float = thresholds.MEMORY_WARN_MEGABYTES,
    fail_megabytes: float = thresholds.MEMORY_FAIL_MEGABYTES,
) -> ReadyCheck:
    """
    Check the resident memory of the process; details are ``rssMB`` and ``heapUsedMB``.

    Args:
        warn_megabytes: warns above this.
        fail_megabytes: fails above this.

    """
    warn_megabytes = usable_number("warn_megabytes of memory_check()", warn_megabytes, thresholds.MEMORY_WARN_MEGABYTES)
    fail_megabytes = usable_number("fail_megabytes of memory_check()", fail_megabytes, thresholds.MEMORY_FAIL_MEGABYTES)

    def check() -> CheckResult:
        readings = current_readings()
        if readings is None:
            return _NOT_WIRED
        resident, heap = readings.resident_memory_bytes(), readings.heap_used_bytes()
        if resident is None:
            return _NOT_KNOWN
        megabytes = resident / thresholds.MEGABYTE
        details: dict[str, object] = {"rssMB": round(megabytes, 1)}
        if heap is not None:
            details["heapUsedMB"] = round(heap / thresholds.MEGABYTE, 1)
        return CheckResult(_status(megabytes, warn_megabytes, fail_megabytes), details)

    return ReadyCheck(check)


def event_loop_check(
    *,
    warn_seconds: float = thresholds.EVENT_LOOP_LAG_WARN_SECONDS,
    fail_seconds: float = thresholds.EVENT_LOOP_LAG_FAIL_SECONDS,
) -> ReadyCheck:
    """
    Check the lag of the event loops of this process; the detail ``lagMs`` is the largest of the last 30 s.

    Not critical unless it is added so: a service that is slow under load and is taken out leaves its load to the
    others.

    Args:
        warn_seconds: warns above this.
        fail_seconds: fails above this.

    """
    warn_seconds = usable_number(
        "warn_seconds of event_loop_check()", warn_seconds, thresholds.EVENT_LOOP_LAG_WARN_SECONDS
    )
    fail_seconds = usable_number(
        "fail_seconds of event_loop_check()", fail_seconds, thresholds.EVENT_LOOP_LAG_FAIL_SECONDS
    )

    def check() -> CheckResult:
        readings = current_readings()
        if readings is None:
            return _NOT_WIRED
        lag = readings.event_loop_lag_seconds()
        if lag is None:
            return CheckResult("pass", {"measured": "nothing: no event loop is watched"})
        return CheckResult(_status(lag, warn_seconds, fail_seconds), {"lagMs": round(lag * 1000, 1)})

    return ReadyCheck(check, critical=False)


def disk_check(
    path: str | Path = ".",
    *,
    warn_share: float = thresholds.DISK_WARN_SHARE,
    fail_share: float = thresholds.DISK_FAIL_SHARE,
) -> ReadyCheck:
    """
    Check how full the volume of a path is; details are ``usedPercent`` and ``freeMB``.

    Not critical unless it is added so: a full disk stops files, not messages.

    Args:
        path: a file or a folder on the volume.
        warn_share: warns above this share in use, 0 to 1.
        fail_share: fails above this share in use, 0 to 1.

    """
    warn_share = usable_number("warn_share of disk_check()", warn_share, thresholds.DISK_WARN_SHARE, highest=1)
    fail_share = usable_number("fail_share of disk_check()", fail_share, thresholds.DISK_FAIL_SHARE, highest=1)

    def check() -> CheckResult:
        usage = shutil.disk_usage(path)
        # As df does: what is reserved for root is neither used nor free.
        share = usage.used / max(1, usage.used + usage.free)
        details = {"usedPercent": round(share * 100, 1), "freeMB": usage.free // thresholds.MEGABYTE}
        return CheckResult(_status(share, warn_share, fail_share), details)

    return ReadyCheck(check, critical=False)


def telemetry_check(*, stale_seconds: float = thresholds.TELEMETRY_STALE_SECONDS) -> ReadyCheck:
    """
    Check the telemetry by what was last delivered, signal by signal; it warns at worst, whatever happens.

    Details of each signal: ``lastDeliveredSecondsAgo``, ``exported``, ``failed``, ``waiting`` and ``dropped``, where
    known. What was never to be sent is no reason to warn.

    Args:
        stale_seconds: warns when items were not delivered for longer, or when items were dropped within this time.

    """
    stale_seconds = usable_number(
        "stale_seconds of telemetry_check()", stale_seconds, thresholds.TELEMETRY_STALE_SECONDS
    )

    def check() -> CheckResult:
        readings = current_readings()
        if readings is None:
            return _NOT_WIRED
        exports = readings.exports()
        if exports is None:
            return CheckResult("pass", {"exporting": False})
        return _judge(exports, stale_seconds)

    return ReadyCheck(check, critical=False, worst="warn")


def standard_checks() -> dict[str, ReadyCheck]:
    """Give the checks that every `HealthChecks` has unless told otherwise."""
    return {
        "memory": memory_check(),
        "event_loop": event_loop_check(),
        "disk": disk_check(),
        "telemetry": telemetry_check(),
    }


def _judge(exports: Mapping[str, ExportCounts], stale_seconds: float) -> CheckResult:
    details: dict[str, object] = {signal: _export_details(counts) for signal, counts in exports.items()}
    problems = [problem for signal in exports if (problem := _export_problem(signal, exports, stale_seconds))]
    if problems:
        return CheckResult("warn", {"reason": "; ".join(problems), **details})
    return CheckResult("pass", details)


def _export_details(counts: ExportCounts) -> dict[str, object]:
    ago = counts.delivered_seconds_ago
    found: dict[str, object] = {
        "lastDeliveredSecondsAgo": None if ago is None else round(ago, 1),
        "exported": counts.exported,
        "failed": counts.failed,
    }
    if counts.waiting is not None:
        found["waiting"] = counts.waiting
        found["dropped"] = counts.dropped
    return found


def _export_problem(signal: str, exports: Mapping[str, ExportCounts], stale_seconds: float) -> str:
    counts = exports[signal]
    undelivered, dropped = counts.undelivered_seconds, counts.dropped_seconds_ago
    if undelivered is not None and undelivered > stale_seconds and not _is_past(counts, exports.values()):
        return f"no {signal} delivered for {undelivered:.0f} s"
    if dropped is not None and dropped <= stale_seconds:
        return f"{signal} dropped {dropped:.0f} s ago"
    return ""


def _is_past(counts: ExportCounts, exports: Iterable[ExportCounts]) -> bool:
    """Say whether nothing waits any more and the collector has taken something of another signal since the failure."""
    if counts.waiting != 0 or counts.failed_seconds_ago is None:
        return False
    delivered = [each.delivered_seconds_ago for each in exports if each.delivered_seconds_ago is not None]
    return min(delivered, default=math.inf) < counts.failed_seconds_ago


def _status(value: float, warn: float, fail: float) -> CheckStatus:
    if value > fail:
        return "fail"
    return "warn" if value > warn else "pass"
