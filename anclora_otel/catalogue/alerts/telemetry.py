"""Alerts on telemetry itself: who watches the watchers."""

from __future__ import annotations

from collections.abc import Mapping

from anclora_otel.catalogue import labels, runtime
from anclora_otel.catalogue import telemetry as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.alerts.forms import above, limit_of
from anclora_otel.catalogue.alerts.model import COUNT, PERCENTAGE, Alert, Expression, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import BY_SERVICE, INSTANCE, events, lately, select
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.metric import Label, Metric


def _collector(s: Scope, metric: Metric) -> str:
    return select(s, metric, f'job="{s.text(d.COLLECTOR_JOB)}"')


COLLECTOR_KNOWN_DOWN = Record(
    "collector:up:down",
    "there where Prometheus cannot scrape any collector, so that a silence of others says nothing about them",
    lambda s: f"max(last_over_time({_collector(s, foreign.UP)}[{s.lately}])) == 0",
)
COLLECTOR_QUEUE = Record(
    "exporter:otelcol_exporter_queue_size:ratio",
    "queue size / capacity of each exporter of a collector",
    lambda s: (
        f"max by (job, {INSTANCE}, exporter, data_type)"
        f" ({lately(s, foreign.COLLECTOR_QUEUE_SIZE)} / ({lately(s, foreign.COLLECTOR_QUEUE_CAPACITY)} > 0))"
    ),
)
UNKNOWN_PAST = Record(
    "instance:anclora_process_start_time_seconds:unknown_past",
    "processes older than what Prometheus knows of them: their counters say nothing about the window",
    lambda s: (
        f"max by (job, {INSTANCE}) (time() - last_over_time({select(s, runtime.PROCESS_START_TIME)}"
        f"[{s.duration(d.RARE)}]) > {s.seconds(d.RARE)}"
        f" unless last_over_time({select(s, runtime.PROCESS_START_TIME)}[{s.lately}] offset {s.duration(d.RARE)}))"
    ),
)
RECORDS = (COLLECTOR_KNOWN_DOWN, COLLECTOR_QUEUE, UNKNOWN_PAST)
"""What alerts of several domains read, in the order of evaluation."""


def _losses(*kinds: tuple[str, Mapping[str, Metric], str]) -> Expression:
    """Write the items lost in the last minutes, by what lost them and by signal."""

    def write(s: Scope) -> str:
        terms = []
        for loss, by_signal, component in kinds:
            for signal, metric in by_signal.items():
                # These counters have no series until something is lost. A collector that was not scraped before
                # may bring an old loss along.
                unknown = f"(last_over_time({_collector(s, foreign.UP)}[{s.duration(d.RATE)}])"
                unknown += (
                    f" unless last_over_time({_collector(s, foreign.UP)}[{s.lately}] offset {s.duration(d.RATE)}))"
                )
                grouping = ("job", INSTANCE, component)
                lost = events(s, metric, d.RATE, grouping, f'job="{s.text(d.COLLECTOR_JOB)}"', unless=unknown)
                labelled = f'label_replace({lost}, "signal", "{signal}", "", "")'
                terms.append(f'label_replace({labelled}, "loss", "{loss}", "", "") > 0.5')
        return " or ".join(terms)

    return write


def _collector_down(s: Scope) -> str:
    up = _collector(s, foreign.UP)
    return f"{up} == 0 or 0 * absent({up})"


def _own(metric: Metric, grouping: tuple[Label, ...], *matchers: str) -> Expression:
    keys = (*BY_SERVICE, *(label.key for label in grouping))
    return lambda s: f"{events(s, metric, d.RARE, keys, *matchers, unless=UNKNOWN_PAST.name)} > 0.5"


def _failures(metric: Metric, grouping: tuple[str, ...]) -> Expression:
    def write(s: Scope) -> str:
        name = select(s, metric)
        keys = ", ".join(("job", INSTANCE, *grouping))
        return f"sum by ({keys}) (increase({name}[{s.duration(d.RATE)}])) > 0.5 or 0 * absent({name})"

    return write


WATCHDOG = Alert(
    "Watchdog",
    "Watchdog",
    Severity.NONE,
    "telemetry",
    "0s",
    lambda _: "vector(1)",
    "The alert path works.",
    "always",
    "When a dead man's switch stops hearing this, alerts do not arrive.",
)
COLLECTOR_DOWN = Alert(
    "CollectorDown",
    "CollectorUp",
    Severity.CRITICAL,
    "telemetry",
    "2m",
    _collector_down,
    "The collector cannot be scraped.",
    "the collector is down, or nobody scrapes it",
    "Metrics, logs and traces of every service stay away; other alerts are blind.",
    service_label="job",
    names_absence=True,
)
QUEUE_FILLING = Alert(
    "CollectorQueueFilling",
    "CollectorQueue",
    Severity.WARNING,
    "telemetry",
    "5m",
    above(COLLECTOR_QUEUE, d.COLLECTOR_QUEUE),
    "A queue of the collector fills up.",
    "queue above <limit> of its capacity",
    "When it is full, new telemetry is refused.",
    limit_of(d.COLLECTOR_QUEUE, "%"),
    PERCENTAGE,
    service_label="job",
)
DROPPING = Alert(
    "CollectorDroppingData",
    "CollectorLoss",
    Severity.CRITICAL,
    "telemetry",
    "1m",
    _losses(("not enqueued", foreign.ENQUEUE_FAILED, "exporter"), ("refused", foreign.REFUSED, "receiver")),
    "The collector does not take telemetry.",
    "items that could not be enqueued, or were refused",
    "Telemetry is lost unless its sender keeps it.",
    value=COUNT,
    service_label="job",
)
EXPORT_FAILING = Alert(
    "CollectorExportFailing",
    "CollectorExport",
    Severity.WARNING,
    "telemetry",
    "10m",
    _losses(("not sent", foreign.SEND_FAILED, "exporter")),
    "An exporter of the collector fails.",
    "items that could not be sent, by exporter",
    "These items are lost to the backend behind the exporter.",
    value=COUNT,
    service_label="job",
)
DROPPED = Alert(
    "TelemetryDropped",
    "TelemetryLoss",
    Severity.WARNING,
    "telemetry",
    "5m",
    _own(metrics.TELEMETRY_ITEMS, (labels.SIGNAL, labels.DROP_REASON), 'outcome="dropped"'),
    "An application drops telemetry.",
    "items that an application's SDK dropped",
    "What is dropped is missing in logs, traces or metrics of this service.",
    value=COUNT,
)
LABEL_BUDGET = Alert(
    "LabelBudgetExceeded",
    "LabelBudget",
    Severity.WARNING,
    "telemetry",
    "5m",
    _own(metrics.TELEMETRY_LABEL_VIOLATIONS, (labels.METRIC, labels.LABEL), 'reason="budget"'),
    "A label takes too many values.",
    "samples over the label budget",
    "Further values of this label share one series and cannot be told apart.",
    value=COUNT,
)
RULE_FAILURES = Alert(
    "PrometheusRuleFailures",
    "PrometheusRules",
    Severity.CRITICAL,
    "telemetry",
    "5m",
    _failures(foreign.RULE_FAILURES, ("rule_group",)),
    "Prometheus cannot evaluate rules.",
    "evaluations failed, or Prometheus does not report on itself",
    "Alerts of this group do not fire.",
    value=COUNT,
    service_label="job",
    names_absence=True,
)
NOTIFICATIONS_FAILING = Alert(
    "AlertmanagerNotificationsFailing",
    "Notifications",
    Severity.CRITICAL,
    "telemetry",
    "5m",
    _failures(foreign.NOTIFICATION_FAILURES, ("integration",)),
    "Notifications are not delivered.",
    "notifications failed, by integration, or Alertmanager does not report",
    "Nobody hears of alerts over this integration.",
    value=COUNT,
    service_label="job",
    names_absence=True,
)

GROUPS = (
    Group("anclora_telemetry_recording", "telemetry.yaml", RECORDS),
    Group(
        "anclora_telemetry_alerts",
        "telemetry.yaml",
        (
            WATCHDOG,
            COLLECTOR_DOWN,
            QUEUE_FILLING,
            DROPPING,
            EXPORT_FAILING,
            DROPPED,
            LABEL_BUDGET,
            RULE_FAILURES,
            NOTIFICATIONS_FAILING,
        ),
    ),
)
"""The rules of the domain."""
