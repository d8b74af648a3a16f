"""Start, flush and end the telemetry of a process: the only place that puts the layers together."""

from anclora_otel.lifecycle.process import configure, flush, shutdown, telemetry
from anclora_otel.lifecycle.queues import instrument_queue, instrument_worker, queue_batch, queue_job, queue_send
from anclora_otel.lifecycle.reports import FlushReport, LogFileReport, SignalReport
from anclora_otel.lifecycle.telemetry import Telemetry

__all__ = [
    "FlushReport",
    "LogFileReport",
    "SignalReport",
    "Telemetry",
    "configure",
    "flush",
    "instrument_queue",
    "instrument_worker",
    "queue_batch",
    "queue_job",
    "queue_send",
    "shutdown",
    "telemetry",
]
