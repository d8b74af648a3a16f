"""
Service level objectives over 30 days, with multi-window burn-rate alerts.

Windows and factors: the Google SRE workbook, chapter "Alerting on SLOs". Long windows are summed from rates of five
minutes, so that they are cheap and weigh every event the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from anclora_otel.catalogue import analytics, queue, whatsapp
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.model import Alert, Expression, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import (
    BY_ENVIRONMENT,
    BY_SERVICE,
    aggregate,
    at_least,
    or_zero,
    select,
)
from anclora_otel.catalogue.alerts.queue import BY_QUEUE
from anclora_otel.catalogue.alerts.scope import Scope, number_text
from anclora_otel.catalogue.alerts.setting import Setting
from anclora_otel.catalogue.alerts.whatsapp import NO_ANSWER
from anclora_otel.catalogue.metric import Metric

FAST = ((14.4, "1h", "5m"), (6.0, "6h", "30m"))
"""Factor, long and short window of the critical alert."""

SLOW = ((3.0, "1d", "2h"), (1.0, "3d", "6h"))
"""Factor, long and short window of the warning."""

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
STEP = "5m"

COUNTED = "5m15s"
"""
A step and the export interval before it: what is counted between the last sample of one step and the first of the next
belongs to the next. Over a bare step a burst there would be lost, and of two counters not the same part.
"""


@dataclass(frozen=True)
class Objective:
    """
    A service level objective.

    Args:
        name: its name in records, ``level:slo_name``.
        alert: the name of its burn-rate alert.
        family: the family of the alert.
        objective: the setting of the objective.
        labels: what it is kept by.
        bad: bad events per second.
        total: all events per second.
        subject: what burns, for people.
        dashboard: uid of the dashboard.
        parts: records that bad and total are made of.

    """

    name: str
    alert: str
    family: str
    objective: Setting
    labels: tuple[str, ...]
    bad: Expression
    total: Expression
    subject: str
    dashboard: str
    parts: tuple[Record, ...] = ()

    @property
    def bad_rate(self) -> str:
        """Give the record of bad events per second."""
        return f"{self.name}_bad:rate5m"

    @property
    def total_rate(self) -> str:
        """Give the record of all events per second."""
        return f"{self.name}_total:rate5m"

    def error_ratio(self, window: str) -> str:
        """Give the record of the share of bad events in a window of `WINDOWS`."""
        return f"{self.name}_bad:ratio{window}"

    @property
    def budget_left(self) -> str:
        """Give the record of the share of the error budget that is left of 30 days."""
        return f"{self.name}_error_budget:ratio30d"


def _rate(metric: Metric, labels: tuple[str, ...], *matchers: str, delayed: bool = False) -> Expression:
    def write(s: Scope) -> str:
        offset = f" offset {s.duration(d.DELIVERY_DELAY)}" if delayed else ""
        return aggregate("sum", labels, f"rate({select(s, metric, *matchers)}[{s.duration(COUNTED)}]{offset})")

    return write


PROCESSED = Record(
    "environment_queue:slo_queue_success_processed:rate5m",
    "messages processed per second",
    _rate(queue.QUEUE_MESSAGES_PROCESSED, BY_QUEUE),
)
FAILED = Record(
    "environment_queue:slo_queue_success_failed:rate5m",
    "messages failed per second",
    _rate(queue.QUEUE_MESSAGES_FAILED, BY_QUEUE),
)
DELIVERED = Record(
    "environment:slo_message_delivery_delivered:rate5m",
    "messages delivered per second",
    _rate(analytics.ANALYTICS_MESSAGES_DELIVERED, BY_ENVIRONMENT),
)
_SENT = "environment:slo_message_delivery_total:rate5m"

QUEUE_SUCCESS = Objective(
    "environment_queue:slo_queue_success",
    "QueueSuccessBudgetBurn",
    "SLOQueue",
    d.QUEUE_OBJECTIVE,
    BY_QUEUE,
    lambda _: FAILED.name,
    lambda _: f"{or_zero(PROCESSED.name, FAILED.name)} + {or_zero(FAILED.name, PROCESSED.name)}",
    "Messages that fail",
    "anclora-queue",
    (PROCESSED, FAILED),
)
DELIVERY = Objective(
    "environment:slo_message_delivery",
    "MessageDeliveryBudgetBurn",
    "SLODelivery",
    d.DELIVERY_OBJECTIVE,
    BY_ENVIRONMENT,
    # Of a first burst the receipts come before anything counts as sent: without these it would look undelivered.
    lambda _: f"{or_zero(_SENT, DELIVERED.name)} - {or_zero(DELIVERED.name, _SENT)}",
    _rate(analytics.ANALYTICS_MESSAGES_SENT, BY_ENVIRONMENT, delayed=True),
    "Messages that are not delivered",
    "anclora-analytics",
    (DELIVERED,),
)
WHATSAPP_API = Objective(
    "service:slo_whatsapp_api",
    "WhatsAppAPIBudgetBurn",
    "SLOWhatsApp",
    d.API_OBJECTIVE,
    BY_SERVICE,
    _rate(whatsapp.WHATSAPP_API_CALLS, BY_SERVICE, NO_ANSWER),
    _rate(whatsapp.WHATSAPP_API_CALLS, BY_SERVICE),
    "API calls without an answer",
    "anclora-analytics",
)
OBJECTIVES = (QUEUE_SUCCESS, DELIVERY, WHATSAPP_API)
"""Every objective."""


def records(objective: Objective) -> tuple[Record, ...]:
    """Give the records of an objective, those of 30 days left out."""
    rates = (
        Record(
            objective.bad_rate,
            "bad events per second",
            lambda s: f"{objective.bad(s)} or 0 * {objective.total_rate}",
        ),
    )
    total = Record(objective.total_rate, "events per second", objective.total)
    ratios = tuple(
        Record(
            objective.error_ratio(window),
            f"share of bad events in {window}",
            lambda s, window=window: _ratio(s, objective, window),  # type: ignore[misc]
        )
        for window in WINDOWS[:-1]
    )
    return (*objective.parts, total, *rates, *ratios)


def month_records(objective: Objective) -> tuple[Record, ...]:
    """Give the records of an objective over 30 days, for dashboards."""
    return (
        Record(objective.error_ratio("30d"), "share of bad events in 30d", lambda s: _ratio(s, objective, "30d")),
        Record(
            objective.budget_left,
            "share of the error budget that is left of 30 days",
            lambda s: f"1 - {objective.error_ratio('30d')} / {_budget(s, objective)}",
        ),
    )


def _events(s: Scope, record: str, window: str) -> str:
    """Write the number of events in a window, exactly: rates of five minutes, one every five minutes."""
    return f"{s.seconds(STEP)} * sum_over_time({record}[{s.duration(window)}:{s.duration(STEP)}])"


def _ratio(s: Scope, objective: Objective, window: str) -> str:
    if window == STEP:
        return f"{objective.bad_rate} / ({objective.total_rate} > 0)"
    span = f"[{s.duration(window)}:{s.duration(STEP)}]"
    return f"sum_over_time({objective.bad_rate}{span}) / (sum_over_time({objective.total_rate}{span}) > 0)"


def _budget(s: Scope, objective: Objective) -> str:
    return number_text(1 - s.value(objective.objective))


def _burn(objective: Objective, pairs: tuple[tuple[float, str, str], ...]) -> Expression:
    def write(s: Scope) -> str:
        terms = []
        for factor, long, short in pairs:
            limit = number_text(factor * (1 - s.value(objective.objective)))
            terms.append(
                f"({objective.error_ratio(long)} > {limit}"
                f" and {objective.error_ratio(short)} > {limit}"
                f" and {_events(s, objective.total_rate, long)} > {at_least(s, d.SLO_MINIMUM)}"
                f" and {_events(s, objective.bad_rate, long)} > {at_least(s, d.SLO_BAD_MINIMUM)})"
            )
        return " or ".join(terms)

    return write


def alerts(objective: Objective) -> tuple[Alert, ...]:
    """Give the fast and the slow burn-rate alert of an objective; they share their name."""
    return tuple(
        Alert(
            objective.alert,
            objective.family,
            severity,
            "slo",
            hold,
            _burn(objective, pairs),
            f"{objective.subject} use up the error budget{speed}.",
            " or ".join(f"burn above {factor:g}x over {long} and {short}" for factor, long, short in pairs),
            consequence,
            lambda s: f"objective {number_text(100 * s.value(objective.objective))} %",
            "{{ $value | humanizePercentage }} bad",
            dashboard=objective.dashboard,
        )
        for severity, hold, pairs, speed, consequence in (
            (Severity.CRITICAL, "2m", FAST, " fast", "The budget of 30 days is gone within days, if not hours."),
            (Severity.WARNING, "15m", SLOW, "", "The budget of 30 days will not last for 30 days."),
        )
    )


ALERTS = tuple(alert for objective in OBJECTIVES for alert in alerts(objective))

GROUPS = (
    *(Group(f"anclora_{o.name.split(':')[1]}", "slo.yaml", records(o)) for o in OBJECTIVES),
    *(Group(f"anclora_{o.name.split(':')[1]}_30d", "slo.yaml", month_records(o), interval="5m") for o in OBJECTIVES),
    Group("anclora_slo_alerts", "slo.yaml", ALERTS),
)
"""The rules of the objectives."""
