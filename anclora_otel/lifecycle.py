"""
Start, flush and end the telemetry of a process.

`configure` is the only place that puts the layers together. It may be called any number of times; the telemetry of a
process is started once.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import FrameType

from opentelemetry import metrics as metrics_api
from opentelemetry import trace as trace_api

from anclora_otel import instruments
from anclora_otel.catalogue import initial_metrics
from anclora_otel.errors import AncloraOtelError, SettingsError
from anclora_otel.integrations.asyncio import watch_event_loops
from anclora_otel.logs import bridge_logging, unbridge_logging
from anclora_otel.pipeline import Pipeline, build_pipeline
from anclora_otel.recorders.analytics import ConversationStore, use_conversation_store
from anclora_otel.recorders.runtime import observe_runtime
from anclora_otel.settings import Settings, load_settings, with_overrides

logger = logging.getLogger("anclora_otel")

INSTRUMENTATION_SCOPE = "anclora_otel"
"""The scope under which the metrics of the catalogue are recorded."""


@dataclass(frozen=True)
class SignalReport:
    """
    What became of one signal.

    Args:
        exported: items that the receiver accepted since the start of the process.
        failed: items whose export failed since the start of the process.
        finished: whether the flush came to its end within its time.

    """

    exported: int
    failed: int
    finished: bool


@dataclass(frozen=True)
class FlushReport:
    """
    What a flush did, signal by signal.

    Args:
        signals: a report each for traces, metrics and logs.

    """

    signals: Mapping[str, SignalReport]

    @property
    def finished(self) -> bool:
        """Say whether every signal came to its end within the time given."""
        return all(report.finished for report in self.signals.values())


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

    def flush(self, timeout_seconds: float = 5.0) -> FlushReport:
        """
        Export all that waits, the signals side by side under one deadline.

        Args:
            timeout_seconds: how long to wait altogether.

        """
        if self._pipeline is None or self._ended.is_set():
            return FlushReport({})
        return self._report(self._pipeline.flush(timeout_seconds))

    def shutdown(self, timeout_seconds: float | None = None) -> FlushReport:
        """
        Export all that waits and end; a second call does nothing.

        Args:
            timeout_seconds: how long to wait altogether; `Settings.shutdown_timeout_seconds` unless given.

        """
        if self._pipeline is None or self._ended.is_set():
            return FlushReport({})
        self._ended.set()
        unbridge_logging()
        limit = self.settings.shutdown_timeout_seconds if timeout_seconds is None else timeout_seconds
        return self._report(self._pipeline.shutdown(limit))

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

    def _report(self, finished: frozenset[str]) -> FlushReport:
        if self._pipeline is None:
            return FlushReport({})
        return FlushReport(
            {
                name: SignalReport(counts.exported, counts.failed, name in finished)
                for name, counts in self._pipeline.counts().items()
            }
        )


class _Process:
    """Holds the telemetry of this process."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.telemetry: Telemetry | None = None
        self.hooked = False


_process = _Process()


def configure(
    settings: Settings | None = None,
    *,
    conversation_store: ConversationStore | None = None,
    **overrides: object,
) -> Telemetry:
    """
    Start the telemetry of this process, or give the one that runs.

    Values given here win over the environment, which wins over the defaults. A wrong value in the environment falls
    back to its default with one line in the log; with ``ANCLORA_STRICT=true`` it raises.

    Args:
        settings: complete settings in place of the environment.
        conversation_store: where conversations under way are counted.
        **overrides: single fields of `Settings`.

    Raises:
        SettingsError: if an override is no field of `Settings`, or in strict mode if the environment is wrong.

    """
    with _process.lock:
        if _process.telemetry is None:
            _process.telemetry = _start(with_overrides(_read(settings), overrides))
        elif settings is not None or overrides:
            logger.warning("telemetry runs already: settings given to a later configure() are not used")
        if conversation_store is not None:
            use_conversation_store(conversation_store)
        return _process.telemetry


def telemetry() -> Telemetry | None:
    """Give the telemetry of this process, or None before `configure`."""
    return _process.telemetry


def flush(timeout_seconds: float = 5.0) -> FlushReport:
    """
    Export all that waits, for example at the end of a job in a process that goes on.

    Args:
        timeout_seconds: how long to wait altogether.

    """
    return FlushReport({}) if _process.telemetry is None else _process.telemetry.flush(timeout_seconds)


def shutdown(timeout_seconds: float | None = None) -> FlushReport:
    """
    Export all that waits and end the telemetry of this process; afterwards `configure` may start it anew.

    Args:
        timeout_seconds: how long to wait altogether; `Settings.shutdown_timeout_seconds` unless given.

    """
    with _process.lock:
        running, _process.telemetry = _process.telemetry, None
    if running is None:
        return FlushReport({})
    try:
        return running.shutdown(timeout_seconds)
    finally:
        # What is recorded from here on has nowhere to go, and the SDK would complain about each of it.
        instruments.use(instruments.Instruments(metrics_api.NoOpMeter(INSTRUMENTATION_SCOPE)))


def _read(settings: Settings | None) -> Settings:
    if settings is not None:
        return settings
    found, problems = load_settings()
    if problems and found.strict:
        raise SettingsError(problems)
    for problem in problems:
        logger.warning("%s", problem)
    return found


def _start(settings: Settings) -> Telemetry:
    if not settings.enabled:
        return Telemetry(settings, None)
    pipeline = build_pipeline(settings, _package_version())
    _set_global_providers(pipeline)
    meter = pipeline.metrics.provider.get_meter(INSTRUMENTATION_SCOPE, _package_version())
    current = instruments.Instruments(meter, queue_name=settings.queue_name, high_value_euros=settings.high_value_euros)
    instruments.use(current)
    current.start_at_zero(initial_metrics(settings.domains))
    if "runtime" in settings.domains:
        observe_runtime()
        watch_event_loops()
    for account in pipeline.accounts.values():
        account.observe()
    bridge_logging(pipeline.log_bridge)
    pipeline.metrics.first_measurement.expect()
    _hook_process()
    return Telemetry(settings, pipeline)


def _set_global_providers(pipeline: Pipeline) -> None:
    from opentelemetry._logs import set_logger_provider

    trace_api.set_tracer_provider(pipeline.tracer_provider)
    metrics_api.set_meter_provider(pipeline.metrics.provider)
    set_logger_provider(pipeline.logger_provider)


def _hook_process() -> None:
    if _process.hooked:
        return
    _process.hooked = True
    atexit.register(shutdown)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end_on_sigterm)


def _end_on_sigterm(number: int, _: FrameType | None) -> None:
    """Export before the process ends by the signal, as it would have without telemetry."""
    shutdown()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _after_fork() -> None:
    _process.lock = threading.RLock()
    if _process.telemetry is not None:
        _process.telemetry.after_fork()


def _package_version() -> str:
    try:
        return version("anclora-otel")
    except PackageNotFoundError:
        return "0"
