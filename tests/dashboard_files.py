"""The committed dashboards as the tests read them: what Grafana would load, and not what wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "dashboards"
FILES = sorted(FOLDER.glob("*.json"))
DASHBOARDS: dict[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in FILES}


@dataclass(frozen=True)
class Target:
    """
    One query of a panel.

    Args:
        dashboard: the dashboard's name.
        panel: the panel as Grafana loads it.
        query: the query as Grafana loads it.

    """

    dashboard: str
    panel: Mapping[str, Any]
    query: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Give dashboard, panel and letter, for messages."""
        return f"{self.dashboard} / {self.panel['title']} / {self.query['refId']}"

    @property
    def source(self) -> str:
        """Give the type of its data source."""
        return str(self.query["datasource"]["type"])

    @property
    def text(self) -> str:
        """Give PromQL or LogQL."""
        return str(self.query["expr"])


def panels(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the panels of a dashboard without its headings."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def targets(name: str | None = None) -> Iterator[Target]:
    """Give every query of every panel, or those of one dashboard."""
    for dashboard, document in DASHBOARDS.items():
        if name in (None, dashboard):
            for panel in panels(document):
                yield from (Target(dashboard, panel, query) for query in panel["targets"])


def variables(dashboard: Mapping[str, Any], kind: str = "query") -> list[dict[str, Any]]:
    """List the variables of a type: ``query`` or ``datasource``."""
    return [variable for variable in dashboard["templating"]["list"] if variable["type"] == kind]


def chosen_values(dashboard: Mapping[str, Any]) -> dict[str, str]:
    """Give the value of each variable when nothing was chosen."""
    return {variable["name"]: variable["allValue"] for variable in variables(dashboard)}
