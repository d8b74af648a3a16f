"""Where panels stand in Grafana's grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.builders.model import Dashboard, Panel, Row

COLUMNS = 24


@dataclass(frozen=True)
class Place:
    """
    A rectangle of the grid.

    Args:
        x: columns from the left.
        y: rows from the top.
        width: in columns.
        height: in rows.

    """

    x: int
    y: int
    width: int
    height: int


def placed(dashboard: Dashboard) -> Iterator[tuple[Row | Panel, Place]]:
    """Give every heading and panel with its place, from top to bottom."""
    y = 0
    for row in dashboard.rows:
        yield row, Place(0, y, COLUMNS, 1)
        y += 1
        x = line_height = 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, line_height = 0, y + line_height, 0
            yield panel, Place(x, y, panel.width, panel.height)
            x, line_height = x + panel.width, max(line_height, panel.height)
        y += line_height
