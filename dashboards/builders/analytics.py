"""Conversations and what they earn: are messages delivered and read, do they lead to business."""

from __future__ import annotations

from anclora_otel.catalogue import analytics as m
from anclora_otel.catalogue import business
from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts import analytics as rules
from anclora_otel.catalogue.alerts import declarations as d
from dashboards.builders import bot, whatsapp
from dashboards.builders.common import alerts_row, dashboard, logs_row, variables
from dashboards.builders.limits import above, from_here, up_to
from dashboards.builders.model import Dashboard, Kind, Panel, Query, Row
from dashboards.builders.selectors import buckets, in_range, per_second, quantile, quantiles, ratio, recorded, series

READ_LOW, READ_GOOD = 0.4, 0.6
"""What share of delivered messages is usually read; no alert reads these."""

TODAY = "Of today, since midnight in the browser's time zone."


def delivery(scope: Scope, width: int = 6, height: int = 8) -> Panel:
    """Give the gauge of the delivery rate."""
    return Panel(
        Kind.GAUGE,
        "Delivery rate",
        "Delivered / sent, as the alert reads it: red below its threshold, green from the objective on.",
        "percentunit",
        # While traffic begins, more deliveries are heard of than messages were sent some minutes ago.
        (Query(f"clamp_max({recorded(rules.DELIVERY_RATIO)}, 1)", "{{deployment_environment_name}}"),),
        width,
        height,
        up_to(scope, d.DELIVERY_WARNING, d.DELIVERY_OBJECTIVE),
        minimum=0,
        maximum=1,
    )


def active_conversations(width: int = 6, height: int = 8) -> Panel:
    """Give the number of conversations going on."""
    return Panel(
        Kind.STAT,
        "Active conversations",
        "Conversations going on, read from the shared store.",
        "locale",
        (Query(f"max({series(m.ANALYTICS_ACTIVE_CONVERSATIONS)})", "active"),),
        width,
        height,
        decimals=0,
    )


def today(title: str, what: str, text: str, unit: str = "locale", width: int = 4) -> Panel:
    """Give a number of today."""
    return Panel(
        Kind.STAT,
        title,
        f"{what} {TODAY}",
        unit,
        (Query(text, title.lower(), instant=True),),
        width,
        4,
        decimals=0 if unit == "locale" else None,
        since="now/d",
    )


def conversions_today(width: int = 4) -> Panel:
    """Give today's conversions."""
    return today("Conversions today", "Conversions of every type.", in_range(m.ANALYTICS_CONVERSIONS), "locale", width)


def revenue_today(width: int = 4) -> Panel:
    """Give today's revenue."""
    value = series(m.ANALYTICS_CONVERSION_VALUE, 'conversion_type="sale"', suffix="_sum")
    text = f"sum(increase({value}[$__range])) or vector(0)"
    return today("Revenue today", "Value of sales.", text, "currencyEUR", width)


def leads_today(width: int = 4) -> Panel:
    """Give today's leads."""
    return today("Leads today", "Leads captured.", in_range(business.BUSINESS_LEADS_CAPTURED), "locale", width)


def appointments_today(width: int = 4) -> Panel:
    """Give today's appointments."""
    text = in_range(business.BUSINESS_APPOINTMENTS_SCHEDULED)
    return today("Appointments today", "Appointments scheduled.", text, "locale", width)


def build(scope: Scope) -> Dashboard:
    """Build the dashboard for the thresholds of a scope."""
    rows = (
        _today(),
        _messages(scope),
        _responses(scope),
        _business(),
        bot.row(),
        whatsapp.row(scope),
        alerts_row(),
        logs_row(),
    )
    question = "Are messages delivered and read, and do they lead to business?"
    return dashboard("analytics", "Anclora / Analytics", question, rows, variables())


def _today() -> Row:
    sales = in_range(business.BUSINESS_HIGH_VALUE_SALES)
    return Row(
        "Today",
        (
            conversions_today(),
            revenue_today(),
            leads_today(),
            appointments_today(),
            today("High-value sales today", "Sales above the high-value limit.", sales),
            active_conversations(4, 4),
        ),
    )


def _messages(scope: Scope) -> Row:
    read, delivered = per_second(m.ANALYTICS_MESSAGES_READ), per_second(m.ANALYTICS_MESSAGES_DELIVERED)
    return Row(
        "Messages",
        (
            Panel(
                Kind.TIME_SERIES,
                "Sent, delivered, read",
                "The funnel per second; delivery and reading are heard of later than sending. Received beside them.",
                "cps",
                (
                    Query(per_second(m.ANALYTICS_MESSAGES_SENT), "sent"),
                    Query(delivered, "delivered"),
                    Query(read, "read"),
                    Query(per_second(m.ANALYTICS_MESSAGES_RECEIVED), "received"),
                ),
                12,
                minimum=0,
            ),
            delivery(scope),
            Panel(
                Kind.GAUGE,
                "Read rate",
                "Read / delivered. Many clients switch receipts off, so it never reaches 100 %; no alert reads it.",
                "percentunit",
                (Query(ratio(read, delivered), "read"),),
                6,
                limits=above(READ_LOW, READ_GOOD),
                minimum=0,
                maximum=1,
            ),
        ),
    )


def _responses(scope: Scope) -> Row:
    return Row(
        "Responses",
        (
            Panel(
                Kind.TIME_SERIES,
                "Response time P50, P95",
                "From a client's message to the answer, with the line of the alert on the P95.",
                "s",
                quantiles(m.ANALYTICS_RESPONSE_TIME, 0.5, 0.95),
                8,
                limits=from_here(scope, d.RESPONSE_TIME),
                minimum=0,
            ),
            Panel(
                Kind.HEATMAP,
                "Response time, distribution",
                "How many answers a second took how long.",
                "s",
                (buckets(m.ANALYTICS_RESPONSE_TIME),),
                8,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Handoffs by reason",
                "Conversations handed to a human, per second; the alert reads their sum.",
                "cps",
                (Query(per_second(m.ANALYTICS_HANDOFFS, "reason"), "{{reason}}"),),
                8,
                limits=from_here(scope, d.HANDOFFS),
                stacked=True,
                minimum=0,
            ),
        ),
    )


def _business() -> Row:
    revenue = series(m.ANALYTICS_CONVERSION_VALUE, suffix="_sum")
    return Row(
        "Business",
        (
            Panel(
                Kind.BARS,
                "Conversions by type",
                "Conversions in the time range.",
                "locale",
                (Query(in_range(m.ANALYTICS_CONVERSIONS, "conversion_type"), "{{conversion_type}}", instant=True),),
                6,
                decimals=0,
            ),
            Panel(
                Kind.BARS,
                "Value by type",
                "Value of the conversions in the time range; that of sales is revenue.",
                "currencyEUR",
                (
                    Query(
                        f"sum by (conversion_type) (increase({revenue}[$__range]))", "{{conversion_type}}", instant=True
                    ),
                ),
                6,
            ),
            Panel(
                Kind.BARS,
                "Sales pipeline",
                "Deals in each stage now.",
                "locale",
                (
                    Query(
                        f"sum by (stage) (max by (stage, instance) ({series(business.BUSINESS_SALES_PIPELINE)}))",
                        "{{stage}}",
                        instant=True,
                    ),
                ),
                6,
                decimals=0,
            ),
            Panel(
                Kind.BARS,
                "Leads by quality",
                "Leads captured in the time range.",
                "locale",
                (Query(in_range(business.BUSINESS_LEADS_CAPTURED, "quality"), "{{quality}}", instant=True),),
                6,
                decimals=0,
            ),
            Panel(
                Kind.BARS,
                "Appointments by type",
                "Appointments scheduled in the time range.",
                "locale",
                (Query(in_range(business.BUSINESS_APPOINTMENTS_SCHEDULED, "type"), "{{type}}", instant=True),),
                12,
                decimals=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Value of property inquiries P50, P90",
                "Value of the properties that clients ask about.",
                "currencyEUR",
                (
                    Query(quantile(0.5, business.BUSINESS_PROPERTY_INQUIRY_VALUE), "P50"),
                    Query(quantile(0.9, business.BUSINESS_PROPERTY_INQUIRY_VALUE), "P90"),
                ),
                12,
                minimum=0,
            ),
        ),
    )
