"""
Which level holds for which logger, by the settings and by what was changed since.

Two gates follow a level: the level of the standard library's logger, so that a line is made at all, and the bridge's
own, so that it comes to the console, the files and the exporter. A level holds for a logger and for all below it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from anclora_otel.catalogue.levels import STDLIB_LEVELS, level_of
from anclora_otel.pipeline.records import number_of_level

ALL = "all"
"""Stands for every logger."""

_ROOT_DEFAULT = logging.WARNING


@dataclass(frozen=True)
class _Applied:
    """A level that was set on a logger, and the one that it had before."""

    level: int
    before: int


class LevelTable:
    """
    The levels of a process.

    Args:
        default: the stdlib level of all loggers by the settings.
        components: the stdlib levels of single loggers by the settings.

    """

    def __init__(self, default: int, components: Mapping[str, int]) -> None:
        self._default = default
        self._components = dict(components)
        self._changes: dict[str, int] = {}
        self._applied: dict[str, _Applied] = {}
        self._lowered: int | None = None
        self._thresholds: dict[str, int] = {}
        self._base, self._own = default, self._components

    @property
    def base(self) -> int:
        """The stdlib level of loggers that have none of their own."""
        return self._base

    @property
    def changes(self) -> dict[str, str]:
        """What was changed since the settings, as names of levels."""
        return {name: level_of(level).name for name, level in self._changes.items()}

    def levels(self) -> dict[str, str]:
        """Give the levels that hold, as names: of all, and of each logger that has its own."""
        names = {ALL: self._base, **self._own}
        return {name: level_of(level).name for name, level in names.items()}

    def start(self) -> None:
        """
        Apply the settings to the loggers.

        Where nobody has configured logging yet, the root logger's level is lowered, since it would swallow all below
        a warning; `hides` keeps that from the handlers that the application adds later.
        """
        root = logging.getLogger()
        if not root.handlers and root.level == _ROOT_DEFAULT and self._default < _ROOT_DEFAULT:
            root.setLevel(self._default)
            self._lowered = self._default
        self._apply()

    def change(self, changes: Mapping[str, str]) -> None:
        """
        Put changes in place of those that held; all that is not named returns to the settings.

        Args:
            changes: names of loggers, or ``all``, with names of levels; a level of ``all`` holds for every logger
                that is not named here, also for those with a level of their own by the settings.

        """
        self._changes = {name: STDLIB_LEVELS[level] for name, level in changes.items()}
        self._apply()

    def stop(self) -> None:
        """Give the loggers their own levels back."""
        self._restore({})
        root = logging.getLogger()
        if self._lowered is not None and root.level == self._lowered:
            root.setLevel(_ROOT_DEFAULT)
        self._lowered = None

    def accepts(self, record: logging.LogRecord) -> bool:
        """Say whether a record's level is high enough for the console, the files and the exporter."""
        threshold = self._thresholds.get(record.name)
        if threshold is None:
            threshold = self._thresholds[record.name] = self._threshold(record.name)
        return number_of_level(record) >= threshold

    def hides(self, logger: logging.Logger, record: logging.LogRecord) -> bool:
        """Say whether a record was made only since the root logger's level was lowered at the start."""
        if record.levelno >= _ROOT_DEFAULT or self._lowered is None or "" in self._applied:
            return False
        current: logging.Logger | None = logger
        while current is not None and not current.level:
            current = current.parent
        return isinstance(current, logging.RootLogger) and current.level == self._lowered

    def _threshold(self, name: str) -> int:
        while name and name not in self._own:
            name = name.rpartition(".")[0]
        return self._own.get(name, self._base)

    def _apply(self) -> None:
        changes = dict(self._changes)
        everywhere = changes.pop(ALL, None)
        self._base = self._default if everywhere is None else everywhere
        self._own = {**self._components, **changes} if everywhere is None else changes
        self._thresholds = {}
        wanted = dict(self._own) if everywhere is None else {"": everywhere, **self._own}
        self._restore(wanted)
        for name, level in wanted.items():
            logger = logging.getLogger(name)
            applied = self._applied.get(name)
            before = applied.before if applied is not None and logger.level == applied.level else logger.level
            logger.setLevel(level)
            self._applied[name] = _Applied(level, before)

    def _restore(self, wanted: Mapping[str, int]) -> None:
        for name in [name for name in self._applied if name not in wanted]:
            applied = self._applied.pop(name)
            logger = logging.getLogger(name)
            # One that the application has set since stays.
            if logger.level == applied.level:
                logger.setLevel(applied.before)
