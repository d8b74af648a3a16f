"""
Change levels while the service runs, in all its processes.

A change is written to the file that they share; each looks at it once a second. A signal only leaves a note, and the
thread that looks at the file does the work, since a signal handler may interrupt anything.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from anclora_otel._guard import complaints, report_fault
from anclora_otel.catalogue.levels import LEVELS, STDLIB_LEVELS, LevelName
from anclora_otel.errors import SettingProblem, SettingsError
from anclora_otel.logs import level_file
from anclora_otel.logs.level_file import LevelFileError
from anclora_otel.logs.levels import ALL, LevelTable
from anclora_otel.settings.values import nearest

POLL_SECONDS = 1.0
"""How often each process looks at the file of levels."""

Note = Literal["louder", "reset", "stop"]
"""What a signal asks for."""

_Change = Callable[[dict[str, str]], dict[str, str]]

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
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Apply the settings and what the file says, and watch the file from now on."""
        self.table.start()
        self._look()
        self._start_thread()

    def stop(self) -> None:
        """End the watching and give the loggers their own levels back."""
        self._notes.put("stop")
        self.table.stop()

    def after_fork(self) -> None:
        """Watch in a forked child, too."""
        self._lock = threading.RLock()
        self._notes = queue.SimpleQueue()
        self._start_thread()

    def note(self, note: Note) -> None:
        """Leave a note for the watching thread; safe in a signal handler."""
        self._notes.put(note)

    def set_level(self, component: str, level: str) -> None:
        """
        Change the level of a logger, or of all, in all processes of the service.

        Raises:
            SettingsError: if there is no such level, or the component is no name.

        """
        name, wanted = checked_name(component), checked_level(level)
        self._change(lambda held: {ALL: wanted} if name == ALL else {**held, name: wanted})

    def reset(self, component: str = ALL) -> None:
        """Return to the settings: of one logger, or of all."""
        name = checked_name(component)
        self._change(lambda held: {} if name == ALL else _without(held, name))

    def step_louder(self) -> None:
        """Show one level more of everything in all processes of the service."""
        self._change(lambda _: {ALL: louder(self.table.base)}, is_step=True)

    def _change(self, change: _Change, *, is_step: bool = False) -> None:
        with self._lock:
            if self.path is None:
                self._use(change(self.table.changes))
                return
            try:
                with level_file.locked(self.path):
                    held = self._held(self.path)
                    stepped = is_step and self._stepped_elsewhere(self.path, held)
                    changed = held if stepped else change(held)
                    level_file.write_levels(self.path, changed)
                    self._seen = level_file.signature(self.path)
            except LevelFileError as error:
                changed = change(self.table.changes)
                complaints.say("file of log levels", f"{error}; levels change in this process alone")
            self._use(changed)

    def _held(self, path: Path) -> dict[str, str]:
        try:
            return level_file.read_levels(path)
        except LevelFileError:
            # A broken file is replaced by a whole one.
            return self.table.changes

    def _stepped_elsewhere(self, path: Path, held: Mapping[str, str]) -> bool:
        found = level_file.signature(path)
        if found is None or found == self._seen or held.get(ALL) == self.table.changes.get(ALL):
            return False
        return abs(time.time() - found[0] / 1e9) < _SAME_STEP_SECONDS

    def _look(self) -> None:
        """Take over what the file says, if it says something new."""
        if self.path is None:
            return
        with self._lock:
            try:
                found = level_file.signature(self.path)
                if found == self._seen:
                    return
                self._seen = found
                self._use(level_file.read_levels(self.path))
            except LevelFileError as error:
                complaints.say("file of log levels", str(error))

    def _use(self, changes: Mapping[str, str]) -> None:
        if changes != self.table.changes:
            self.table.change(changes)

    def _start_thread(self) -> None:
        if self.path is None:
            return
        self._thread = threading.Thread(target=self._watch, name="anclora-log-levels", daemon=True)
        self._thread.start()

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


def louder(stdlib: int) -> LevelName:
    """Name the next level that shows more than a level of the standard library; beyond trace there is none."""
    return next((level.name for level in LEVELS if level.stdlib < stdlib), LEVELS[-1].name)


def checked_name(component: str) -> str:
    """
    Give the name of a component as it is used.

    Raises:
        SettingsError: if it is no name.

    """
    name = component.strip() if isinstance(component, str) else ""
    if not name or not name.isprintable() or len(name) > 200:
        problem = SettingProblem(
            "component", f"{component!r:.80}", "the name of a logger, or all", "give a name such as queue"
        )
        raise SettingsError([problem])
    return name


def checked_level(level: str) -> str:
    """
    Give the name of a level as it is used.

    Raises:
        SettingsError: if there is no such level.

    """
    name = level.strip().lower() if isinstance(level, str) else ""
    if name not in STDLIB_LEVELS:
        hint = nearest(name, STDLIB_LEVELS)
        remedy = f"did you mean {hint}?" if hint else "the level stays as it is"
        raise SettingsError([SettingProblem("level", f"{level!r:.80}", " or ".join(STDLIB_LEVELS), remedy)])
    return name


def _without(held: Mapping[str, str], component: str) -> dict[str, str]:
    return {name: level for name, level in held.items() if name != component}
