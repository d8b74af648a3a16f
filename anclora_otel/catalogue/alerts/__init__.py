"""
The catalogue of alerts and objectives, the single source of the rules.

`ALERTS` and `RECORDS` hold every rule; a record's name is its constant's ``name``, which dashboards read. Rules are
rendered for a `Scope`: the settings, and a factor by which every duration is shortened.
"""

from anclora_otel.catalogue.alerts.model import Alert, Group, Record, Severity
from anclora_otel.catalogue.alerts.registry import ALERTS, DOMAINS, GROUPS, RECORDS, RECORDS_BY_NAME, alerts_named
from anclora_otel.catalogue.alerts.rendering import render_alert_files
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.alerts.setting import AlertSettings, Setting
from anclora_otel.catalogue.alerts.validation import settings_from

__all__ = [
    "ALERTS",
    "DOMAINS",
    "GROUPS",
    "RECORDS",
    "RECORDS_BY_NAME",
    "Alert",
    "AlertSettings",
    "Group",
    "Record",
    "Scope",
    "Setting",
    "Severity",
    "alerts_named",
    "render_alert_files",
    "settings_from",
]
