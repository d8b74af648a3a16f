"""Instrument a BullMQ queue: the producer's span around the adding of jobs, its context in them, and their count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.trace import Span

from anclora_otel._guard import guarded
from anclora_otel.queues.bullmq import CONTEXT_OPTION, SYSTEM, inject_context
from anclora_otel.queues.priorities import priority_name
from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.spans import MESSAGE_ID, producing


def instrument_bullmq_queue(queue: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a queue: its ``add`` and ``addBulk``.

    As with BullMQ for Node.js, the jobs of one ``addBulk`` are children of one span, and a job that brings a context
    of its own keeps it.

    Args:
        queue: a ``bullmq.Queue``.
        recording: the recorders.
        labels: how message type and priority are found; their functions are called with the job.
    """
    add, add_bulk, name = queue.add, queue.addBulk, queue.name

    @guarded
    def accept(job: Any) -> None:
        known_priority = priority_name((job.opts or {}).get("priority") or 0)
        recording.accepted(*labels.of(job, known_priority=known_priority), queue=name)

    async def add_traced(job_name: str, data: Any, opts: Mapping[str, Any] | None = None) -> Any:
        with producing(SYSTEM, name) as span:
            job = await add(job_name, data, _with_context(opts))
            _name_job(span, job)
            accept(job)
        return job

    async def add_bulk_traced(jobs: Sequence[Mapping[str, Any]]) -> Any:
        with producing(SYSTEM, name, count=len(jobs)):
            added = await add_bulk([{**job, "opts": _with_context(job.get("opts"))} for job in jobs])
            recording.in_bulk(len(added), queue=name)
            for job in added:
                accept(job)
        return added

    queue.add, queue.addBulk = add_traced, add_bulk_traced


def _with_context(options: Mapping[str, Any] | None) -> dict[str, Any]:
    options = options or {}
    return dict(options) if CONTEXT_OPTION in options else inject_context(options)


def _name_job(span: Span, job: Any) -> None:
    if job.id:
        span.set_attribute(MESSAGE_ID, str(job.id))
