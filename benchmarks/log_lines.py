"""
Measure what a log record costs the thread that writes it.

Run with ``python -m benchmarks.log_lines``; prints microseconds of processor time of the calling thread per record, the
best of several rounds that are run in turn, and how they compare. Export threads run as ever and are not measured.
``--json`` prints the figures for machines.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import StringIO
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, InMemoryLogRecordExporter
from opentelemetry.sdk.resources import Resource

import anclora_otel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 7
RECORDS = 5_000
QUEUE = 2 * RECORDS

Case = Callable[[logging.Logger], AbstractContextManager[object]]


def null_handler(log: logging.Logger) -> AbstractContextManager[object]:
    """Do nothing with a record."""
    log.addHandler(logging.NullHandler())
    return nullcontext()


def stream_handler(log: logging.Logger) -> AbstractContextManager[object]:
    """Write a line into memory, as the standard library does."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    return nullcontext()


def upstream(log: logging.Logger) -> AbstractContextManager[object]:
    """Put a record into the queue of OpenTelemetry's own handler."""
    provider = LoggerProvider(resource=Resource({}), shutdown_on_exit=False)
    exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider.add_log_record_processor(
        BatchLogRecordProcessor(exporter, schedule_delay_millis=3_600_000, max_queue_size=QUEUE)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log.addHandler(LoggingHandler(logger_provider=provider))
    return nullcontext()


@contextmanager
def configured(console: str) -> Iterator[None]:
    """Run our telemetry for the length of a round."""
    anclora_otel.configure(
        service_name="benchmark-log-lines",
        log_console=console,
        traces="none",
        metrics="none",
        log_export_interval_seconds=3600.0,
        log_queue_size=QUEUE,
    )
    try:
        yield
    finally:
        anclora_otel.shutdown(0.0)


def ours(_: logging.Logger) -> AbstractContextManager[object]:
    """Put a record into our queue."""
    return configured("none")


@contextmanager
def ours_with_console(_: logging.Logger) -> Iterator[None]:
    """Put a record into our queue, and write it as a masked line of JSON into memory."""
    stderr, sys.stderr = sys.stderr, StringIO()
    try:
        with configured("json"):
            yield
    finally:
        sys.stderr = stderr


CASES: dict[str, Case] = {
    "NullHandler": null_handler,
    "StreamHandler": stream_handler,
    "OpenTelemetry's LoggingHandler": upstream,
    "ours, export": ours,
    "ours, export and JSON console": ours_with_console,
}
"""What is measured, by the name that is printed."""


def microseconds(case: Case) -> float:
    """Write records within a span, as a request does, and give the time of one."""
    # Each round has a logger that nobody has configured; one of its own name would remember the last case.
    log = logging.Logger("queue")  # noqa: LOG001
    log.setLevel(logging.INFO)
    span = trace.NonRecordingSpan(trace.SpanContext(2**100 + 1, 2**60 + 1, is_remote=False))
    with case(log), trace.use_span(span):
        started = time.thread_time()
        for number in range(RECORDS):
            log.info("message %s sent in %d ms", "3EB0C767", number, extra={"attempt": 1, "instance": "main"})
        return (time.thread_time() - started) / RECORDS * 1e6


def measure() -> dict[str, float]:
    """Run the cases in turn and give the best of each."""
    best = dict.fromkeys(CASES, float("inf"))
    for _ in range(ROUNDS):
        for name, case in CASES.items():
            best[name] = min(best[name], microseconds(case))
    return best


def main() -> int:
    """Measure and write one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="write JSON for machines")
    asked = parser.parse_args()
    # Nobody takes what is exported, which the exporter would say each time.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    best = measure()
    if asked.json:
        print(json.dumps(best))
        return 0
    upstreams = best["OpenTelemetry's LoggingHandler"]
    for name, cost in best.items():
        ratio = f"{cost / best['NullHandler']:6.1f} x NullHandler  {cost / upstreams:5.2f} x upstream"
        print(f"{name:32} {cost:8.2f} us  {ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
