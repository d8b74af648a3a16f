"""Where an alert's links lead."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[3]


def test_every_dashboard_that_an_alert_names_is_there() -> None:
    """The uid in each link is that of a committed dashboard, at the port of Grafana."""
    uids = {json.loads(file.read_text())["uid"] for file in (PROJECT / "dashboards").glob("*.json")}
    links = [
        rule["annotations"]["dashboard_url"]
        for file in (PROJECT / "rules").glob("*.yaml")
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]

    assert links
    assert {re.findall(r"^http://localhost:3001/d/([a-z-]+)\?", link)[0] for link in links} <= uids
