"""Numbers are written as Grafana writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard_files import DASHBOARDS, panels
from tests.unit.stack.preview.javascript import called

VALUES: dict[str, list[list[Any]]] = json.loads((Path(__file__).parent / "grafana_values.json").read_text())["values"]
"""What Grafana's own library gives, by unit: value, and how it is written without decimals given, with 0 and with 2."""


@pytest.mark.parametrize("unit", VALUES)
def test_as_grafana_writes_them(unit: str) -> None:
    """Scale, decimals and the unit's place are Grafana's."""
    rows = VALUES[unit]
    calls = [call for value, *_ in rows for call in ([value, unit], [value, unit, 0], [value, unit, 2])]
    expected = [written for _, *texts in rows for written in texts]

    assert called("units", "formatValue", *calls) == expected


def test_every_unit_of_the_dashboards_is_known() -> None:
    """No panel has a unit that was not compared with Grafana's."""
    used = {
        panel["fieldConfig"]["defaults"]["unit"]
        for dashboard in DASHBOARDS.values()
        for panel in panels(dashboard)
        if panel["type"] != "logs"
    }

    assert used - VALUES.keys() == set()


def test_ticks_have_no_needless_zeros() -> None:
    """A value of an axis is as precise as it is."""
    calls = [[0, "s"], [0.05, "s"], [1.5, "s"], [20, "s"], [1500, "cps"], [0.25, "percentunit"], [100, "none"]]

    assert called("units", "formatTick", *calls) == ["0 s", "50 ms", "1.5 s", "20 s", "1.5K c/s", "25%", "100"]
