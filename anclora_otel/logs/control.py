"""
Change levels while the service runs, in all its processes.

A change is written to the file that they share; each looks at it once a second. A signal only leaves a note, and the
thread that looks at the file does the work, since a signal handler may interrupt anything.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from anclora_otel._guard import complaints, report_fault
from anclora_otel.catalogue.levels import LEVELS, STDLIB_LEVELS, LevelName
from anclora_otel.logs import level_file
from anclora_otel.logs.level_file import LevelFileError, Levels
from anclora_otel.logs.levels import LevelTable
from anclora_otel.logs.names import ALL, checked_level, checked_name

logger = logging.getLogger("anclora_otel")

POLL_SECONDS = 1.0
"""How often each process looks at the file of levels."""

Note = Literal["louder", "reset", "stop"]
"""What a signal asks for."""

# Several workers that get one signal at the same time take one step together.
_SAME_STEP_SECONDS = 1.0


class LevelControl:
    """
    The levels of this process, and the file that it shares them by.

    Args:
        table: the levels.
        path: the file, or None where changes hold for this process alone.

    """

    def __init__(self, table: LevelTable, path: Path | None) -> None:
        self.table = table
        self.path = path
        self._lock = threading.RLock()
        self._notes: queue.SimpleQueue[Note] = queue.SimpleQueue()
        self._seen: level_file.Signature | None = None
        # When this process last followed another base level, and the one that it had before.
        self._followed = (-math.inf, 0)
        self._stopped = False

    def start(self) -> None:
        """Apply the settings and what the file says, and watch the file from now on."""
        self.table.start()
        self._look()
        self._start_thread()

    def stop(self) -> None:
        """End the watching and give the loggers their own levels back."""
        self._notes.put("stop")
        with self._lock:
            self._stopped = True
            self.table.stop()

    def after_fork(self) -> None:
        """Watch in a forked child, too."""
        self._lock = threading.RLock()
        self._notes = queue.SimpleQueue()
        self._start_thread()

    def note(self, note: Note) -> None:
        """Leave a note for the watching thread; safe in a signal handler."""
        self._notes.put(note)

    def set_level(self, component: str, level: str) -> bool:
        """
        Change the level of a logger, or of all.

        Returns:
            Whether all processes of the service follow; if not, this one alone.

        Raises:
            SettingsError: if there is no such level, or the component is no name.

        """
        return self._change(with_level(component, level))

    def reset(self, component: str = ALL) -> bool:
        """Return to the settings: of one logger, or of all; see `set_level`."""
        return self._change(without_level(component))

    def step_louder(self) -> None:
        """Show one level more of everything in all processes of the service."""
        self._change(self._louder)

    def _louder(self, held: Levels) -> Levels:
        followed_at, base_before = self._followed
        if time.monotonic() - followed_at < _SAME_STEP_SECONDS and held.get(ALL) == louder(base_before):
            return held
        level = louder(self.table.base)
        own = {name: own for name, own in held.items() if STDLIB_LEVELS[own] < STDLIB_LEVELS[level]}
        return {**own, ALL: level}

    def _change(self, change: Callable[[Levels], Levels]) -> bool:
        with self._lock:
            before = self.table.changes
            if self.path is None:
                self._use(change(before))
                return False
            try:
                self._use(level_file.change_levels(self.path, change, in_place_of_broken=before))
                return True
            except LevelFileError as error:
                self._use(change(before))
                complaints.say(f"log levels: {error}", f"{error}; levels change in this process alone")
                return False

    def _look(self) -> None:
        """Take over what the file says, if it says something new."""
        if self.path is None:
            return
        with self._lock:
            try:
                found = level_file.signature(self.path)
                if found != self._seen:
                    self._seen = found
                    base_before = self.table.base
                    self._use(level_file.read_levels(self.path))
                    if self.table.base != base_before:
                        self._followed = (time.monotonic(), base_before)
            except LevelFileError as error:
                complaints.say(f"log levels: {error}", str(error))

    def _use(self, changes: Levels) -> None:
        if self._stopped or changes == self.table.changes:
            return
        self.table.change(changes)
        text = ", ".join(f"{name}={level}" for name, level in changes.items())
        logger.info("log levels: %s", f"{text} until they are reset" if text else "those of the settings hold again")

    def _start_thread(self) -> None:
        if self.path is not None:
            threading.Thread(target=self._watch, name="anclora-log-levels", daemon=True).start()

    def _watch(self) -> None:
        notes = self._notes
        self._announce()
        while True:
            try:
                note = notes.get(timeout=POLL_SECONDS)
            except queue.Empty:
                note = None
            if note == "stop":
                return
            try:
                self._obey(note)
            except Exception as error:
                report_fault("log levels", error)

    def _announce(self) -> None:
        """Leave an empty file where there is none, so that the command can tell a service that it does not find."""
        if self.path is not None and self.path.parent == level_file.default_path("").parent:
            with contextlib.suppress(LevelFileError):
                level_file.create(self.path)

    def _obey(self, note: Note | None) -> None:
        if note == "louder":
            self.step_louder()
        elif note == "reset":
            self.reset()
        else:
            self._look()


def with_level(component: str, level: str) -> Callable[[Levels], Levels]:
    """
    Make the change that gives a logger a level; one of ``all`` ends those of single loggers.

    Raises:
        SettingsError: if there is no such level, or the component is no name.

    """
    name, wanted = checked_name(component), checked_level(level)
    return lambda held: {ALL: wanted} if name == ALL else {**held, name: wanted}


def without_level(component: str) -> Callable[[Levels], Levels]:
    """
    Make the change that ends a logger's level, or all of them.

    Raises:
        SettingsError: if the component is no name.

    """
    name = checked_name(component)
    return lambda held: {} if name == ALL else {key: level for key, level in held.items() if key != name}


def louder(stdlib: int) -> LevelName:
    """Name the next level that shows more than a level of the standard library; beyond trace there is none."""
    return next((level.name for level in LEVELS if level.stdlib < stdlib), LEVELS[-1].name)
