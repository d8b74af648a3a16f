"""Names of the log files are read as they are written, and nothing else is taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anclora_otel.catalogue.levels import LEVELS
from anclora_otel.logs.files.names import ALL, ERROR, HTTP, KINDS, LogFileName, day_of, parse_name, set_aside

DAYS = st.dates(date(1000, 1, 1))
LIVE = st.builds(LogFileName, st.sampled_from(KINDS), DAYS)
PUT_ASIDE = st.builds(LogFileName, st.sampled_from(KINDS), DAYS, st.integers(1, 10**9 - 1), st.booleans())


@given(st.one_of(LIVE, PUT_ASIDE))
def test_a_name_is_read_as_it_is_written(name: LogFileName) -> None:
    """Writing and reading a name give the same one."""
    assert parse_name(str(name)) == name


@given(st.text(max_size=60))
def test_only_a_name_that_would_be_written_is_read(text: str) -> None:
    """What is read as a name is written as the same text."""
    found = parse_name(text)

    assert found is None or str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "anclora.log",
        "anclora-2026-03-01.log.gz",
        "anclora-2026-03-01.log.0",
        "anclora-2026-03-01.log.01",
        "anclora-2026-02-30.log",
        "anclora-warn-2026-03-01.log",
        "anclora-2026-03-01.log.1.gz.unfinished",
        "anclora-2026-03-01.log\n",
        "anclora-٢٠٢٦-03-01.log",
        "other-2026-03-01.log",
    ],
)
def test_what_is_no_name_of_ours(text: str) -> None:
    """A file that only looks alike is left alone."""
    assert parse_name(text) is None


@given(LIVE, st.lists(st.one_of(LIVE, PUT_ASIDE)), st.lists(st.text()))
def test_a_file_is_put_aside_behind_all_of_its_day(
    live: LogFileName, others: list[LogFileName], foreign: list[str]
) -> None:
    """The number is above every one of the same kind and day, compressed or not."""
    others = [*others, LogFileName(live.kind, live.day, 3, compressed=True)]

    aside = set_aside(live, [*map(str, others), *foreign])

    same = [other.number for other in others if other.kind is live.kind and other.day == live.day]
    assert (aside.kind, aside.day, aside.compressed) == (live.kind, live.day, False)
    assert aside.number == max(same) + 1


def test_days_change_at_midnight_in_utc() -> None:
    """A day is that of the timestamps in the lines, wherever the process runs."""
    midnight = 1_772_323_200.0

    assert (day_of(midnight - 0.001), day_of(midnight)) == (date(2026, 2, 28), date(2026, 3, 1))


def test_what_belongs_where_and_how_long() -> None:
    """Every line is in the file of all, error and fatal also in that of errors, http also in that of requests."""
    held = {kind.name: [level.name for level in LEVELS if kind.takes(level)] for kind in KINDS}

    assert held == {
        "anclora": [level.name for level in LEVELS],
        "anclora-error": ["fatal", "error"],
        "anclora-http": ["http"],
    }
    assert (ALL.keep_days, ERROR.keep_days, HTTP.keep_days) == (14, 30, 7)
