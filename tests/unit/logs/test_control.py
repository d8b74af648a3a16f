"""Levels change in every process that shares a file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anclora_otel.errors import SettingsError
from anclora_otel.logs.control import LevelControl, louder
from anclora_otel.logs.levels import LevelTable
from tests.wire.running import poll

Make = Callable[[], LevelControl]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a file that is not there."""
    return tmp_path / "levels.json"


@pytest.fixture
def make(path: Path, bare_root: logging.Logger) -> Iterator[Make]:  # noqa: ARG001 - put back last
    """Make controls as two processes have them, and stop them."""
    made: list[LevelControl] = []

    def start() -> LevelControl:
        control = LevelControl(LevelTable(15, {}), path)
        control.start()
        made.append(control)
        return control

    yield start
    for control in reversed(made):
        control.stop()


def levels_become(control: LevelControl, levels: dict[str, str]) -> None:
    """Wait until a control has these levels."""
    poll(lambda: control.table.levels() == levels, 30, f"{levels}, not {control.table.levels()}")


def test_a_change_reaches_the_others(make: Make) -> None:
    """By the file, at once here and soon there, and its end too."""
    here, there = make(), make()

    assert here.set_level("control.queue", "debug")
    assert here.table.changes == {"control.queue": "debug"}
    levels_become(there, {"all": "http", "control.queue": "debug"})
    assert there.reset("control.queue")
    levels_become(here, {"all": "http"})


def test_a_change_outlives_the_process(make: Make) -> None:
    """One that starts later has it from the beginning."""
    make().set_level("all", "warning")

    assert make().table.levels() == {"all": "warn"}


def test_a_level_of_all_ends_those_of_single_loggers(make: Make) -> None:
    """And a reset of all ends everything."""
    control = make()
    control.set_level("control.queue", "debug")
    control.set_level("all", "error")
    assert control.table.changes == {"all": "error"}

    control.reset()
    assert control.table.changes == {}


@pytest.mark.parametrize(("component", "level"), [("queue", "debgu"), ("", "debug"), ("a\nb", "debug")])
def test_what_is_no_level_changes_nothing(make: Make, path: Path, component: str, level: str) -> None:
    """It raises where the caller can see it."""
    control = make()

    with pytest.raises(SettingsError):
        control.set_level(component, level)
    assert control.table.changes == {}
    assert not path.exists()


def test_louder_by_a_note(make: Make) -> None:
    """A note steps once, further ones further, and a reset ends it; louder loggers stay as loud."""
    here, there = make(), make()
    here.set_level("control.queue", "trace")
    levels_become(there, {"all": "http", "control.queue": "trace"})

    here.note("louder")
    levels_become(here, {"all": "debug", "control.queue": "trace"})
    levels_become(there, {"all": "debug", "control.queue": "trace"})
    here.note("louder")
    levels_become(there, {"all": "trace"})
    there.note("reset")
    levels_become(here, {"all": "http"})


@pytest.mark.parametrize("looks", [True, False])
def test_one_signal_to_all_workers_is_one_step(make: Make, looks: bool) -> None:
    """Those that come second see that the step was taken, whether they know the new level already or not."""
    controls = [make(), make(), make()]
    for control in controls:
        if looks:
            control._look()
        control.step_louder()

    assert [control.table.levels() for control in controls] == [{"all": "debug"}] * 3


def test_a_step_right_after_another_change_counts(make: Make) -> None:
    """A reset from elsewhere is no step."""
    here, there = make(), make()
    here.set_level("all", "error")
    there._look()
    here.reset()
    there._look()
    there.step_louder()

    assert there.table.levels() == {"all": "debug"}


def test_two_signals_to_one_worker_are_two_steps(make: Make) -> None:
    """However soon the second comes."""
    control = make()
    control.step_louder()
    control.step_louder()

    assert control.table.levels() == {"all": "trace"}


@pytest.mark.parametrize(
    ("stdlib", "name"), [(50, "error"), (30, "info"), (15, "debug"), (12, "debug"), (5, "trace"), (0, "trace")]
)
def test_the_next_level(stdlib: int, name: str) -> None:
    """Beyond trace there is none."""
    assert louder(stdlib) == name


@pytest.mark.usefixtures("bare_root")
def test_without_a_file_levels_change_in_this_process() -> None:
    """As before `configure`."""
    control = LevelControl(LevelTable(15, {}), None)
    control.start()

    assert not control.set_level("control.queue", "debug")
    assert control.table.changes == {"control.queue": "debug"}
    control.stop()


def test_a_file_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The level changes in this process, and one line says so and what to set."""
    control = LevelControl(LevelTable(15, {}), tmp_path / "no" / "such" / "levels.json")

    assert not control.set_level("control.queue", "debug")
    assert not control.set_level("control.bot", "debug")
    assert control.table.changes == {"control.queue": "debug", "control.bot": "debug"}
    (line,) = [message for message in caplog.messages if "ANCLORA_LOG_LEVELS_FILE" in message]
    assert "levels change in this process alone" in line
    control.stop()


def test_rubbish_in_the_file(make: Make, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The levels stay, one line says what was expected, and a whole file is followed again."""
    control = make()
    control.set_level("control.queue", "debug")
    path.write_text('{"control.queue": "debgu"}')
    poll(lambda: "did you mean debug?" in caplog.text, 30, "the line about the file")

    assert control.table.changes == {"control.queue": "debug"}
    path.write_text('{"control.bot": "trace"}')
    levels_become(control, {"all": "http", "control.bot": "trace"})
    assert caplog.text.count("did you mean debug?") == 1


def test_a_file_that_is_removed(make: Make, path: Path) -> None:
    """The levels of the settings hold again."""
    control = make()
    control.set_level("control.queue", "debug")
    levels_become(control, {"all": "http", "control.queue": "debug"})
    control._look()
    path.unlink()

    levels_become(control, {"all": "http"})


def test_changes_are_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Who reads the log sees from when on the levels were others."""
    with caplog.at_level(logging.INFO, "anclora_otel"):
        control = make()
        control.set_level("control.queue", "debug")
        control.reset()

    assert [message for message in caplog.messages if message.startswith("log levels")] == [
        "log levels: control.queue=debug until they are reset",
        "log levels: those of the settings hold again",
    ]


def test_a_stopped_control_changes_nothing(make: Make) -> None:
    """Its loggers have their own levels back, whatever comes later."""
    control, other = make(), make()
    control.stop()
    other.set_level("control.late", "debug")
    control._look()

    assert control.table.changes == {}
