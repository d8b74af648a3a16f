"""One screen: is it working, is it earning."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import Scope
from dashboards.builders import analytics, queue, system, telemetry
from dashboards.builders.common import dashboard, firing_count, firing_list, logs_row, variables
from dashboards.builders.model import Dashboard, Row


def build(scope: Scope) -> Dashboard:
    """Build the dashboard for the thresholds of a scope."""
    numbers = Row(
        "Is it working, is it earning?",
        (
            firing_count(3),
            analytics.active_conversations(3, 4),
            analytics.conversions_today(3),
            analytics.revenue_today(3),
            analytics.leads_today(3),
            analytics.appointments_today(3),
            telemetry.dropped(3),
            telemetry.collector_up(3),
        ),
    )
    flow = Row(
        "Messages",
        (
            queue.throughput_by_priority(6),
            queue.latency(scope, 6),
            queue.error_rate(scope, 6),
            analytics.delivery(scope, 6),
        ),
    )
    rest = Row("Alerts and capacity", (firing_list(8, 8), queue.backlog(scope, 8), system.memory(scope, 8)))
    chosen = variables(with_queue=True, everything=True)
    question = "Is it working, is it earning? Everything else is one click away."
    return dashboard("overview", "Anclora / Overview", question, (numbers, flow, rest, logs_row()), chosen)
