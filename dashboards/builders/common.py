"""What every dashboard has: variables, annotations, what fires, and the log lines."""

from __future__ import annotations

from anclora_otel.catalogue import queue, runtime
from dashboards.builders.foreign import ALERTS
from dashboards.builders.limits import NOT_ZERO
from dashboards.builders.model import Annotation, Dashboard, Kind, Panel, Query, Row, Source, Variable
from dashboards.builders.selectors import ENVIRONMENT, JOB, series

_PROCESSES = runtime.PROCESS_START_TIME.prometheus_name
_NO_SERVICE = ".*"
"""Series that are scraped from /metrics have neither service nor environment: all means those too."""

# An alert that is of no service, or of no environment, is shown whatever is chosen.
_OF_ALERTS = 'alertstate="firing", service=~"$service|", environment=~"$environment|"'
_FIRING = f"{ALERTS.prometheus_name}{{{_OF_ALERTS}}}"
_REAL = f'{ALERTS.prometheus_name}{{{_OF_ALERTS}, severity!="none"}}'

_LINES = (
    '{service_name=~".+", service_name=~"$service", deployment_environment_name=~"$environment"}'
    ' | service_instance_id=~"$instance|"'
)


def variables(*, with_queue: bool = False, everything: bool = False) -> tuple[Variable, ...]:
    """
    Give the variables of a dashboard.

    Args:
        with_queue: whether its panels are about queues.
        everything: whether it also shows Redis, the host, the collector and the stores, which are no services.

    """
    jobs = '{__name__=~"target_info|up"}' if everything else _PROCESSES
    instances = f'{{__name__=~"target_info|up", {JOB}}}' if everything else f"{_PROCESSES}{{{JOB}}}"
    chosen = (
        Variable("job", "job", jobs),
        Variable("instance", "instance", instances),
        Variable("service", "service_name", f"{_PROCESSES}{{{JOB}}}", _NO_SERVICE),
        Variable("environment", "deployment_environment_name", f"{_PROCESSES}{{{JOB}}}", _NO_SERVICE),
    )
    if not with_queue:
        return chosen
    queues = f"{queue.QUEUE_ACTIVE_MESSAGES.prometheus_name}{{{JOB}, {ENVIRONMENT}}}"
    return (*chosen, Variable("queue", "queue", queues))


def events() -> tuple[Annotation, ...]:
    """Give the events of every dashboard: when a version was first started, and when an alert fired."""
    starts = f"min by (service_name, service_version) ({series(runtime.PROCESS_START_TIME)}) * 1000"
    alerts = f"max by (alertname, severity, service) ({_REAL})"
    return (
        Annotation("Deploys", starts, "{{service_name}} {{service_version}} started", "blue", by_value=True),
        Annotation("Alerts", alerts, "{{alertname}} ({{severity}}) {{service}}", "red"),
    )


def firing_count(width: int = 4, height: int = 4) -> Panel:
    """Give the number of alerts that fire."""
    return Panel(
        Kind.STAT,
        "Alerts firing",
        "Alerts that fire now, without the watchdog. Anything but zero: see the list below.",
        "none",
        (Query(f"count({_REAL}) or vector(0)", "firing", instant=True),),
        width,
        height,
        NOT_ZERO,
        decimals=0,
    )


def firing_list(width: int = 24, height: int = 6) -> Panel:
    """Give the list of alerts that fire; the watchdog always does, which shows that alerting works."""
    text = f"max by (alertname, severity, category, service, environment) ({_FIRING})"
    return Panel(
        Kind.TABLE,
        "Firing alerts",
        "What fires now. The watchdog (severity none) always does: without it, alerting itself is broken.",
        "none",
        (Query(text, "{{alertname}}", instant=True),),
        width,
        height,
    )


def alerts_row() -> Row:
    """Give the row of alerts."""
    return Row("Alerts", (firing_list(),))


def logs_row(search: str = "") -> Row:
    """
    Give the row of log lines, narrowed by the same variables as the panels.

    Args:
        search: a regular expression that lines must match.

    """
    lines = f"{_LINES} |~ `{search}`" if search else _LINES
    volume = f"sum by (severity_text) (count_over_time({lines} [$__auto]))"
    return Row(
        "Logs",
        (
            Panel(
                Kind.TIME_SERIES,
                "Log lines by level",
                "Lines in each step by level, of the chosen services, environments and instances.",
                "short",
                (Query(volume, "{{severity_text}}", Source.LOKI),),
                8,
                10,
                stacked=True,
                minimum=0,
            ),
            Panel(
                Kind.LOGS,
                "Log lines",
                "The lines themselves, newest first; open one for its trace id. Service stands for job too; "
                "lines of programs without an instance are always shown.",
                "none",
                (Query(lines, "", Source.LOKI),),
                16,
                10,
            ),
        ),
    )


def dashboard(
    name: str, title: str, description: str, rows: tuple[Row, ...], chosen: tuple[Variable, ...]
) -> Dashboard:
    """
    Make a dashboard.

    Args:
        name: of its file, and the end of its uid.
        title: its title.
        description: the question that it answers.
        rows: its rows.
        chosen: its variables.

    """
    return Dashboard(f"anclora-{name}", title, description, rows, chosen, events())
