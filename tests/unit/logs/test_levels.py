"""Which level holds for which logger."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from anclora_otel.logs.levels import LevelTable


def record(name: str, level: int) -> logging.LogRecord:
    """Make a record of a logger."""
    return logging.makeLogRecord({"name": name, "levelno": level})


@pytest.fixture
def table(bare_root: logging.Logger) -> Iterator[LevelTable]:
    """Give a table by whose settings all is http and one component debug."""
    assert bare_root.level == logging.WARNING
    table = LevelTable(15, {"levels.queue": 10})
    table.start()
    yield table
    table.stop()


def test_the_settings_hold(table: LevelTable, bare_root: logging.Logger) -> None:
    """Lines of the settings' levels are made and taken, those of the component below included."""
    assert table.levels() == {"all": "http", "levels.queue": "debug"}
    assert table.changes == {}
    assert bare_root.level == 15
    assert table.accepts(record("levels.other", 15))
    assert not table.accepts(record("levels.other", 10))
    assert table.accepts(record("levels.queue.worker", 10))
    assert logging.getLogger("levels.queue.worker").isEnabledFor(10)


def test_a_change_and_its_end(table: LevelTable) -> None:
    """A changed component is louder until it is named no more."""
    table.change({"levels.other": "trace"})
    assert table.accepts(record("levels.other", 5))
    assert logging.getLogger("levels.other").isEnabledFor(5)
    assert table.levels()["levels.other"] == "trace"

    table.change({})
    assert not table.accepts(record("levels.other", 5))
    assert not logging.getLogger("levels.other").isEnabledFor(5)


def test_a_level_of_all(table: LevelTable, bare_root: logging.Logger) -> None:
    """It holds for components with a level of their own, too, except those that are named beside it."""
    table.change({"all": "error", "levels.bot": "info"})

    assert table.levels() == {"all": "error", "levels.bot": "info"}
    assert not table.accepts(record("levels.queue", 30))
    assert table.accepts(record("levels.bot", 20))
    assert bare_root.level == 40
    table.change({})
    assert bare_root.level == 15
    assert table.accepts(record("levels.queue", 10))


def test_a_level_that_the_application_has_set_since_stays(table: LevelTable) -> None:
    """What it sets after a change is not undone with the change."""
    table.change({"levels.own": "debug"})
    logging.getLogger("levels.own").setLevel(logging.ERROR)

    table.change({})
    assert logging.getLogger("levels.own").level == logging.ERROR
    logging.getLogger("levels.own").setLevel(logging.NOTSET)


def test_all_is_as_it_was_at_the_end(bare_root: logging.Logger) -> None:
    """Stopping gives the loggers back the levels that they had."""
    logging.getLogger("levels.before").setLevel(logging.ERROR)
    table = LevelTable(10, {"levels.before": 5})
    table.start()
    table.change({"all": "trace"})

    table.stop()
    assert (logging.getLogger("levels.before").level, bare_root.level) == (logging.ERROR, logging.WARNING)
    logging.getLogger("levels.before").setLevel(logging.NOTSET)


def test_a_root_logger_that_is_configured_stays(bare_root: logging.Logger) -> None:
    """An application that has a handler or a level of its own decides."""
    bare_root.setLevel(logging.ERROR)
    table = LevelTable(15, {})
    table.start()

    assert bare_root.level == logging.ERROR
    table.stop()


def test_a_root_logger_with_a_handler_stays(bare_root: logging.Logger) -> None:
    """Its level says what that handler shall see."""
    bare_root.addHandler(logging.NullHandler())
    table = LevelTable(15, {})
    table.start()

    assert bare_root.level == logging.WARNING
    table.stop()


@pytest.mark.parametrize(("level", "hidden"), [(15, True), (20, True), (30, False), (40, False)])
def test_handlers_see_what_they_would_have_seen(table: LevelTable, level: int, hidden: bool) -> None:
    """Records that exist only since the root logger was lowered are hidden from the application's handlers."""
    logger = logging.getLogger("levels.plain")

    assert table.hides(logger, record(logger.name, level)) is hidden


def test_handlers_see_what_was_asked_for(table: LevelTable, bare_root: logging.Logger) -> None:
    """A level that the application or the user sets is meant for its handlers, too."""
    logger = logging.getLogger("levels.plain")
    table.change({"all": "debug"})
    by_user = table.hides(logger, record(logger.name, 20))
    table.change({})
    bare_root.setLevel(logging.INFO)

    assert (by_user, table.hides(logger, record(logger.name, 20))) == (False, False)


def test_the_memory_of_names_is_bounded(table: LevelTable) -> None:
    """Records with endless names, as a receiver of other hosts' records makes them, do not fill the memory."""
    for number in range(20_000):
        table.accepts(record(f"levels.queue.{number}", 10))

    assert len(table._thresholds._known) <= 10_000
    assert table.accepts(record("levels.queue.never-seen", 10))
