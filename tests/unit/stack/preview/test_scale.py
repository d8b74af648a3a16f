"""Axes end, and have their lines, at numbers that read well."""

from __future__ import annotations

import pytest

from tests.unit.stack.preview.javascript import called

MIB = 2**20
AXES = [
    ("round numbers", [0, 7.3, "cps"], (0, 8, 2)),
    ("powers of two for bytes", [0, 90 * MIB, "bytes"], (0, 96 * MIB, 32 * MIB)),
    ("minutes for seconds", [0, 301, "s"], (0, 360, 120)),
    ("nothing but zero", [0, 0, "short"], (0, 1, 0.2)),
    ("one value", [50, 50, "short"], (50, 55, 1)),
    ("given ends", [0.2, 0.4, "percentunit", {"min": 0, "max": 1}], (0, 1, 0.2)),
    ("below zero", [-3, 4, "none"], (-4, 4, 2)),
]


@pytest.mark.parametrize(("call", "expected"), [case[1:] for case in AXES], ids=[case[0] for case in AXES])
def test_ends_and_lines(call: list[object], expected: tuple[float, float, float]) -> None:
    """The ends are multiples of the distance of the lines, unless they are given."""
    (axis,) = called("scale", "scale", call)

    assert (axis["min"], axis["max"], axis["interval"]) == pytest.approx(expected)
