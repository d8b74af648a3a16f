"""A threshold is written once: rules, panels and reference follow it."""

from __future__ import annotations

from typing import Any

import pytest

from anclora_otel.catalogue.alerts import AlertSettings, Scope, Setting
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.scope import MIB
from dashboards.builders.model import Dashboard, Panel
from dashboards.builders.registry import build_all
from tests.dashboard_files import DASHBOARDS, panels

LINES: list[tuple[str, str, Setting, float]] = [
    ("queue", "Processing time P50, P95, P99", d.LATENCY_WARNING, 1),
    ("queue", "Processing time P50, P95, P99", d.LATENCY_CRITICAL, 1),
    ("queue", "P99 as the alerts read it", d.LATENCY_CRITICAL, 1),
    ("queue", "Backlog", d.BACKLOG_WARNING, 1),
    ("queue", "Backlog", d.BACKLOG_CRITICAL, 1),
    ("queue", "Error rate", d.QUEUE_ERRORS_WARNING, 1),
    ("queue", "Error rate", d.QUEUE_ERRORS_CRITICAL, 1),
    ("queue", "Dead letters", d.DEAD_LETTERS, 1),
    ("analytics", "Delivery rate", d.DELIVERY_WARNING, 1),
    ("analytics", "Delivery rate", d.DELIVERY_OBJECTIVE, 1),
    ("analytics", "Response time P50, P95", d.RESPONSE_TIME, 1),
    ("analytics", "Handoffs by reason", d.HANDOFFS, 1),
    ("analytics", "API latency P50, P95", d.API_LATENCY, 1),
    ("analytics", "Answers of class 5xx", d.API_ERRORS, 1),
    ("analytics", "Rate-limit hits", d.RATE_LIMIT_HITS, 1),
    ("system", "CPU", d.CPU, 1),
    ("system", "Resident memory", d.MEMORY_WARNING, MIB),
    ("system", "Resident memory", d.MEMORY_CRITICAL, MIB),
    ("system", "Event-loop lag", d.LOOP_LAG, 1),
    ("system", "Redis latency P50, P95", d.REDIS_LATENCY, 1),
    ("system", "Disk", d.DISK_WARNING, 1),
    ("system", "Disk", d.DISK_CRITICAL, 1),
    ("system", "Restarts", d.RESTARTS, 1),
    ("telemetry", "Queue of the exporters", d.COLLECTOR_QUEUE, 1),
]
"""Dashboard, panel, the setting whose line it draws, and what the setting is multiplied by."""


def _steps(panel: dict[str, Any]) -> list[float | None]:
    return [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]


@pytest.mark.parametrize(("name", "title", "setting", "factor"), LINES)
def test_line_is_where_the_alert_fires(name: str, title: str, setting: Setting, factor: float) -> None:
    """The committed panel draws the default of the setting, in the panel's unit."""
    (panel,) = (panel for panel in panels(DASHBOARDS[name]) if panel["title"] == title)

    assert float(setting.default) * factor in _steps(panel)


@pytest.mark.parametrize(("name", "title", "setting", "factor"), LINES)
def test_line_moves_with_the_setting(name: str, title: str, setting: Setting, factor: float) -> None:
    """A panel follows a changed setting."""
    changed = float(setting.default) * 0.93
    panel = _built(Scope(AlertSettings({setting.key: changed})), name, title)

    assert changed * factor in [value for value, _ in panel.limits.steps]


def _built(scope: Scope, name: str, title: str) -> Panel:
    dashboard: Dashboard = next(built for built in build_all(scope) if built.file == f"{name}.json")
    return next(panel for panel in dashboard.panels if panel.title == title)


def test_the_first_line_is_always_seen() -> None:
    """Wherever lines are drawn, the axis reaches above the first one, also while values are far below it."""
    lined = [
        panel
        for dashboard in DASHBOARDS.values()
        for panel in panels(dashboard)
        if panel["type"] == "timeseries" and "thresholdsStyle" in panel["fieldConfig"]["defaults"]["custom"]
    ]
    assert len(lined) > 15
    for panel in lined:
        first = _steps(panel)[1]

        assert first is not None
        assert panel["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] > first, panel["title"]
