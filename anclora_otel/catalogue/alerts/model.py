"""The types in which alerts and recording rules are declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from anclora_otel.catalogue.alerts.scope import Scope

Expression = Callable[[Scope], str]
"""Writes PromQL for the settings and the clock of a scope."""


class Severity(str, Enum):
    """How soon somebody must act: critical within 5 minutes, warning within 30, info when the day is reviewed."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    NONE = "none"


@dataclass(frozen=True)
class Record:
    """
    A recording rule, read by alerts and by dashboards.

    Args:
        name: ``level:metric:operations``; the level names the labels that are left.
        meaning: what one sample says, with its unit.
        expression: its PromQL.

    """

    name: str
    meaning: str
    expression: Expression


@dataclass(frozen=True)
class Alert:
    """
    An alert, the one place where all that it says stands.

    Args:
        name: CamelCase, also the name of its runbook.
        family: alerts of one family mute each other downwards.
        severity: how soon somebody must act.
        category: by which it is routed.
        hold: how long the condition must last, as a Prometheus duration.
        expression: its PromQL.
        summary: one constant line.
        condition: when it fires, for the reference; ``<limit>`` stands for the threshold.
        consequence: what it means for users.
        limit: writes the threshold.
        value: the value in the words of the description, a template of Prometheus.
        service_label: the label that names the service.
        dashboard: uid of the dashboard to look at.
        names_absence: whether it fires because something is missing.

    """

    name: str
    family: str
    severity: Severity
    category: str
    hold: str
    expression: Expression
    summary: str
    condition: str
    consequence: str
    limit: Expression = field(default=lambda _: "0")
    value: str = '{{ $value | printf "%.0f" }}'
    service_label: str = "service_name"
    dashboard: str = ""
    names_absence: bool = False


@dataclass(frozen=True)
class Group:
    """
    Rules that are evaluated together.

    Args:
        name: unique among all files.
        file: the file under ``rules/``.
        rules: its rules in their order.
        interval: how often it is evaluated, or the evaluation interval of the settings where empty.

    """

    name: str
    file: str
    rules: tuple[Record | Alert, ...]
    interval: str = ""


PERCENTAGE = "{{ $value | humanizePercentage }}"
DURATION = "{{ $value | humanizeDuration }}"
MEBIBYTES = "{{ $value | humanize1024 }}B"
PER_SECOND = '{{ $value | printf "%.2f" }}/s'
COUNT = '{{ $value | printf "%.0f" }}'
