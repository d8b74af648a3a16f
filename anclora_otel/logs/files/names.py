"""
Names of the daily log files, what each holds, and how long it is kept.

``anclora-2026-03-01.log`` is written to. ``anclora-2026-03-01.log.1``, ``.2`` and so on, in the order of time, were put
aside at their size or at the end of their day, and become ``.1.gz``, ``.2.gz`` when they are compressed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timezone

from anclora_otel.catalogue.levels import LEVELS_BY_NAME, Level

_ERROR = LEVELS_BY_NAME["error"]
_HTTP = LEVELS_BY_NAME["http"]
_NAME = re.compile(r"(anclora(?:-error|-http)?)-(\d{4}-\d{2}-\d{2})\.log(?:\.([1-9]\d{0,8})(\.gz)?)?")

WRITE_LOCK = ".anclora.lock"
"""Who holds it may write to the files of a folder and put them aside."""

HOUSEKEEPING_LOCK = ".anclora-housekeeping.lock"
"""Who holds it may compress and remove files of a folder."""

UNFINISHED = ".unfinished"
"""Ending of what is being compressed."""


@dataclass(frozen=True)
class LogFileKind:
    """
    One of the log files of a day.

    Args:
        name: what its name begins with.
        keep_days: days that it is kept after its own.
        takes: whether a line of a level belongs into it.

    """

    name: str
    keep_days: int
    takes: Callable[[Level], bool]


ALL = LogFileKind("anclora", 14, lambda _: True)
"""Every line, those about requests included."""

ERROR = LogFileKind("anclora-error", 30, lambda level: level.number <= _ERROR.number)
"""Lines of level error and fatal."""

HTTP = LogFileKind("anclora-http", 7, lambda level: level.number == _HTTP.number)
"""Lines of level http."""

KINDS = (ALL, ERROR, HTTP)
"""The log files of a day."""

_KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class LogFileName:
    """
    The name of a log file.

    Args:
        kind: what it holds.
        day: its day in UTC.
        number: its place among those put aside on its day, or 0 for the one that is written to.
        compressed: whether it is compressed.

    """

    kind: LogFileKind
    day: date
    number: int = 0
    compressed: bool = False

    def __str__(self) -> str:
        """Give the name as it stands in the folder."""
        number = f".{self.number}" if self.number else ""
        return f"{self.kind.name}-{self.day.isoformat()}.log{number}{'.gz' if self.compressed else ''}"


def parse_name(text: str) -> LogFileName | None:
    """Read a name in the folder; None for what is no log file of ours."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    kind, day, number, ending = found.groups()
    try:
        return LogFileName(_KINDS_BY_NAME[kind], date.fromisoformat(day), int(number or 0), ending is not None)
    except ValueError:
        return None


def set_aside(live: LogFileName, names: Iterable[str]) -> LogFileName:
    """Give the name under which a file that was written to is put aside, given all `names` in its folder."""
    others = (parse_name(name) for name in names)
    numbers = (other.number for other in others if other and other.kind is live.kind and other.day == live.day)
    return LogFileName(live.kind, live.day, 1 + max(numbers, default=0))


def day_of(seconds: float) -> date:
    """
    Give the day of a Unix time in UTC, as in the lines' timestamps.

    Local days would differ between processes of different time zones, which would close each other's files.
    """
    return datetime.fromtimestamp(seconds, timezone.utc).date()
