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
from anclora_otel.logs.names import ALL
from anclora_otel.pipeline.records import number_of_level

_ROOT_DEFAULT = logging.WARNING
_NAMES_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Applied:
    """A level that was set on a logger, and the one that it had before."""

    level: int
    before: int


class _Thresholds:
    """
    The lowest levels that are taken, by the names of loggers; new ones take the place of old ones at once.

    Args:
        base: of loggers that have none of their own.
        own: of single loggers and those below them.

    """

    def __init__(self, base: int, own: Mapping[str, int]) -> None:
        self.base = base
        self.own = own
        self._known: dict[str, int] = {}

    def of(self, name: str) -> int:
        found = self._known.get(name)
        if found is None:
            found = self._find(name)
            if len(self._known) < _NAMES_REMEMBERED:
                self._known[name] = found
        return found

    def _find(self, name: str) -> int:
        while name and name not in self.own:
            name = name.rpartition(".")[0]
        return self.own.get(name, self.base)


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
        self._thresholds = _Thresholds(default, self._components)

    @property
    def base(self) -> int:
        """The stdlib level of loggers that have none of their own."""
        return self._thresholds.base

    @property
    def changes(self) -> dict[str, str]:
        """What was changed since the settings, as names of levels."""
        return {name: level_of(level).name for name, level in self._changes.items()}

    def levels(self) -> dict[str, str]:
        """Give the levels that hold, as names: of all, and of each logger that has its own."""
        names = {ALL: self._thresholds.base, **self._thresholds.own}
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
        return number_of_level(record) >= self._thresholds.of(record.name)

    def hides(self, logger: logging.Logger, record: logging.LogRecord) -> bool:
        """Say whether a record was made only since the root logger's level was lowered at the start."""
        if record.levelno >= _ROOT_DEFAULT or self._lowered is None or "" in self._applied:
            return False
        current: logging.Logger | None = logger
        while current is not None and not current.level:
            current = current.parent
        return isinstance(current, logging.RootLogger) and current.level == self._lowered

    def _apply(self) -> None:
        changes = dict(self._changes)
        everywhere = changes.pop(ALL, None)
        own = {**self._components, **changes} if everywhere is None else changes
        self._thresholds = _Thresholds(self._default if everywhere is None else everywhere, own)
        wanted = dict(own) if everywhere is None else {"": everywhere, **own}
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
