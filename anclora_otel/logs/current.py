"""The levels of this process, as a user changes them."""

from __future__ import annotations

from anclora_otel.logs.control import LevelControl
from anclora_otel.logs.levels import LevelTable
from anclora_otel.logs.names import ALL
from anclora_otel.settings import Settings


class _Current:
    """Holds the control in use; before `configure` one without a file."""

    def __init__(self) -> None:
        self.control = LevelControl(LevelTable(Settings.log_level, {}), None)


_current = _Current()


def use_control(control: LevelControl) -> LevelControl:
    """Take another control into use, and give the one that was."""
    before, _current.control = _current.control, control
    return before


def control() -> LevelControl:
    """Give the control in use."""
    return _current.control


def set_level(component: str, level: str) -> None:
    """
    Change a log level in all processes of the service, within about a second, until `reset_level`.

    The change outlives a restart of the service. Before `configure` it holds for this process alone.

    Args:
        component: name of a logger, such as ``queue`` or ``uvicorn.access``, which takes those below it along; ``all``
            for every logger, also those with a level of their own.
        level: fatal, error, warn, info, http, debug or trace.

    Raises:
        SettingsError: if there is no such level, or the component is no name.

    """
    _current.control.set_level(component, level)


def reset_level(component: str = ALL) -> None:
    """
    Return to the levels of the settings in all processes of the service.

    Args:
        component: name of a logger, or ``all``.

    Raises:
        SettingsError: if the component is no name.

    """
    _current.control.reset(component)


def levels() -> dict[str, str]:
    """Give the levels that hold in this process: that of ``all``, and of each logger that has its own."""
    return _current.control.table.levels()
