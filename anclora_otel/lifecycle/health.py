"""Let the health checks of the process read what runtime and pipeline know of it."""

from __future__ import annotations

from collections.abc import Mapping

from anclora_otel.health.readings import use_readings
from anclora_otel.pipeline import Pipeline
from anclora_otel.pipeline.accounting import ExportCounts
from anclora_otel.recorders import runtime
from anclora_otel.settings import Settings


class ProcessReadings:
    """
    What is known of this process.

    Args:
        settings: which signals are exported.
        pipeline: knows what became of their items; None where telemetry is switched off.

    """

    def __init__(self, settings: Settings, pipeline: Pipeline | None) -> None:
        exporters = {"traces": settings.traces, "metrics": settings.metrics, "logs": settings.logs}
        self._signals = [signal for signal, exporter in exporters.items() if exporter == "otlp"]
        self._pipeline = pipeline

    def started_at(self) -> float | None:
        """Give the Unix time at which the process started."""
        return runtime.start_time_seconds()

    def resident_memory_bytes(self) -> float | None:
        """Give the resident memory."""
        return runtime.resident_memory_bytes()

    def heap_used_bytes(self) -> float | None:
        """Give the bytes in use by the heap."""
        return runtime.heap_used_bytes()

    def event_loop_lag_seconds(self) -> float | None:
        """Give the largest lag of the event loops in the last 30 s."""
        return runtime.event_loop_lag.largest_seconds()

    def exports(self) -> Mapping[str, ExportCounts] | None:
        """Give what became of the items of each signal that is exported."""
        if self._pipeline is None:
            return None
        counts = self._pipeline.counts()
        return {signal: counts[signal] for signal in self._signals}


def wire_health(settings: Settings, pipeline: Pipeline | None) -> None:
    """Let the checks of the process read from this telemetry."""
    use_readings(ProcessReadings(settings, pipeline))
