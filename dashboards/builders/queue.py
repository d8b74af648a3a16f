"""The queue: do messages flow, how fast, and what fails."""

from __future__ import annotations

from anclora_otel.catalogue import queue as m
from anclora_otel.catalogue.alerts import Scope, slo
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import queue as rules
from dashboards.builders.common import alerts_row, dashboard, logs_row, variables
from dashboards.builders.limits import above, from_here
from dashboards.builders.model import Dashboard, Kind, Panel, Query, Row
from dashboards.builders.selectors import buckets, in_range, mean, per_second, quantiles, recorded, series


def throughput_by_priority(width: int = 8) -> Panel:
    """Give messages accepted by priority."""
    return Panel(
        Kind.TIME_SERIES,
        "Throughput by priority",
        "Messages that the queue accepted, per second.",
        "cps",
        (Query(per_second(m.QUEUE_MESSAGES, "priority"), "{{priority}}"),),
        width,
        stacked=True,
        minimum=0,
    )


def latency(scope: Scope, width: int = 8) -> Panel:
    """Give the quantiles of processing with the alerts' lines."""
    return Panel(
        Kind.TIME_SERIES,
        "Processing time P50, P95, P99",
        "From taking a job to its end. The alerts read the P99 over all queues of a worker; follow a dot to its trace.",
        "s",
        quantiles(m.QUEUE_PROCESSING_DURATION, 0.5, 0.95, 0.99),
        width,
        limits=from_here(scope, d.LATENCY_WARNING, d.LATENCY_CRITICAL),
        minimum=0,
    )


def error_rate(scope: Scope, width: int = 8) -> Panel:
    """Give the share of messages that failed with the alerts' lines."""
    return Panel(
        Kind.TIME_SERIES,
        "Error rate",
        "Share of finished messages that failed for good. These customers get no reply.",
        "percentunit",
        (Query(recorded(rules.ERROR_RATIO), "{{queue}}"),),
        width,
        limits=from_here(scope, d.QUEUE_ERRORS_WARNING, d.QUEUE_ERRORS_CRITICAL),
        minimum=0,
    )


def backlog(scope: Scope, width: int = 8) -> Panel:
    """Give waiting messages by queue with the alerts' lines."""
    return Panel(
        Kind.TIME_SERIES,
        "Backlog",
        "Messages that wait, of all priorities. Every worker reads the same number from the broker.",
        "short",
        (Query(recorded(rules.WAITING), "{{queue}}"),),
        width,
        limits=from_here(scope, d.BACKLOG_WARNING, d.BACKLOG_CRITICAL),
        minimum=0,
    )


def build(scope: Scope) -> Dashboard:
    """Build the dashboard for the thresholds of a scope."""
    rows = (_flow(scope), _time(scope), _depth(scope), _failures(scope), alerts_row(), logs_row())
    return dashboard(
        "queue", "Anclora / Queue", "Do messages flow, how fast, and what fails?", rows, variables(with_queue=True)
    )


def _flow(scope: Scope) -> Row:
    today = "Of today, since midnight in the browser's time zone."
    return Row(
        "Flow",
        (
            Panel(
                Kind.STAT,
                "Messages today",
                f"Messages accepted. {today}",
                "locale",
                (Query(in_range(m.QUEUE_MESSAGES), "accepted", instant=True),),
                4,
                decimals=0,
                since="now/d",
            ),
            Panel(
                Kind.STAT,
                "Average processing time",
                "Mean time from taking a job to its end; the quantiles say more.",
                "s",
                (Query(mean(m.QUEUE_PROCESSING_DURATION), "mean"),),
                4,
                limits=from_here(scope, d.LATENCY_WARNING, d.LATENCY_CRITICAL),
            ),
            throughput_by_priority(),
            Panel(
                Kind.TIME_SERIES,
                "Throughput by message type",
                "Messages that the queue accepted, per second.",
                "cps",
                (Query(per_second(m.QUEUE_MESSAGES, "message_type"), "{{message_type}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Success against failure",
                "Messages processed, and messages that failed for good, per second.",
                "cps",
                (
                    Query(per_second(m.QUEUE_MESSAGES_PROCESSED), "processed"),
                    Query(per_second(m.QUEUE_MESSAGES_FAILED), "failed"),
                ),
                16,
                minimum=0,
            ),
            Panel(
                Kind.BARS,
                "Bulk operations by size",
                "Bulk sends in the time range by the number of messages in each.",
                "locale",
                (Query(in_range(m.QUEUE_BULK_OPERATIONS, "batch_size_range"), "{{batch_size_range}}", instant=True),),
                8,
                decimals=0,
            ),
        ),
    )


def _time(scope: Scope) -> Row:
    return Row(
        "Time",
        (
            latency(scope, 12),
            Panel(
                Kind.HEATMAP,
                "Processing time, distribution",
                "How many jobs a second ended in each time; two bands mean two kinds of work.",
                "s",
                (buckets(m.QUEUE_PROCESSING_DURATION),),
                12,
            ),
            Panel(
                Kind.TIME_SERIES,
                "P99 as the alerts read it",
                "The recorded P99 of each worker and queue, which the alerts on latency compare with these lines.",
                "s",
                (Query(recorded(rules.LATENCY_P99), "{{service_name}} {{queue}}"),),
                12,
                limits=from_here(scope, d.LATENCY_WARNING, d.LATENCY_CRITICAL),
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Waiting time P50, P95, P99",
                "From enqueueing to taking. It grows first when workers are too few.",
                "s",
                quantiles(m.QUEUE_WAIT_DURATION, 0.5, 0.95, 0.99),
                12,
                minimum=0,
            ),
        ),
    )


def _depth(scope: Scope) -> Row:
    waiting = f"max by (queue, priority) ({series(m.QUEUE_WAITING_MESSAGES)})"
    return Row(
        "Depth",
        (
            backlog(scope),
            Panel(
                Kind.TIME_SERIES,
                "Waiting and active",
                "Messages that wait by priority, and those being processed.",
                "short",
                (
                    Query(f"sum by (priority) ({waiting})", "waiting {{priority}}"),
                    Query(f"sum(max by (queue) ({series(m.QUEUE_ACTIVE_MESSAGES)}))", "active"),
                ),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Dead letters",
                "Messages that were given up and wait for somebody to retry them.",
                "short",
                (Query(f"max by (queue) ({series(m.QUEUE_DLQ_MESSAGES)})", "{{queue}}"),),
                8,
                limits=from_here(scope, d.DEAD_LETTERS),
                minimum=0,
            ),
        ),
    )


def _failures(scope: Scope) -> Row:
    left = next(
        record for record in slo.month_records(slo.QUEUE_SUCCESS) if record.name == slo.QUEUE_SUCCESS.budget_left
    )
    return Row(
        "Failures",
        (
            error_rate(scope),
            Panel(
                Kind.TIME_SERIES,
                "Errors by type",
                "Every processing error per second, retried or not.",
                "cps",
                (Query(per_second(m.QUEUE_ERRORS, "error_type"), "{{error_type}}"),),
                8,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.STAT,
                "Error budget left",
                "Of the messages that may fail in 30 days, the share that has not failed yet.",
                "percentunit",
                (Query(recorded(left), "{{queue}}"),),
                8,
                limits=above(0, 0.25),
            ),
        ),
    )
