"""Any other queue: a decorator for the function that does a job, and spans for the sending and for batches."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from opentelemetry.trace import Span

from anclora_otel._guard import guarded, report_fault
from anclora_otel.queues.attempt import Attempt, TakenJob
from anclora_otel.queues.carriers import context_of, current_carrier
from anclora_otel.queues.error_types import error_type_of
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.spans import consuming_batch, producing

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class JobSource:
    """
    Describe where jobs come from, for `anclora_otel.queue_job` and `anclora_otel.queue_batch`.

    The functions are called with the arguments of the decorated function; one that fails is said once and its value
    left out.

    Args:
        queue: name of the queue; a label, so never a name for each job.
        system: the library or the broker, for ``messaging.system``.
        carrier: gives the mapping with the fields of the trace context.
        message_id: gives the job's id, for the span alone.
        due_at_seconds: gives the Unix time at which the job was due.
    """

    queue: str
    system: str = "other"
    carrier: Callable[..., object] | None = None
    message_id: Callable[..., str] | None = None
    due_at_seconds: Callable[..., float] | None = None

    def taken(self, labels: JobLabels, *job: Any, **named: Any) -> TakenJob:
        """
        Describe a job that was taken just now.

        Args:
            labels: how message type and priority are found.
            job: positional arguments of the function that does the job.
            named: its other arguments.

        """
        priority, message_type = labels.of(*job, **named)
        due_at_seconds = _asked(self.due_at_seconds, job, named)
        return TakenJob(
            self.system,
            self.queue,
            _asked(self.carrier, job, named),
            priority,
            message_type,
            _asked(self.message_id, job, named) or "",
            None if due_at_seconds is None else time.time() - due_at_seconds,
        )


def _asked(question: Callable[..., Any] | None, job: tuple[Any, ...], named: dict[str, Any]) -> Any:
    try:
        return None if question is None else question(*job, **named)
    except Exception as error:
        report_fault("describing a job", error)
        return None


class FollowedJob:
    """
    Follow calls of a function that does jobs: consumer's span, times, and what became of each.

    Args:
        source: where the jobs come from.
        recording: the recorders.
        labels: how message type and priority are found.
        will_retry: says of an error whether another attempt follows.
    """

    def __init__(
        self, source: JobSource, recording: Recording, labels: JobLabels, will_retry: Callable[[BaseException], bool]
    ) -> None:
        self._source = source
        self._recording = recording
        self._labels = labels
        self._will_retry = will_retry

    def wrap(self, function: F) -> F:
        """Give the function, blocking or asynchronous, with each call followed."""

        @functools.wraps(function)
        async def call_async(*job: Any, **named: Any) -> Any:
            with self._followed(job, named):
                return await function(*job, **named)

        @functools.wraps(function)
        def call(*job: Any, **named: Any) -> Any:
            with self._followed(job, named):
                return function(*job, **named)

        return cast("F", call_async if inspect.iscoroutinefunction(function) else call)

    @contextmanager
    def _followed(self, job: tuple[Any, ...], named: dict[str, Any]) -> Iterator[None]:
        attempt = Attempt(self._recording, self._source.taken(self._labels, *job, **named))
        try:
            with attempt.processing():
                yield
        except BaseException as error:
            attempt.failed(error_type_of(error), will_retry=_answer(self._will_retry, error))
            raise
        attempt.processed()


@contextmanager
def following_batch(
    source: JobSource,
    jobs: Sequence[Any],
    recording: Recording,
    labels: JobLabels,
    will_retry: Callable[[BaseException], bool],
) -> Iterator[Span]:
    """
    Hold one consumer's span around the processing of several jobs, linked to the producer's span of each.

    Args:
        source: where the jobs come from; its functions are called with each job, spread out where it is a tuple.
        jobs: the jobs.
        recording: the recorders.
        labels: how message type and priority are found.
        will_retry: says of an error whether another attempt follows.
    """
    each = [job if isinstance(job, tuple) else (job,) for job in jobs]
    attempts = [Attempt(recording, source.taken(labels, *job)) for job in each]
    if attempts:
        recording.in_bulk(len(attempts), queue=source.queue)
    contexts = [context_of(attempt.job.carrier) for attempt in attempts]
    try:
        with consuming_batch(source.system, source.queue, contexts) as span:
            for attempt in attempts:
                attempt.span = span
                attempt.record_wait()
            yield span
    except BaseException as error:
        for attempt in attempts:
            attempt.failed(error_type_of(error), will_retry=_answer(will_retry, error))
        raise
    for attempt in attempts:
        attempt.processed()


@contextmanager
def sending(queue: str, system: str, count: int, recording: Recording, labels: JobLabels) -> Iterator[dict[str, str]]:
    """
    Hold the producer's span around the sending of jobs, and give the fields that are to travel in them.

    Args:
        queue: name of the queue.
        system: the library or the broker.
        count: how many jobs are sent.
        recording: the recorders.
        labels: message type and priority.
    """
    with producing(system, queue, count=count if count != 1 else None):
        yield current_carrier()
        _accept(queue, count, recording, labels)


@guarded
def _accept(queue: str, count: int, recording: Recording, labels: JobLabels) -> None:
    if count != 1:
        recording.in_bulk(count, queue=queue)
    for _ in range(count):
        recording.accepted(*labels.of(), queue=queue)


def _answer(will_retry: Callable[[BaseException], bool], error: BaseException) -> bool:
    try:
        return bool(will_retry(error))
    except Exception as fault:
        report_fault("will_retry of a job", fault)
        return False
