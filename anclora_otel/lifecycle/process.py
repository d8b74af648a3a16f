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
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import util as multiprocessing_util
from types import FrameType

from opentelemetry import metrics as metrics_api
from opentelemetry import trace as trace_api

from anclora_otel import instruments
from anclora_otel._guard import complaints
from anclora_otel.budgets import Budgets
from anclora_otel.catalogue import initial_metrics
from anclora_otel.errors import SettingsError
from anclora_otel.integrations.asyncio import watch_event_loops
from anclora_otel.integrations.redis_pools import connection_pools
from anclora_otel.lifecycle.health import wire_health
from anclora_otel.lifecycle.redaction import apply_redaction
from anclora_otel.lifecycle.reports import FlushReport
from anclora_otel.lifecycle.telemetry import Telemetry
from anclora_otel.pipeline import Pipeline, build_pipeline
from anclora_otel.pipeline.baggage import guard_baggage
from anclora_otel.recorders import runtime
from anclora_otel.recorders.analytics import ConversationStore, use_conversation_store
from anclora_otel.settings import Settings, load_settings, with_overrides

logger = logging.getLogger("anclora_otel")

INSTRUMENTATION_SCOPE = "anclora_otel"
"""The scope under which the metrics of the catalogue are recorded."""


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
        wire_health(settings, None)
        return Telemetry(settings, None)
    apply_redaction(settings)
    pipeline = build_pipeline(settings, _package_version())
    wire_health(settings, pipeline)
    _set_global_providers(pipeline)
    guard_baggage(settings.baggage_keys)
    meter = pipeline.metrics.provider.get_meter(INSTRUMENTATION_SCOPE, _package_version())
    current = instruments.Instruments(
        meter,
        queue_name=settings.queue_name,
        high_value_euros=settings.high_value_euros,
        budgets=Budgets(settings.series_per_metric, settings.label_budgets),
    )
    instruments.use(current)
    current.start_at_zero(initial_metrics(settings.domains))
    if "runtime" in settings.domains:
        runtime.observe_runtime()
        watch_event_loops()
    if "redis" in settings.domains:
        connection_pools.observe()
    for account in pipeline.accounts.values():
        account.observe()
    pipeline.metrics.expect_measurement()
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
    multiprocessing_util.register_after_fork(_process, _end_with_child)
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
    complaints.after_fork()
    instruments.current().after_fork()
    runtime.after_fork()
    if _process.telemetry is not None:
        _process.telemetry.after_fork()


def _end_with_child(_: _Process) -> None:
    """Export at the end of a child of multiprocessing, which leaves without the functions of atexit."""
    multiprocessing_util.Finalize(None, shutdown, exitpriority=-100)


def _package_version() -> str:
    try:
        return version("anclora-otel")
    except PackageNotFoundError:
        return "0"
