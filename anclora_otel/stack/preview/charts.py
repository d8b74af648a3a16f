"""
The charting library of the page.

Apache ECharts rather than uPlot: a foundation keeps it, and it draws gauges, heatmaps and bars too. Its 1.1 MB travel
over the loopback interface.
"""

from __future__ import annotations

from pathlib import Path

from anclora_otel.stack.tools import CHARTS, Toolbox

__all__ = ["CHARTS", "chart_library"]


def chart_library(toolbox: Toolbox) -> Path:
    """
    Give the library's file; its licence lies beside it in the package.

    Raises:
        StackError: it is not installed.

    """
    return toolbox.executable(CHARTS)
