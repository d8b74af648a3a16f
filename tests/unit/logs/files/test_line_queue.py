"""Lines wait in order, up to a limit, and what finds no room is counted."""

from __future__ import annotations

import threading
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from anclora_otel.catalogue.levels import LEVELS_BY_NAME
from anclora_otel.logs.files.line_queue import LineQueue, Mark, size_of
from anclora_otel.logs.lines import LogLine

LINE = LogLine(0.0, LEVELS_BY_NAME["info"], "queue", "")


def line(number: int, size: int = 0) -> LogLine:
    """Make a line that can be told from others."""
    return replace(LINE, created=float(number), message="x" * size)


@given(st.lists(st.one_of(st.just("take"), st.integers(0, 400)), max_size=60), st.integers(1, 5), st.integers(1, 2000))
def test_every_line_is_taken_in_order_or_counted(steps: list[str | int], max_lines: int, max_bytes: int) -> None:
    """Whatever the limits, what was put in comes out in its order, and the rest is counted as dropped."""
    lines = LineQueue(max_lines, max_bytes)
    accepted: list[LogLine] = []
    taken: list[LogLine] = []
    refused = 0
    for number, step in enumerate(steps):
        if isinstance(step, str):
            taken += lines.take(3, 0.0)[0]
        elif lines.put(added := line(number, step), may_wait=False):
            accepted.append(added)
        else:
            refused += 1
        assert lines.waiting == len(accepted) - len(taken) <= max_lines
        assert sum(map(size_of, accepted[len(taken) :])) <= max_bytes or lines.waiting == 1
    while found := lines.take(3, 0.0)[0]:
        taken += found

    assert taken == accepted
    assert lines.dropped == refused


def test_lines_are_taken_up_to_a_mark() -> None:
    """What comes behind a mark is taken later."""
    lines, mark = LineQueue(), Mark()
    lines.put(line(1))
    lines.mark(mark)
    lines.put(line(2))

    assert lines.take(10, 0.0) == ([line(1)], mark)
    assert lines.take(10, 0.0) == ([line(2)], None)


def test_a_line_waits_for_room() -> None:
    """A thread that logs faster than lines are taken goes on when there is room, and nothing is dropped."""
    lines = LineQueue(max_lines=5, wait_seconds=60)
    logging_thread = threading.Thread(target=lambda: [lines.put(line(number)) for number in range(200)])
    logging_thread.start()
    taken: list[LogLine] = []
    while len(taken) < 200:
        taken += lines.take(3, 30.0)[0]
    logging_thread.join()

    assert taken == [line(number) for number in range(200)]
    assert lines.dropped == 0


def test_only_one_line_waits_in_vain() -> None:
    """When nothing is taken, the first line beyond the limit waits its time and the others are dropped at once."""
    lines = LineQueue(max_lines=1, wait_seconds=0.0)

    assert [lines.put(line(number)) for number in range(4)] == [True, False, False, False]
    assert lines.dropped == 3
    patient = LineQueue(max_lines=1, wait_seconds=3600.0)
    patient._stalled = True
    assert [patient.put(line(number)) for number in range(4)] == [True, False, False, False]


def test_the_size_of_a_line_counts_all_that_it_holds() -> None:
    """Texts within fields count, however deep they are."""
    deep = replace(LINE, fields={"a": ["x" * 1000, {"b": "y" * 1000}]}, exception="z" * 1000)

    assert 3000 < size_of(deep) - size_of(LINE) < 3200


def test_drops_of_many_threads_are_all_counted() -> None:
    """Threads that drop at the same moment lose no count."""
    lines = LineQueue(max_lines=0)
    threads = [
        threading.Thread(target=lambda: [lines.put(LINE, may_wait=False) for _ in range(2000)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lines.dropped == 8000
