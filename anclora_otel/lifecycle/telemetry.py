"""The telemetry of one process, from its settings to its end."""

from __future__ import annotations

import threading
from functools import partial

from anclora_otel.errors import AncloraOtelError
from anclora_otel.lifecycle.logs import Logs
from anclora_otel.lifecycle.reports import FlushReport, SignalReport
from anclora_otel.lifecycle.sentry import SIGNAL, end_errors, flush_errors, start_errors
from anclora_otel.pipeline import Pipeline
from anclora_otel.settings import Settings


class Telemetry:
    """
    The telemetry of a process; `configure` makes the only one.

    Args:
        settings: what it records and where it goes.
        pipeline: what carries it, or None where telemetry is switched off.

    """

    def __init__(self, settings: Settings, pipeline: Pipeline | None) -> None:
        self.settings = settings
        self._pipeline = pipeline
        self._ended = threading.Event()
        self._logs = Logs(settings, pipeline) if pipeline is not None else None
        if pipeline is not None:
            start_errors(settings)

    def flush(self, timeout_seconds: float = 5.0) -> FlushReport:
        """
        Export all that waits, the signals side by side under one deadline.

        Args:
            timeout_seconds: how long to wait altogether.

        """
        if self._pipeline is None or self._ended.is_set():
            return FlushReport({})
        return self._report(self._pipeline.flush(timeout_seconds, {SIGNAL: partial(flush_errors, timeout_seconds)}))

    def shutdown(self, timeout_seconds: float | None = None) -> FlushReport:
        """
        Export all that waits and end; a second call does nothing.

        Args:
            timeout_seconds: how long to wait altogether; `Settings.shutdown_timeout_seconds` unless given.

        """
        if self._pipeline is None or self._ended.is_set():
            return FlushReport({})
        self._ended.set()
        if self._logs is not None:
            self._logs.stop()
        limit = self.settings.shutdown_timeout_seconds if timeout_seconds is None else timeout_seconds
        return self._report(self._pipeline.shutdown(limit, {SIGNAL: partial(end_errors, limit)}))

    def render_metrics(self, accept: str = "") -> tuple[str, bytes]:
        """
        Render the metrics for a Prometheus scrape.

        Args:
            accept: the request's Accept header; OpenMetrics where it is asked for, else the text format.

        Returns:
            The content type and the body.

        Raises:
            AncloraOtelError: if the settings name no path at which metrics are served.

        """
        if self._pipeline is None or not self._pipeline.metrics.serves_prometheus:
            raise AncloraOtelError(
                'metrics are not served: set ANCLORA_METRICS_PATH or call configure(metrics_path="/metrics") first'
            )
        return self._pipeline.metrics.render(accept)

    def after_fork(self) -> None:
        """Make the telemetry of a forked child its own."""
        if self._pipeline is not None:
            self._pipeline.after_fork()
        if self._logs is not None:
            self._logs.after_fork()

    def _report(self, finished: frozenset[str]) -> FlushReport:
        if self._pipeline is None:
            return FlushReport({})
        return FlushReport(
            {
                name: SignalReport(counts.exported, counts.failed, name in finished)
                for name, counts in self._pipeline.counts().items()
            }
        )
