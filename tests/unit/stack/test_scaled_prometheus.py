"""One factor shortens everything that counts time."""

from __future__ import annotations

import re
from pathlib import Path

from anclora_otel.catalogue.alerts import AlertSettings
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.stack import Alerting
from anclora_otel.stack.scaled_prometheus import clock_options, on_the_clock, own_rules

CONFIGURATION = (Path(__file__).parents[3] / "compose" / "prometheus" / "prometheus.yml").read_text()


def test_pace_of_the_wall() -> None:
    """Without a factor nothing changes, and the rules of the checkout are read."""
    assert clock_options(Alerting()) == ()
    assert own_rules(Alerting(), Path("/rules")) == {}
    assert on_the_clock(CONFIGURATION, Alerting()) == CONFIGURATION


def test_faster_clock() -> None:
    """Lookback, memory of pending alerts, repetition, scraping and evaluation keep pace."""
    fast = Alerting(scale=15)

    assert clock_options(fast) == (
        "--query.lookback-delta=20s",
        "--rules.alert.for-outage-tolerance=4m",
        "--rules.alert.for-grace-period=40s",
        "--rules.alert.resend-delay=4s",
    )
    assert re.findall(r"(?m)^  (?:scrape|evaluation)_interval: .*$", on_the_clock(CONFIGURATION, fast)) == [
        "  scrape_interval: 1s",
        "  evaluation_interval: 1s",
    ]


def test_rules_of_its_own() -> None:
    """A factor, and thresholds of its own, each make rules of its own."""
    scaled = own_rules(Alerting(scale=15), Path("/rules"))[Path("/rules/alerts.yaml")]
    other = own_rules(Alerting(thresholds=AlertSettings({d.BACKLOG_WARNING.key: 7})), Path("/rules"))

    assert "for: 20s" in scaled
    assert "> 7\n" in other[Path("/rules/alerts.yaml")]
