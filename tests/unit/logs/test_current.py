"""The levels of this process, as a user changes them."""

from __future__ import annotations

import logging

import pytest

from anclora_otel.errors import SettingsError
from anclora_otel.logs import levels, reset_level, set_level
from anclora_otel.logs.control import LevelControl
from anclora_otel.logs.current import control, use_control
from anclora_otel.logs.levels import LevelTable


def test_before_configure_this_process_alone_changes() -> None:
    """The functions work without any telemetry."""
    set_level("current.queue", "debug")
    changed, enabled = levels(), logging.getLogger("current.queue").isEnabledFor(10)
    reset_level("current.queue")

    assert (changed, enabled) == ({"all": "http", "current.queue": "debug"}, True)
    assert levels() == {"all": "http"}


def test_another_control_is_taken_into_use() -> None:
    """The functions follow the control of the telemetry that runs."""
    own = LevelControl(LevelTable(40, {}), None)
    before = use_control(own)
    try:
        assert control() is own
        assert levels() == {"all": "error"}
    finally:
        use_control(before)


def test_what_is_no_level_raises() -> None:
    """A typing error is told to the one who made it."""
    with pytest.raises(SettingsError, match="did you mean trace"):
        set_level("queue", "trase")
    with pytest.raises(SettingsError, match="the name of a logger"):
        reset_level("")
