"""Join the instrumentation of queues with the recorders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from opentelemetry.trace import Span

from anclora_otel._guard import report_fault
from anclora_otel.lifecycle.process import telemetry
from anclora_otel.queues import instrumentation
from anclora_otel.queues.jobs import FollowedJob, JobSource, following_batch, sending
from anclora_otel.queues.recording import JobLabels, LabelSource, Recording
from anclora_otel.recorders.queue import (
    record_bulk_operation,
    record_queue_failed,
    record_queue_message,
    record_queue_processed,
    record_queue_wait,
)

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def _flush_passing_process() -> None:
    running = telemetry()
    if running is not None:
        running.flush_passing_process()


RECORDING = Recording(
    accepted=record_queue_message,
    in_bulk=record_bulk_operation,
    waited=record_queue_wait,
    processed=record_queue_processed,
    failed=record_queue_failed,
    flush=_flush_passing_process,
)


def instrument_worker(worker: T, *, message_type: LabelSource = "other", priority: LabelSource | None = None) -> T:
    """
    Record what becomes of a worker's jobs, in spans that continue the producer's trace.

    For workers of BullMQ, arq and rq; call it right after the worker is made, or with the worker's class before.
    Waiting time, duration, processed and failed jobs and errors are recorded; the library's own traffic to Redis is
    left out of the traces. What cannot be instrumented is said once and left as it is.

    Args:
        worker: the worker, or a class of workers.
        message_type: the kind of message of every job, or a function of the job that gives it.
        priority: the same for the priority; that of BullMQ's job, else normal, unless given.

    Returns:
        The worker.
    """
    try:
        instrumentation.instrument_worker(worker, RECORDING, JobLabels(message_type, priority))
    except Exception as error:
        report_fault("instrument_worker", error)
    return worker


def instrument_queue(queue: T, *, message_type: LabelSource = "other", priority: LabelSource | None = None) -> T:
    """
    Record the jobs that a queue accepts, with a producer's span, whose context travels in the job.

    For queues of BullMQ and rq and pools of arq, or their classes. What cannot be instrumented is said once and left
    as it is.

    Args:
        queue: the queue, or a class of queues.
        message_type: the kind of message of every job, or a function of the job that gives it.
        priority: the same for the priority; that of BullMQ's job, else normal, unless given.

    Returns:
        The queue.
    """
    try:
        instrumentation.instrument_queue(queue, RECORDING, JobLabels(message_type, priority))
    except Exception as error:
        report_fault("instrument_queue", error)
    return queue


def queue_job(
    source: str | JobSource,
    *,
    message_type: LabelSource = "other",
    priority: LabelSource = "normal",
    will_retry: Callable[[BaseException], bool] | None = None,
) -> Callable[[F], F]:
    """
    Decorate the function that does the jobs of any queue, blocking or asynchronous.

    Waiting time, duration, processed and failed jobs and errors are recorded, in a span that continues the producer's
    trace. The function's result and errors go through unchanged.

    Args:
        source: name of the queue, or what describes its jobs: `anclora_otel.queues.redis_stream`, or a
            `anclora_otel.queues.JobSource` of your own.
        message_type: the kind of message of every job, or a function of the decorated function's arguments.
        priority: the same for the priority.
        will_retry: says of an error whether another attempt follows; never, unless given.
    """
    return FollowedJob(_source(source), RECORDING, JobLabels(message_type, priority), will_retry or _never).wrap


@contextmanager
def queue_batch(
    source: str | JobSource,
    jobs: Sequence[Any],
    *,
    message_type: LabelSource = "other",
    priority: LabelSource = "normal",
    will_retry: Callable[[BaseException], bool] | None = None,
) -> Iterator[Span]:
    """
    Hold one span around the processing of several jobs, linked to the producer's span of each.

    Every job is recorded with the duration of the batch, as processed, or as failed where an error leaves the block.

    Args:
        source: as for `queue_job`.
        jobs: the jobs; one that is a tuple is spread out for the functions that describe it.
        message_type: the kind of message of every job, or a function of the job that gives it.
        priority: the same for the priority.
        will_retry: says of an error whether another attempt follows; never, unless given.
    """
    labels = JobLabels(message_type, priority)
    with following_batch(_source(source), jobs, RECORDING, labels, will_retry or _never) as span:
        yield span


@contextmanager
def queue_send(
    queue: str, *, system: str = "other", count: int = 1, message_type: str = "other", priority: str = "normal"
) -> Iterator[dict[str, str]]:
    """
    Hold a producer's span around the sending to any queue, and give the fields that are to travel in the message.

    Where no error leaves the block, the messages are recorded as accepted.

    Args:
        queue: name of the queue.
        system: the library or the broker, for ``messaging.system``.
        count: how many messages are sent in the block.
        message_type: their kind.
        priority: their priority.
    """
    with sending(queue, system, count, RECORDING, JobLabels(message_type, priority)) as carrier:
        yield carrier


def _source(source: str | JobSource) -> JobSource:
    return JobSource(source) if isinstance(source, str) else source


def _never(_: BaseException) -> bool:
    return False
