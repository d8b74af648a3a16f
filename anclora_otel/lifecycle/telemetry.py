"""The telemetry of one process, from its settings to its end."""

from __future__ import annotations

import threading
import time
from functools import partial

from anclora_otel.errors import AncloraOtelError
from anclora_otel.lifecycle.logs import Logs
from anclora_otel.lifecycle.reports import FlushReport, LogFileReport, SignalReport
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
        if self._pipeline is None or self._logs is None or self._ended.is_set():
            return FlushReport({})
        deadline = time.monotonic() + timeout_seconds
        mark = self._logs.mark_files()
        finished = self._pipeline.flush(timeout_seconds, others={SIGNAL: partial(flush_errors, timeout_seconds)})
        return self._report(finished, self._logs.report_files(mark, deadline - time.monotonic()))

    def flush_passing_process(self) -> None:
        """
        Export spans and logs of a process that ends without a word, such as that of one job.

        Metrics are left out: to the SDK a forked process has counted all that its parent has.
        """
        if self._pipeline is not None and not self._ended.is_set():
            self._pipeline.flush(self.settings.shutdown_timeout_seconds, ("traces", "logs"))

    def shutdown(self, timeout_seconds: float | None = None) -> FlushReport:
        """
        Export all that waits and end; a second call does nothing.

        Args:
            timeout_seconds: how long to wait altogether; `Settings.shutdown_timeout_seconds` unless given.

        """
        if self._pipeline is None or self._logs is None or self._ended.is_set():
            return FlushReport({})
        self._ended.set()
        limit = self.settings.shutdown_timeout_seconds if timeout_seconds is None else timeout_seconds
        deadline = time.monotonic() + limit
        mark = self._logs.stop()
        finished = self._pipeline.shutdown(limit, {SIGNAL: partial(end_errors, limit)})
        return self._report(finished, self._logs.report_files(mark, deadline - time.monotonic()))

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
        # The logs first: what the others log in the child must not wait for a lock of the parent.
        if self._logs is not None:
            self._logs.after_fork()
        if self._pipeline is not None:
            self._pipeline.after_fork()

    def _report(self, finished: frozenset[str], log_files: LogFileReport | None) -> FlushReport:
        if self._pipeline is None:
            return FlushReport({})
        return FlushReport(
            {
                name: SignalReport(counts.exported, counts.failed, name in finished)
                for name, counts in self._pipeline.counts().items()
            },
            log_files,
        )
