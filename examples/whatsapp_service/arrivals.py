"""What arrived where: asked of Prometheus, Loki and the trace file, never of those who sent it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import httpx

from examples.whatsapp_service.trace_file import TraceFile

SERVICE, WORKER = "whatsapp-service", "whatsapp-worker"
QUERY_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Figure:
    """
    Name one figure of the demo, and how it is asked.

    ``required`` says that the demo fails if it stays at nothing; ``{run}`` in the query selects the processes
    of this run.
    """

    name: str
    query: str
    required: bool = True


_RUN = " and on (job, instance) (anclora_process_start_time_seconds >= {began})"

FIGURES = (
    Figure("messages accepted", "sum(anclora_queue_messages_total{run})"),
    Figure("messages processed", "sum(anclora_queue_messages_processed_total{run})"),
    Figure("messages failed", "sum(anclora_queue_messages_failed_total{run})", required=False),
    Figure(
        "messages waiting",
        "sum(max by (queue, priority) (anclora_queue_waiting_messages{run}))",
        required=False,
    ),
    Figure("messages sent", "sum(anclora_analytics_messages_sent_total{run})"),
    Figure("messages delivered", "sum(anclora_analytics_messages_delivered_total{run})"),
    Figure("messages read", "sum(anclora_analytics_messages_read_total{run})"),
    Figure("client messages", "sum(anclora_analytics_messages_received_total{run})"),
    Figure("WhatsApp API calls", "sum(anclora_whatsapp_api_calls_total{run})"),
    Figure(
        "processing P99 (s)",
        "histogram_quantile(0.99, sum by (le) (rate(anclora_queue_processing_duration_seconds_bucket[5m]{run})))",
    ),
    Figure("active conversations", "max(anclora_analytics_active_conversations{run})", required=False),
    Figure("HTTP requests", "sum(http_server_request_duration_seconds_count{run})"),
    Figure("Redis metrics of the collector", 'count({__name__=~"redis_.+"})'),
    Figure("host metrics of the collector", 'count({__name__=~"system_.+"})'),
)


@dataclass(frozen=True)
class Arrivals:
    """
    Hold what had arrived at one moment.

    ``figures`` are Prometheus's answers by name, None where there is none; lines and spans go by service.
    """

    figures: dict[str, float | None]
    log_lines: dict[str, int]
    spans: dict[str, int]
    complete_trace: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the signals that did not arrive."""
        names = [f"{figure.name} (Prometheus)" for figure in FIGURES if self._lacks(figure)]
        names += [f"log lines of {name} (Loki)" for name in (SERVICE, WORKER) if not self.log_lines.get(name)]
        names += [f"spans of {name} (trace file)" for name in (SERVICE, WORKER) if not self.spans.get(name)]
        if self.complete_trace is None:
            names.append("a trace from request through queue to WhatsApp call (trace file)")
        return tuple(names)

    def _lacks(self, figure: Figure) -> bool:
        return figure.required and not self.figures.get(figure.name)


class Witnesses:
    """
    Ask those who received the signals.

    Args:
        prometheus_url: address of Prometheus.
        loki_url: address of Loki.
        trace_file: the collector's trace file.
        began_at_seconds: Unix time of the demo's start; what came from earlier processes does not count.
    """

    def __init__(self, prometheus_url: str, loki_url: str, trace_file: TraceFile, began_at_seconds: float) -> None:
        self._prometheus_url = f"{prometheus_url}/api/v1/query"
        self._loki_url = f"{loki_url}/loki/api/v1/query"
        self._trace_file = trace_file
        self._began_at_seconds = began_at_seconds
        self._client = httpx.Client(timeout=QUERY_TIMEOUT_SECONDS, trust_env=False)

    def ask(self) -> Arrivals:
        """Ask all of them; one that does not answer has received nothing."""
        self._trace_file.read()
        return Arrivals(
            {figure.name: self._figure(figure) for figure in FIGURES},
            self._log_lines(),
            dict(self._trace_file.spans),
            self._trace_file.complete_trace,
        )

    def first_figure_arrived(self) -> bool:
        """Say whether Prometheus has a figure of this run's queue."""
        return bool(self._figure(FIGURES[0]))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _figure(self, figure: Figure) -> float | None:
        began = math.floor(self._began_at_seconds)
        query = _with_run(figure.query, _RUN.format(began=began))
        results = self._query(self._prometheus_url, query)
        values = [float(result["value"][1]) for result in results]
        return values[0] if values and math.isfinite(values[0]) else None

    def _log_lines(self) -> dict[str, int]:
        window_seconds = math.ceil(time.time() - self._began_at_seconds) + 1
        selector = f'{{service_name=~"{SERVICE}|{WORKER}"}}'
        query = f"sum by (service_name) (count_over_time({selector}[{window_seconds}s]))"
        results = self._query(self._loki_url, query)
        return {result["metric"]["service_name"]: int(result["value"][1]) for result in results}

    def _query(self, url: str, query: str) -> list[dict[str, Any]]:
        try:
            answer = self._client.get(url, params={"query": query}).json()
            return list(answer["data"]["result"])
        except (httpx.TransportError, ValueError, KeyError, TypeError):
            return []


def _with_run(query: str, run: str) -> str:
    # A range selector cannot be filtered by `and`: the filter goes around the function that takes it.
    if "]{run}" not in query:
        return query.replace("{run}", run)
    return query.replace("]{run})", "])" + run)
