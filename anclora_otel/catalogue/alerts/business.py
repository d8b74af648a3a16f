"""Alerts of the business: they join on environment, and name the service that receives messages."""

from __future__ import annotations

from anclora_otel.catalogue import analytics
from anclora_otel.catalogue import business as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.forms import limit_of
from anclora_otel.catalogue.alerts.model import COUNT, PERCENTAGE, Alert, Expression, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import (
    BY_ENVIRONMENT,
    BY_SERVICE,
    ENVIRONMENT,
    aggregate,
    at_least,
    events,
    select,
)
from anclora_otel.catalogue.alerts.scope import Scope, number_text
from anclora_otel.catalogue.alerts.telemetry import UNKNOWN_PAST
from anclora_otel.catalogue.metric import Metric

ON = f"on ({ENVIRONMENT})"
DAY_HOURS = 24


def _per_environment(metric: Metric, window: str) -> Expression:
    return lambda s: events(s, metric, window, BY_ENVIRONMENT)


RECEIVED_DAY = Record(
    "service:anclora_analytics_messages_received:increase1d",
    "messages received in 24 h",
    lambda s: events(s, analytics.ANALYTICS_MESSAGES_RECEIVED, "1d", BY_SERVICE),
)
CONVERSIONS_DAY = Record(
    "environment:anclora_analytics_conversions:increase1d",
    "conversions in 24 h",
    _per_environment(analytics.ANALYTICS_CONVERSIONS, "1d"),
)
LEADS_DAY = Record(
    "environment:anclora_business_leads_captured:increase1d",
    "leads in 24 h",
    _per_environment(metrics.BUSINESS_LEADS_CAPTURED, "1d"),
)
LEADS_TWO_DAYS = Record(
    "environment:anclora_business_leads_captured:increase2d",
    "leads in 48 h",
    _per_environment(metrics.BUSINESS_LEADS_CAPTURED, "2d"),
)
APPOINTMENTS_TWO_DAYS = Record(
    "environment:anclora_business_appointments_scheduled:increase2d",
    "appointments in 48 h",
    _per_environment(metrics.BUSINESS_APPOINTMENTS_SCHEDULED, "2d"),
)
OLDER_THAN_A_DAY = Record(
    "environment:anclora_analytics_messages_received:older1d",
    "1 for each environment that reported more than 24 h ago",
    lambda s: aggregate(
        "group",
        BY_ENVIRONMENT,
        f"last_over_time({select(s, analytics.ANALYTICS_MESSAGES_RECEIVED)}[{s.duration('1d')}]"
        f" offset {s.duration('1d')})",
    ),
)
OLDER_THAN_TWO_DAYS = Record(
    "environment:anclora_analytics_messages_received:older2d",
    "1 for each environment that reported more than 48 h ago",
    lambda s: aggregate(
        "group",
        BY_ENVIRONMENT,
        f"last_over_time({select(s, analytics.ANALYTICS_MESSAGES_RECEIVED)}[{s.duration('1d')}]"
        f" offset {s.duration('2d')})",
    ),
)
RECORDS = (
    RECEIVED_DAY,
    CONVERSIONS_DAY,
    LEADS_DAY,
    LEADS_TWO_DAYS,
    APPOINTMENTS_TWO_DAYS,
    OLDER_THAN_A_DAY,
    OLDER_THAN_TWO_DAYS,
)
"""What dashboards and alerts read, in the order of evaluation."""


def _received(minimum: str) -> str:
    """Write the services that receive messages, in environments where enough came in."""
    return f"{RECEIVED_DAY.name} > 0.5 and {ON} sum by ({ENVIRONMENT}) ({RECEIVED_DAY.name}) > {minimum}"


def _fewer_than(record: Record, limit: Expression) -> Expression:
    """Write: fewer events than the limit in 24 h although messages came in, on a system older than that."""

    def write(s: Scope) -> str:
        return (
            f"({_received(at_least(s, d.CAME_IN))}) and {ON} {OLDER_THAN_A_DAY.name}"
            f" unless {ON} {record.name} >= {limit(s)}"
        )

    return write


def _leads_a_day(s: Scope) -> str:
    # Of 2.4 leads a day, two are fewer and three are not: a count is compared with the half below the next.
    return number_text(_whole_above(s.value(d.LEADS_PER_HOUR) * DAY_HOURS) - 0.5)


def _whole_above(number: float) -> int:
    return max(1, -int(-number // 1))


def _low_conversions(s: Scope) -> str:
    limit = number_text(s.value(d.CONVERSIONS_EXPECTED) * s.value(d.CONVERSIONS_LOW))
    received = f"sum by ({ENVIRONMENT}) ({RECEIVED_DAY.name})"
    ratio = f"({CONVERSIONS_DAY.name} or 0 * {received}) / ({received} > {at_least(s, d.CONVERSION_MESSAGES)})"
    return (
        f"({ratio} < {limit}) * {ON} group_right () (0 * ({RECEIVED_DAY.name} > 0.5) + 1)"
        f" and {ON} {OLDER_THAN_A_DAY.name}"
    )


def _no_appointments(_: Scope) -> str:
    return (
        f"{LEADS_TWO_DAYS.name} > 0.5 and {ON} {OLDER_THAN_TWO_DAYS.name}"
        f" unless {ON} {APPOINTMENTS_TWO_DAYS.name} > 0.5"
    )


def _sales(s: Scope) -> str:
    sales = events(s, metrics.BUSINESS_HIGH_VALUE_SALES, d.RARE, BY_SERVICE, unless=UNKNOWN_PAST.name)
    return f"{sales} > 0.5"


LOW_CONVERSIONS = Alert(
    "LowConversionRate",
    "Conversions",
    Severity.INFO,
    "business",
    "6h",
    _low_conversions,
    "Few messages lead to a conversion.",
    "conversions per message received in 24 h below <limit>",
    "The bot answers, but customers do not go on.",
    lambda s: f"{number_text(100 * s.value(d.CONVERSIONS_EXPECTED) * s.value(d.CONVERSIONS_LOW))} %",
    PERCENTAGE,
)
NO_CONVERSIONS = Alert(
    "NoConversionsToday",
    "Conversions",
    Severity.WARNING,
    "business",
    "6h",
    _fewer_than(CONVERSIONS_DAY, lambda _: "0.5"),
    "No conversion in 24 hours.",
    "no conversion in 24 h although messages came in",
    "Either customers do not go on, or conversions are not recorded.",
    value='{{ $value | printf "%.0f" }} messages came in',
)
LOW_LEADS = Alert(
    "LowLeadCaptureRate",
    "Leads",
    Severity.INFO,
    "business",
    "2h",
    _fewer_than(LEADS_DAY, _leads_a_day),
    "Few leads are captured.",
    "fewer than <limit> leads an hour over 24 h although messages came in",
    "Visitors write and leave without being captured as leads.",
    limit_of(d.LEADS_PER_HOUR),
    value='{{ $value | printf "%.0f" }} messages came in',
)
NO_LEADS = Alert(
    "NoLeadsCaptured",
    "Leads",
    Severity.WARNING,
    "business",
    "6h",
    _fewer_than(LEADS_DAY, lambda _: "0.5"),
    "No lead in 24 hours.",
    "no lead in 24 h although messages came in",
    "Either nobody is captured, or leads are not recorded.",
    value='{{ $value | printf "%.0f" }} messages came in',
)
NO_APPOINTMENTS = Alert(
    "NoAppointmentsScheduled",
    "Appointments",
    Severity.INFO,
    "business",
    "12h",
    _no_appointments,
    "No appointment in 48 hours.",
    "no appointment in 48 h although leads came in",
    "Leads are not followed up.",
    value='{{ $value | printf "%.0f" }} leads came in',
)
HIGH_VALUE_SALE = Alert(
    "HighValueSale",
    "Sales",
    Severity.INFO,
    "business",
    "0s",
    _sales,
    "A sale of high value was made.",
    "a sale above the high-value limit (ANCLORA_HIGH_VALUE_EUROS, 5,000,000 euros unless set)",
    "Good news: somebody should call the customer.",
    value=COUNT,
)

GROUPS = (
    Group("anclora_business_recording", "recording.yaml", RECORDS, interval="1m"),
    Group(
        "anclora_business_alerts",
        "alerts.yaml",
        (LOW_CONVERSIONS, NO_CONVERSIONS, LOW_LEADS, NO_LEADS, NO_APPOINTMENTS, HIGH_VALUE_SALE),
    ),
)
"""The rules of the domain."""
