"""What is written down of jobs: the recorders that the instrumentation calls, and the labels of a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from anclora_otel._guard import report_fault
from anclora_otel.catalogue.labels import MessageType, Priority

LabelSource: TypeAlias = str | Callable[..., str]
"""A value of a label, or what gives it for a job."""


@dataclass(frozen=True)
class Recording:
    """
    The recorders that the instrumentation of queues calls; none of them raises.

    Args:
        accepted: `anclora_otel.record_queue_message`.
        in_bulk: `anclora_otel.record_bulk_operation`.
        waited: `anclora_otel.record_queue_wait`.
        processed: `anclora_otel.record_queue_processed`.
        failed: `anclora_otel.record_queue_failed`.
        flush: exports what waits in a process that ends without a word, as that of an rq job does.
    """

    accepted: Callable[..., None]
    in_bulk: Callable[..., None]
    waited: Callable[..., None]
    processed: Callable[..., None]
    failed: Callable[..., None]
    flush: Callable[[], None]


@dataclass(frozen=True)
class JobLabels:
    """
    How the labels of a job are found.

    Args:
        message_type: the kind of message of every job, or a function of the job that gives it.
        priority: the same for the priority; None where the broker knows it.
    """

    message_type: LabelSource = "other"
    priority: LabelSource | None = None

    def of(self, *job: Any, known_priority: Priority = "normal", **named: Any) -> tuple[Priority, MessageType]:
        """
        Give priority and message type of a job; what cannot be told is ``other``.

        Args:
            *job: what the functions are called with.
            known_priority: the priority in the broker's eyes.
            **named: what they are called with by name.
        """
        priority = known_priority if self.priority is None else _value(self.priority, "priority", job, named)
        message_type = _value(self.message_type, "message_type", job, named)
        # Whatever else a function gives, the closed sets of the labels turn it into `other`.
        return cast("Priority", priority), cast("MessageType", message_type)


def _value(source: LabelSource, name: str, job: tuple[Any, ...], named: dict[str, Any]) -> str:
    if not callable(source):
        return source
    try:
        return source(*job, **named)
    except Exception as error:
        report_fault(f"{name} of a job", error)
        return "other"
