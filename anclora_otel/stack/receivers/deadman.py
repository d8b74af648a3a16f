"""A dead man's switch: it is content while it is pinged, and says so when it is not."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from anclora_otel.stack.receivers.inbox import Notification, Verdict

LIMIT_SECONDS = 180.0
"""Silence that is too long: Watchdog pings every one to two minutes."""


class Deadman:
    """
    The switch.

    Args:
        limit_seconds: silence after which the last ping counts as late.

    """

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit_seconds = limit_seconds
        self._began = time.monotonic()
        self._last: float | None = None
        self._lock = threading.Lock()
        self._pings = 0

    def ping(self, body: bytes) -> Verdict:
        """Take a ping."""
        with self._lock:
            self._last = time.monotonic()
            self._pings += 1
        return Verdict(200, "OK", Notification("deadman", True, "OK", f"ping {self._pings}", _alert_names(body)))

    def state(self) -> dict[str, Any]:
        """Tell how many pings there were, how long ago the last was, and whether the next one is late."""
        with self._lock:
            silence_seconds = time.monotonic() - (self._began if self._last is None else self._last)
            return {
                "pings": self._pings,
                "silence_seconds": round(silence_seconds, 3),
                "limit_seconds": self._limit_seconds,
                "late": silence_seconds > self._limit_seconds,
            }


def _alert_names(body: bytes) -> str:
    try:
        alerts = json.loads(body)["alerts"]
        return ", ".join(sorted({str(alert["labels"]["alertname"]) for alert in alerts}))
    except (ValueError, KeyError, TypeError):
        return ""
