"""Instrument a BullMQ worker: the consumer's span around each job, and what becomes of the job recorded."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from typing import Any

from anclora_otel._guard import guarded, report_fault
from anclora_otel.queues.attempt import Attempt, TakenJob
from anclora_otel.queues.bullmq import SYSTEM, job_carrier
from anclora_otel.queues.error_types import error_type_of
from anclora_otel.queues.priorities import priority_name
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.untraced import untraced_call

_MOVED_BY_ITSELF = ("DelayedError", "WaitingChildrenError")
"""Errors by which a processor says that it has moved the job; BullMQ reports no end of the attempt then."""

_MILLISECONDS = 1000


def instrument_bullmq_worker(worker: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a worker that was just made.

    A job is counted when BullMQ has moved it, and not before: the counters then agree with Redis.

    Args:
        worker: a ``bullmq.Worker``.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with the job.
    """
    attempts = _Attempts(worker.name, recording, labels)
    if worker.processor is not None:
        worker.processor = attempts.followed(worker.processor)
    worker.backend = UntracedBackend(worker.backend)
    worker.on("completed", attempts.completed)
    worker.on("failed", attempts.failed)


class UntracedBackend:
    """
    BullMQ's own traffic to its broker, left out of the traces except where a processor asks for it.

    A worker makes about twenty calls for each message, none of which belongs to the message's trace.

    Args:
        backend: the worker's.
    """

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._backend, name)
        if inspect.iscoroutinefunction(found):
            found = untraced_call(found)
            # The next look-up finds it here.
            setattr(self, name, found)
        return found


class _Attempts:
    """The attempts under way in one worker."""

    def __init__(self, queue: str, recording: Recording, labels: JobLabels) -> None:
        self._queue = queue
        self._recording = recording
        self._labels = labels
        self._running: dict[str, Attempt] = {}
        self.completed: Callable[..., None] = guarded(self._completed)
        self.failed: Callable[..., None] = guarded(self._failed)

    def followed(self, processor: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(processor)
        async def process(job: Any, *arguments: Any) -> Any:
            attempt = self._running[job.id] = Attempt(self._recording, self._taken(job))
            with attempt.processing():
                try:
                    return await processor(job, *arguments)
                except Exception as error:
                    if type(error).__name__ not in _MOVED_BY_ITSELF:
                        raise
                    moved = error
            self._running.pop(job.id, None)
            raise moved

        return process

    def _taken(self, job: Any) -> TakenJob:
        try:
            return self._described(job)
        except Exception as error:
            report_fault("a BullMQ job", error)
            return TakenJob(SYSTEM, self._queue)

    def _described(self, job: Any) -> TakenJob:
        options = job.opts or {}
        priority, message_type = self._labels.of(job, known_priority=priority_name(options.get("priority") or 0))
        waited_seconds = None
        if not job.attemptsMade:
            # A delay that was asked for is not waiting.
            due_at_seconds = (job.timestamp + (options.get("delay") or 0)) / _MILLISECONDS
            waited_seconds = time.time() - due_at_seconds
        return TakenJob(
            SYSTEM, self._queue, job_carrier(options), priority, message_type, str(job.id or ""), waited_seconds
        )

    def _completed(self, job: Any, _result: object) -> None:
        attempt = self._running.pop(job.id, None)
        if attempt is not None:
            attempt.processed()

    def _failed(self, job: Any, error: BaseException) -> None:
        """Record a failure that BullMQ has taken note of: a retry, or a job in the failed set."""
        attempt = self._running.pop(job.id, None) or Attempt(self._recording, self._taken(job))
        attempt.failed(error_type_of(error), will_retry=not job.finishedOn)
