"""Instrument an rq worker: the consumer's span around each job, and what becomes of the job recorded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from opentelemetry import context
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import Span, StatusCode

from anclora_otel._guard import guarded, report_fault
from anclora_otel.queues.attempt import Attempt, TakenJob
from anclora_otel.queues.error_types import error_type_of
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.rq_queue import SYSTEM
from anclora_otel.queues.rq_report import Outcome, Report
from anclora_otel.queues.spans import ERROR_TYPE, class_name, mark_failed
from anclora_otel.queues.untraced import untraced_call, within

_GIVEN_UP = ("failed", "stopped")
_NOT_SEEN = "_OTHER"
"""Value of `error.type` where nobody saw the error: the process of the job was killed, or started anew."""


def instrument_rq_worker(worker: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a worker before it works: one that forks for each job as well as one that does not.

    Span and metrics are those of the worker's own process, so a job that is killed is seen, and no process of a job
    makes series of its own. Spans and logs of the job's function are exported before its process ends; metrics that it
    records itself are not, so a job that records some belongs in a worker that does not fork (``rq.SimpleWorker``).

    Args:
        worker: an ``rq.Worker`` or one of its kind.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with the job.
    """
    followed = _FollowedWorker(worker, recording, labels)
    worker.execute_job = followed.execute(worker.execute_job)
    worker.perform_job = followed.perform(worker.perform_job)
    worker.handle_job_success = followed.noted(worker.handle_job_success)
    worker.handle_job_failure = followed.noted(worker.handle_job_failure)
    worker.handle_job_retry = followed.noted(worker.handle_job_retry)
    worker.handle_exception = followed.seeing_errors(worker.handle_exception)
    worker.work = untraced_call(worker.work)


class _FollowedWorker:
    """A worker and the job that it is at; rq's workers do one at a time."""

    def __init__(self, worker: Any, recording: Recording, labels: JobLabels) -> None:
        self._worker = worker
        self._recording = recording
        self._labels = labels
        self._report = Report()
        self._error: BaseException | None = None

    def execute(self, execute_job: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(execute_job)
        def execute(job: Any, queue: Any) -> Any:
            self._report.clear()
            self._error = None
            attempt = Attempt(self._recording, self._taken(job, queue))
            with attempt.processing() as span:
                # What rq itself asks of Redis from here on is no part of the job; its function is.
                job.perform = within(context.get_current(), job.perform)
                with suppress_instrumentation():
                    done = execute_job(job, queue)
                self._end(attempt, span, job)
            return done

        return execute

    def perform(self, perform_job: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(perform_job)
        def perform(*arguments: Any, **options: Any) -> Any:
            try:
                return perform_job(*arguments, **options)
            finally:
                if self._worker.is_horse:
                    # rq ends the process of a job without giving anybody a chance to export.
                    self._recording.flush()

        return perform

    def noted(self, handle: Callable[..., Any]) -> Callable[..., Any]:
        """Note what became of the job once rq has written it down, in whichever process that happens."""

        @functools.wraps(handle)
        def handle_and_note(job: Any, *arguments: Any, **options: Any) -> Any:
            done = handle(job, *arguments, **options)
            self._note_status(job)
            return done

        return handle_and_note

    def seeing_errors(self, handle_exception: Callable[..., Any]) -> Callable[..., Any]:
        """Note the error of a job before rq's handlers see it, in whichever process that happens."""

        @functools.wraps(handle_exception)
        def note_and_handle(job: Any, *exception: Any) -> Any:
            self._note_error(*exception)
            return handle_exception(job, *exception)

        return note_and_handle

    @guarded
    def _note_error(self, _kind: Any, error: BaseException, _traceback: Any) -> None:
        self._error = error
        self._report.note_error(error_type_of(error), class_name(error))

    @guarded
    def _note_status(self, job: Any) -> None:
        self._report.note_outcome(_outcome(job.get_status(refresh=False)))

    @guarded
    def _end(self, attempt: Attempt, span: Span, job: Any) -> None:
        error, self._error = self._error, None
        outcome = self._report.outcome or _outcome(job.get_status())
        if outcome == "processed":
            attempt.processed()
            return
        self._mark(span, error)
        attempt.failed(self._report.error_type, will_retry=outcome == "retried")

    def _mark(self, span: Span, error: BaseException | None) -> None:
        if error is None:
            mark_failed(span, self._report.error_class or _NOT_SEEN)
            return
        span.record_exception(error)
        span.set_attribute(ERROR_TYPE, class_name(error))
        span.set_status(StatusCode.ERROR)

    def _taken(self, job: Any, queue: Any) -> TakenJob:
        try:
            priority, message_type = self._labels.of(job)
            # A job that was started before is tried again.
            waited_seconds = None if job.started_at else _seconds_since(job.enqueued_at)
            return TakenJob(SYSTEM, queue.name, job.meta, priority, message_type, job.id, waited_seconds)
        except Exception as error:
            report_fault("an rq job", error)
            return TakenJob(SYSTEM, queue.name)


def _outcome(status: Any) -> Outcome:
    if status == "finished":
        return "processed"
    return "failed" if status in _GIVEN_UP else "retried"


def _seconds_since(moment: datetime | None) -> float | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return (datetime.now(timezone.utc) - aware).total_seconds()
