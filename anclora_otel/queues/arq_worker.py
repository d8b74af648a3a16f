"""Instrument an arq worker: the consumer's span around each job, and what becomes of the job recorded."""

from __future__ import annotations

import dataclasses
import functools
import pickle
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from anclora_otel._guard import guarded, report_fault
from anclora_otel.catalogue.labels import ErrorType
from anclora_otel.queues.arq_depth import dead_letter_key
from anclora_otel.queues.arq_queue import CONTEXT_KEY, SYSTEM, ArqJob
from anclora_otel.queues.attempt import Attempt, TakenJob
from anclora_otel.queues.error_types import error_type_of
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.untraced import traced_call, untraced_call

_HOOKS = ("on_startup", "on_shutdown", "on_job_start", "on_job_end", "after_job_end")
_MILLISECONDS = 1000

_written: ContextVar[dict[str, Any] | None] = ContextVar("anclora_arq_job", default=None)
"""What was written down for the job that the current task runs."""


def instrument_arq_worker(worker: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a worker before it runs.

    A job is counted when arq has written down its end, and not before. Jobs that arq gives up without calling their
    function (too many tries, an unknown function, an expired job) are counted as failed as well.

    Args:
        worker: an ``arq.worker.Worker``.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with an `ArqJob`.
    """
    followed = _FollowedWorker(worker, recording, labels)
    for name, function in worker.functions.items():
        worker.functions[name] = dataclasses.replace(function, coroutine=followed.job(name, function.coroutine))
    for hook in _HOOKS:
        if getattr(worker, hook) is not None:
            setattr(worker, hook, traced_call(getattr(worker, hook)))
    worker.job_deserializer = _remembered(worker.job_deserializer or pickle.loads)
    worker.finish_job = followed.finish(worker.finish_job)
    worker.finish_failed_job = followed.give_up(worker.finish_failed_job)
    worker.main, worker.close = untraced_call(worker.main), untraced_call(worker.close)


def _remembered(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    @functools.wraps(deserialize)
    def deserialize_and_remember(data: bytes) -> Any:
        written = deserialize(data)
        _written.set(written if isinstance(written, dict) else None)
        return written

    return deserialize_and_remember


@dataclasses.dataclass
class _Running:
    attempt: Attempt
    error_type: ErrorType | None = None
    aborted: bool = False


class _FollowedWorker:
    """A worker and the jobs that it is at, by id."""

    def __init__(self, worker: Any, recording: Recording, labels: JobLabels) -> None:
        self._worker = worker
        self._recording = recording
        self._labels = labels
        self._running: dict[str, _Running] = {}

    def job(self, name: str, coroutine: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(coroutine)
        async def run(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> Any:
            taken = self._taken(ctx, ArqJob(name, args, kwargs))
            running = self._running[ctx["job_id"]] = _Running(Attempt(self._recording, taken))
            with running.attempt.processing():
                try:
                    return await coroutine(ctx, *args, **kwargs)
                except BaseException as error:
                    running.error_type = error_type_of(error)
                    running.aborted = ctx["job_id"] in self._worker.aborting_tasks
                    raise

        return run

    def finish(self, finish_job: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(finish_job)
        async def finish(
            job_id: str, finish: bool, result_data: Any, result_timeout_s: Any, keep_forever: Any, *rest: Any
        ) -> None:
            await finish_job(job_id, finish, result_data, result_timeout_s, keep_forever, *rest)
            running = self._running.pop(job_id, None)
            if running is None:
                return
            if finish and running.error_type is None:
                running.attempt.processed()
                return
            error_type = running.error_type or "unknown"
            if finish and error_type == "cancelled" and not running.aborted:
                # arq ends a job that takes too long by cancelling it, and does not try it again.
                error_type = "timeout"
            running.attempt.failed(error_type, will_retry=not finish)
            if finish:
                await self._remember_given_up(job_id, result_timeout_s, keep_forever)

        return finish

    def give_up(self, finish_failed_job: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(finish_failed_job)
        async def give_up(job_id: str, result_data: Any) -> None:
            await finish_failed_job(job_id, result_data)
            self._record_given_up(job_id)
            await self._remember_given_up(job_id, self._worker.keep_result_s, self._worker.keep_result_forever)

        return give_up

    @guarded
    def _record_given_up(self, job_id: str) -> None:
        self._running.pop(job_id, None)
        written = _written.get() or {}
        job = ArqJob(str(written.get("f", "")), tuple(written.get("a", ())), written.get("k", {}))
        priority, message_type = self._labels.of(job)
        self._recording.failed(priority, message_type, "unknown", queue=self._worker.queue_name)

    async def _remember_given_up(self, job_id: str, keep_seconds: float | None, keep_forever: object) -> None:
        if not keep_seconds and not keep_forever:
            return
        key, now_ms = dead_letter_key(self._worker.queue_name), time.time() * _MILLISECONDS
        forgotten_at = "+inf" if keep_forever else now_ms + (keep_seconds or 0) * _MILLISECONDS
        try:
            async with self._worker.pool.pipeline(transaction=True) as pipeline:
                pipeline.zremrangebyscore(key, "-inf", now_ms)
                pipeline.zadd(key, {job_id: forgotten_at})
                await pipeline.execute()
        except Exception as error:
            report_fault("keeping arq's dead letter", error)

    def _taken(self, ctx: dict[Any, Any], job: ArqJob) -> TakenJob:
        queue = self._worker.queue_name
        try:
            priority, message_type = self._labels.of(job)
            # The score is the time at which the job was due.
            waited_seconds = time.time() - ctx["score"] / _MILLISECONDS if ctx["job_try"] == 1 else None
            carrier = (_written.get() or {}).get(CONTEXT_KEY)
            return TakenJob(SYSTEM, queue, carrier, priority, message_type, ctx["job_id"], waited_seconds)
        except Exception as error:
            report_fault("an arq job", error)
            return TakenJob(SYSTEM, queue)
