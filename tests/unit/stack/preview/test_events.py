"""When something happened, and for how long."""

from __future__ import annotations

from tests.unit.stack.preview.javascript import called


def test_a_hole_ends_a_stretch() -> None:
    """Samples one step apart belong together; after a hole a new stretch begins."""
    points = [[0, 1], [60_000, 1], [120_000, None], [180_000, 1]]

    assert called("events", "stretches", [points, 60]) == [
        [{"time": 0, "end": 60_000}, {"time": 180_000, "end": 180_000}]
    ]


def test_a_start_is_drawn_once() -> None:
    """The value is the time; what began before the range is not drawn."""
    points = [[0, 500.0], [60_000, 70_000.2], [120_000, 70_000.2], [180_000, None]]

    assert called("events", "startsIn", [points, {"from": 1000, "to": 180_000}]) == [[{"time": 70_000, "end": 70_000}]]


def test_holes_in_the_data_are_holes_in_the_line() -> None:
    """A step without a sample, and what is no number, has no point."""
    samples = [[0, "1.5"], [30, "NaN"], [45, "2"]]

    assert called("data", "everyStep", [samples, 0, 45, 15]) == [
        [[0, 1.5], [15_000, None], [30_000, None], [45_000, 2]]
    ]


def test_the_slowest_of_each_stretch_is_kept() -> None:
    """Of many traces, those that somebody wants to see."""
    traces = [{"time": time, "value": value, "traceId": str(time)} for time, value in ((1, 5), (2, 9), (11, 1))]
    (kept,) = called("data", "slowest", [traces, 10])

    assert [each["traceId"] for each in kept] == ["2", "11"]
