"""Instrument an arq pool: the producer's span around the enqueueing, its context in the job, and the count."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anclora_otel._guard import guarded
from anclora_otel.queues.carriers import current_carrier
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.spans import MESSAGE_ID, producing

SYSTEM = "arq"
"""Value of ``messaging.system``."""

CONTEXT_KEY = "tm"
"""
Key of the carrier in the mapping that arq writes for a job.

arq reads the keys that it knows and no other, so a worker that is not instrumented takes the job as ever, and the
job's function gets no argument that it does not expect.
"""


@dataclass(frozen=True)
class ArqJob:
    """
    A job of arq, as functions for `message_type` and `priority` get it.

    Args:
        function: name of the job's function.
        args: its positional arguments.
        kwargs: its arguments by name.
    """

    function: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def instrument_arq_queue(pool: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a pool: its ``enqueue_job``.

    Args:
        pool: an ``arq.ArqRedis``, as ``arq.create_pool`` gives it; of a job's function it is ``ctx["redis"]``.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with an `ArqJob`.
    """
    enqueue_job = pool.enqueue_job

    @guarded
    def accept(queue: str, job: ArqJob) -> None:
        recording.accepted(*labels.of(job), queue=queue)

    @functools.wraps(enqueue_job)
    async def enqueue_traced(function: str, *args: Any, **kwargs: Any) -> Any:
        queue = kwargs.get("_queue_name") or pool.default_queue_name
        with producing(SYSTEM, queue) as span:
            job = await enqueue_job(function, *args, **kwargs)
            # None means that a job of this id is there already.
            if job is not None:
                span.set_attribute(MESSAGE_ID, job.job_id)
                given = {name: value for name, value in kwargs.items() if not name.startswith("_")}
                accept(queue, ArqJob(function, args, given))
        return job

    pool.enqueue_job = enqueue_traced
    pool.job_serializer = _with_context(pool.job_serializer or pickle.dumps)


def _with_context(serialize: Callable[[dict[str, Any]], bytes]) -> Callable[[dict[str, Any]], bytes]:
    @functools.wraps(serialize)
    def serialize_with_context(job: dict[str, Any]) -> bytes:
        carrier = current_carrier()
        return serialize({**job, CONTEXT_KEY: carrier} if carrier else job)

    return serialize_with_context
