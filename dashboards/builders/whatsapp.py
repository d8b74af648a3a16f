"""The WhatsApp API: is it there, is it fast, does it refuse."""

from __future__ import annotations

from anclora_otel.catalogue import whatsapp as m
from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import whatsapp as rules
from dashboards.builders.limits import AT_LEAST_ONE, from_here
from dashboards.builders.model import Kind, Panel, Query, Row
from dashboards.builders.selectors import per_second, quantiles, recorded, series


def row(scope: Scope) -> Row:
    """Give the row of the WhatsApp API."""
    return Row(
        "WhatsApp API",
        (
            Panel(
                Kind.TIME_SERIES,
                "API latency P50, P95",
                "Calls of the WhatsApp API, with the line of the alert on the P95.",
                "s",
                quantiles(m.WHATSAPP_API_LATENCY, 0.5, 0.95),
                8,
                limits=from_here(scope, d.API_LATENCY),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "API calls by status",
                "Calls per second; timeouts and refused connections have their own status.",
                "cps",
                (Query(per_second(m.WHATSAPP_API_CALLS, "status_code"), "{{status_code}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Answers of class 5xx",
                "Per second and service, as the alert reads them.",
                "cps",
                (Query(recorded(rules.ERRORS), "{{service_name}}"),),
                8,
                limits=from_here(scope, d.API_ERRORS),
                minimum=0,
            ),
            Panel(
                Kind.STAT,
                "Active instances",
                "WhatsApp instances that are connected; none means that nothing goes out.",
                "locale",
                (Query(f"max({series(m.WHATSAPP_ACTIVE_INSTANCES)})", "active"),),
                8,
                limits=AT_LEAST_ONE,
                decimals=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Rate-limit hits",
                "Answers 429 per second by instance, with the alert's line.",
                "cps",
                (Query(per_second(m.WHATSAPP_RATE_LIMIT_HITS, "instance_name"), "{{instance_name}}"),),
                8,
                limits=from_here(scope, d.RATE_LIMIT_HITS),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Webhooks",
                "Webhooks received per second by event.",
                "cps",
                (Query(per_second(m.WHATSAPP_WEBHOOKS_RECEIVED, "event_type"), "{{event_type}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
        ),
    )
