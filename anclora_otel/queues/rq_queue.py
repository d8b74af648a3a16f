"""Instrument an rq queue: the producer's span around the enqueueing, its context in ``job.meta``, and the count."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from anclora_otel._guard import guarded
from anclora_otel.queues.carriers import current_carrier
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.spans import MESSAGE_ID, producing

SYSTEM = "rq"
"""Value of ``messaging.system``."""


def instrument_rq_queue(queue: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a queue: ``enqueue``, ``enqueue_call``, ``enqueue_at``, ``enqueue_in`` and ``enqueue_many``.

    The context lies in ``job.meta`` under the names that HTTP headers have, ``traceparent`` first of all.

    Args:
        queue: an ``rq.Queue``.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with the job.
    """
    create_job, name = queue.create_job, queue.name

    @guarded
    def accept(job: Any) -> None:
        recording.accepted(*labels.of(job), queue=name)

    @functools.wraps(create_job)
    def create_with_context(*arguments: Any, meta: dict[str, Any] | None = None, **options: Any) -> Any:
        return create_job(*arguments, meta={**(meta or {}), **current_carrier()}, **options)

    def one(enqueue: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(enqueue)
        def enqueue_traced(*arguments: Any, **options: Any) -> Any:
            with producing(SYSTEM, name) as span:
                job = enqueue(*arguments, **options)
                span.set_attribute(MESSAGE_ID, job.id)
                accept(job)
            return job

        return enqueue_traced

    def many(enqueue: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(enqueue)
        def enqueue_traced(job_datas: Any, *arguments: Any, **options: Any) -> Any:
            job_datas = list(job_datas)
            with producing(SYSTEM, name, count=len(job_datas)):
                jobs = enqueue(job_datas, *arguments, **options)
                recording.in_bulk(len(jobs), queue=name)
                for job in jobs:
                    accept(job)
            return jobs

        return enqueue_traced

    queue.create_job = create_with_context
    # `enqueue` and `enqueue_in` go through these.
    queue.enqueue_call, queue.enqueue_at = one(queue.enqueue_call), one(queue.enqueue_at)
    queue.enqueue_many = many(queue.enqueue_many)
