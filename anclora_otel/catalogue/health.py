"""
From which point a health check warns and from which it fails, and how long it may take.

Named once, so that alerts and dashboards can use the same numbers.
"""

from __future__ import annotations

MEGABYTE = 1024 * 1024
"""Bytes of a megabyte, as in ``rssMB`` and ``heapUsedMB``."""

QUEUE_WAITING_WARN = 10_000
"""Waiting messages above which the queue check warns."""

QUEUE_FAILED_WARN = 1_000
"""Messages in the dead letter queue above which the queue check warns."""

MEMORY_WARN_MEGABYTES = 768
"""Resident memory above which the memory check warns."""

MEMORY_FAIL_MEGABYTES = 1536
"""Resident memory above which the memory check fails: later than the critical alert, since the service is taken out."""

EVENT_LOOP_LAG_WARN_SECONDS = 0.05
"""Lag of the event loop above which its check warns."""

EVENT_LOOP_LAG_FAIL_SECONDS = 0.1
"""Lag of the event loop above which its check fails."""

DISK_WARN_SHARE = 0.8
"""Share of a volume in use above which the disk check warns."""

DISK_FAIL_SHARE = 0.9
"""Share of a volume in use above which the disk check fails."""

TELEMETRY_STALE_SECONDS = 60.0
"""How long items may be undelivered until the telemetry check warns."""

CHECK_TIMEOUT_SECONDS = 2.0
"""How long a check may take unless it says otherwise."""

CACHE_SECONDS = 1.0
"""How long the result of a check answers further probes."""
