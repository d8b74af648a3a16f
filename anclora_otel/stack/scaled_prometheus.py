"""
Prometheus on a clock that runs faster, for drills and tests: one factor shortens everything that counts time.

Rules on a faster clock are only right where everything else keeps pace: scraping, evaluation, the lookback after
which a series is gone, the memory of ``for`` over a restart and the repetition to Alertmanager.
"""

from __future__ import annotations

import re
from pathlib import Path

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts.declarations import EVALUATION_INTERVAL, EXPORT_INTERVAL
from anclora_otel.catalogue.rules import rules_files
from anclora_otel.stack.alerting import Alerting

_DEFAULTS = {
    "--query.lookback-delta": "5m",
    "--rules.alert.for-outage-tolerance": "1h",
    "--rules.alert.for-grace-period": "10m",
    "--rules.alert.resend-delay": "1m",
}
"""Prometheus' own defaults of the durations that its rules depend on."""


def scope_of(alerting: Alerting) -> Scope:
    """Give settings and factor of the rules."""
    return Scope(alerting.thresholds, alerting.scale)


def clock_options(alerting: Alerting) -> tuple[str, ...]:
    """Give the options by which Prometheus keeps pace; none at the pace of the wall's clock."""
    if alerting.scale == 1:
        return ()
    scope = scope_of(alerting)
    return tuple(f"{option}={scope.duration(default)}" for option, default in _DEFAULTS.items())


def own_rules(alerting: Alerting, folder: Path) -> dict[Path, str]:
    """Give the rules files that a stack needs for itself; none where those of the checkout are right."""
    scope = scope_of(alerting)
    if scope == Scope():
        return {}
    return {folder / name: text for name, text in rules_files(scope).items()}


def on_the_clock(configuration: str, alerting: Alerting) -> str:
    """Give Prometheus' configuration with the intervals of the faster clock."""
    scope = scope_of(alerting)
    for name, setting in (("scrape_interval", EXPORT_INTERVAL), ("evaluation_interval", EVALUATION_INTERVAL)):
        configuration = re.sub(rf"(?m)^(  {name}:) .*$", rf"\1 {scope.duration(setting)}", configuration)
    return configuration
