"""One attempt at one job: its span, its times, and what is recorded of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span

from anclora_otel.catalogue.labels import ErrorType, MessageType, Priority
from anclora_otel.queues.carriers import context_of
from anclora_otel.queues.recording import Recording
from anclora_otel.queues.spans import consuming


@dataclass(frozen=True)
class TakenJob:
    """
    A job as a worker has it.

    Args:
        system: the library or the broker.
        queue: name of the queue.
        carrier: where the trace context of the producer is, if anywhere.
        priority: its priority.
        message_type: the kind of its message.
        message_id: its id; goes into the span alone.
        waited_seconds: time from being due to being taken; None where that is not to be recorded, as for a retry.
    """

    system: str
    queue: str
    carrier: object = None
    priority: Priority = "normal"
    message_type: MessageType = "other"
    message_id: str = ""
    waited_seconds: float | None = None


class Attempt:
    """
    Follow one attempt at a job, from taking it until the broker has moved it.

    Args:
        recording: the recorders.
        job: what is attempted.
    """

    def __init__(self, recording: Recording, job: TakenJob) -> None:
        self.span: Span = INVALID_SPAN
        self._recording = recording
        self.job = job
        self._began_seconds = time.perf_counter()

    @contextmanager
    def processing(self) -> Iterator[Span]:
        """Hold the consumer's span around the work, and record how long the job waited."""
        job = self.job
        with consuming(job.system, job.queue, context_of(job.carrier), message_id=job.message_id) as span:
            self.span = span
            self.record_wait()
            yield span

    def record_wait(self) -> None:
        """Record how long the job waited, where that is known."""
        job = self.job
        if job.waited_seconds is not None:
            waited_seconds = max(job.waited_seconds, 0.0)
            self._recording.waited(job.priority, job.message_type, waited_seconds, queue=job.queue)

    def processed(self) -> None:
        """Record that the job is done."""
        job = self.job
        with trace.use_span(self.span):
            self._recording.processed(job.priority, job.message_type, self._seconds(), queue=job.queue)

    def failed(self, error_type: ErrorType, *, will_retry: bool) -> None:
        """
        Record that the attempt failed.

        Args:
            error_type: the kind of the error.
            will_retry: whether another attempt follows.
        """
        job = self.job
        with trace.use_span(self.span):
            self._recording.failed(
                job.priority,
                job.message_type,
                error_type,
                duration_seconds=self._seconds(),
                will_retry=will_retry,
                queue=job.queue,
            )

    def _seconds(self) -> float:
        return time.perf_counter() - self._began_seconds
