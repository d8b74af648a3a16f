"""The notifications that arrive at the stack's stand-ins for Slack, mail, PagerDuty and the dead man's switch."""

from __future__ import annotations

import json
from pathlib import Path

from anclora_otel.stack.receivers import Notification


class Notifications:
    """
    Read what arrives from now on.

    Args:
        file: the JSON lines of the stand-ins.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_bytes = file.stat().st_size if file.exists() else 0

    def new_lines(self) -> list[str]:
        """Give a line for each that arrived since the last call."""
        if not self._file.exists():
            return []
        with self._file.open("rb") as opened:
            opened.seek(self._read_bytes)
            fresh = opened.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return [Notification(**json.loads(line)).line() for line in whole.splitlines()]
