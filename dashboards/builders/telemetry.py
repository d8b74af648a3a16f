"""The telemetry itself: does everything arrive, and what was lost."""

from __future__ import annotations

from anclora_otel.catalogue import telemetry as m
from anclora_otel.catalogue.alerts import Scope, foreign
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import telemetry as rules
from dashboards.builders.common import alerts_row, dashboard, logs_row, variables
from dashboards.builders.foreign import ACCEPTED, COLLECTOR_MEMORY, NOTIFICATIONS, PROMETHEUS_SERIES, SENT
from dashboards.builders.limits import AT_LEAST_ONE, NOT_ZERO, from_here
from dashboards.builders.model import Dashboard, Kind, Panel, Query, Row
from dashboards.builders.selectors import INSTANCE, JOB, in_range, per_second, quantile, recorded, series

_LOST = ('outcome="dropped"', 'signal!="sentry"')
"""Errors that are noise are kept from Sentry on purpose; log and trace have them."""


_USED = f"{in_range(NOTIFICATIONS, 'integration')} > 0"
"""Alertmanager counts for every integration that exists, twenty of them."""


def dropped(width: int = 4, height: int = 4) -> Panel:
    """Give how much the services lost in the time range."""
    return Panel(
        Kind.STAT,
        "Items lost",
        "Spans, samples and lines that a service's SDK dropped in the time range.",
        "locale",
        (Query(f"{in_range(m.TELEMETRY_ITEMS, where=_LOST)} or vector(0)", "lost", instant=True),),
        width,
        height,
        NOT_ZERO,
        decimals=0,
    )


def collector_up(width: int = 4, height: int = 4) -> Panel:
    """Give whether the collector answers."""
    return Panel(
        Kind.STAT,
        "Collectors up",
        "Collectors that Prometheus can scrape; it asks them directly, not through the pipeline that it watches.",
        "none",
        (
            Query(
                f'sum({foreign.UP.prometheus_name}{{{JOB}, instance=~"$instance", job="collector"}})',
                "up",
                instant=True,
            ),
        ),
        width,
        height,
        AT_LEAST_ONE,
        decimals=0,
    )


def build(scope: Scope) -> Dashboard:
    """Build the dashboard for the thresholds of a scope."""
    rows = (_services(), _collector(scope), _stores(), alerts_row(), logs_row())
    question = "Does the telemetry arrive, and what was lost?"
    return dashboard("telemetry", "Anclora / Telemetry", question, rows, variables(everything=True))


def _services() -> Row:
    failed = ('outcome!="exported"',)
    violations = per_second(m.TELEMETRY_LABEL_VIOLATIONS, "metric", "label", "reason")
    return Row(
        "Services",
        (
            dropped(6, 8),
            Panel(
                Kind.TIME_SERIES,
                "Items by signal and outcome",
                "Spans, metric points and log records per second, and what became of them.",
                "cps",
                (Query(per_second(m.TELEMETRY_ITEMS, "signal", "outcome"), "{{signal}} {{outcome}}"),),
                9,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Not exported, by reason",
                "Items per second that were dropped, failed or spooled, and why.",
                "cps",
                (
                    Query(
                        per_second(m.TELEMETRY_ITEMS, "signal", "outcome", "reason", where=failed),
                        "{{signal}} {{outcome}} {{reason}}",
                    ),
                ),
                9,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Queue of the SDK",
                "Items that wait in each process for their export.",
                "short",
                (
                    Query(
                        f"sum by (job, signal) ({series(m.TELEMETRY_QUEUE_SIZE)})",
                        "{{job}} {{signal}}",
                    ),
                ),
                6,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Export latency P95",
                "Of the requests that carry telemetry to the collector.",
                "s",
                (Query(quantile(0.95, m.TELEMETRY_EXPORT_DURATION, "signal"), "{{signal}}", exemplars=True),),
                6,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Since the last accepted export",
                "By process and signal. Health reads this too: what counts is the last item that arrived.",
                "s",
                (
                    Query(
                        f"time() - max by (job, signal) ({series(m.TELEMETRY_LAST_SUCCESS_TIMESTAMP)} > 0)",
                        "{{job}} {{signal}}",
                    ),
                ),
                6,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Label violations",
                "Label values per second that were refused, by metric, label and reason.",
                "cps",
                (Query(violations, "{{metric}} {{label}} {{reason}}"),),
                6,
                minimum=0,
            ),
        ),
    )


def _collector(scope: Scope) -> Row:
    return Row(
        "Collector",
        (
            collector_up(4, 8),
            Panel(
                Kind.TIME_SERIES,
                "Accepted",
                "Items per second that receivers took.",
                "cps",
                tuple(Query(per_second(metric), signal) for signal, metric in ACCEPTED.items()),
                10,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Sent by exporter",
                "Items per second that the stores accepted.",
                "cps",
                tuple(
                    Query(per_second(metric, "exporter"), f"{signal} {{{{exporter}}}}")
                    for signal, metric in SENT.items()
                ),
                10,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Queue of the exporters",
                "Share of each queue in use, with the alert's line; it is on disk and survives an outage.",
                "percentunit",
                (Query(recorded(rules.COLLECTOR_QUEUE, JOB, INSTANCE), "{{data_type}} {{exporter}}"),),
                8,
                limits=from_here(scope, d.COLLECTOR_QUEUE),
                minimum=0,
                maximum=1,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Refused and failed",
                "Items per second that receivers refused or exporters could not send. Senders repeat what was refused.",
                "cps",
                (
                    *(Query(per_second(metric), f"refused {signal}") for signal, metric in foreign.REFUSED.items()),
                    *(Query(per_second(metric), f"failed {signal}") for signal, metric in foreign.SEND_FAILED.items()),
                    *(
                        Query(per_second(metric), f"not queued {signal}")
                        for signal, metric in foreign.ENQUEUE_FAILED.items()
                    ),
                ),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Memory of the collector",
                "Resident memory; near its limit it refuses rather than dies.",
                "bytes",
                (Query(series(COLLECTOR_MEMORY), "{{instance}}"),),
                8,
                minimum=0,
            ),
        ),
    )


def _stores() -> Row:
    return Row(
        "Prometheus and Alertmanager",
        (
            Panel(
                Kind.TIME_SERIES,
                "Series in Prometheus",
                "Series in memory; a jump is a label with too many values.",
                "short",
                (Query(series(PROMETHEUS_SERIES), "{{instance}}"),),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Failed rule evaluations",
                "Per second; anything but zero means that alerts are blind.",
                "cps",
                (Query(per_second(foreign.RULE_FAILURES), "failed"),),
                8,
                minimum=0,
            ),
            Panel(
                Kind.TIME_SERIES,
                "Notifications",
                "Sent and failed per second, by each integration that was used in the time range.",
                "cps",
                (
                    Query(f"{per_second(NOTIFICATIONS, 'integration')} and {_USED}", "sent {{integration}}"),
                    Query(
                        f"{per_second(foreign.NOTIFICATION_FAILURES, 'integration')} and {_USED}",
                        "failed {{integration}}",
                    ),
                ),
                8,
                minimum=0,
            ),
        ),
    )
