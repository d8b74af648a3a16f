"""Put a message's journey together from the events that Loki holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from anclora_otel.catalogue.journey import (
    MESSAGE_ID,
    MESSAGE_ID_FORM,
    MESSAGE_STEPS,
    PROVIDER_MESSAGE_ID,
    STEP,
    is_message_id,
)
from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack.loki import LokiEntry, query_entries

_MAX_LOOKS = 4
_END_STEPS = ("read", "failed")


@dataclass(frozen=True)
class JourneyStep:
    """
    One step of a message.

    Args:
        step: ``accepted``, ``taken``, ``sent``, ``delivered``, ``read`` or ``failed``.
        time_nanoseconds: Unix time.
        service: the service that recorded it.
        trace_id: the trace in which it happened, or an empty text.
        span_id: the span in which it happened, or an empty text.

    """

    step: str
    time_nanoseconds: int
    service: str
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True)
class Journey:
    """
    What is known of a message.

    Args:
        message_ids: the ids that the service gave it; more than one only where ids were used twice.
        provider_message_ids: those that the WhatsApp API gave it.
        steps: its steps in the order in which they follow from each other, repeated ones by their time.

    """

    message_ids: tuple[str, ...]
    provider_message_ids: tuple[str, ...]
    steps: tuple[JourneyStep, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the steps that did not happen, or not yet; none after the journey's end."""
        seen = {step.step for step in self.steps}
        if "failed" in seen:
            return ()
        return tuple(step for step in MESSAGE_STEPS if step not in seen and step != "failed")

    @property
    def has_ended(self) -> bool:
        """Say whether nothing further is to come."""
        return any(step.step in _END_STEPS for step in self.steps)

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """Give the traces of its steps, in the order of the steps."""
        return tuple(dict.fromkeys(step.trace_id for step in self.steps if step.trace_id))


def parse_message_id(text: str) -> str:
    """
    Give a message id as it is stored.

    Raises:
        AncloraOtelError: the text is no message id.

    """
    found = text.strip()
    if not is_message_id(found):
        raise AncloraOtelError(
            f"{text[:80]!r} is no message id: expected {MESSAGE_ID_FORM}, such as the id that POST /messages answers, "
            "or the keyId of a receipt"
        )
    return found


def read_journey(url: str, message_id: str, start_nanoseconds: int, end_nanoseconds: int) -> Journey | None:
    """
    Read the journey of a message from Loki, by any of its ids; None where no step of it is known.

    The first look finds the steps that carry the id, further ones those that carry the ids found with it.

    Args:
        url: address of Loki, such as ``http://127.0.0.1:3100``.
        message_id: what `parse_message_id` gives.
        start_nanoseconds: Unix time of the earliest step.
        end_nanoseconds: Unix time of the latest step.

    Raises:
        StackError: Loki cannot be reached, or answers with what is no result.

    """
    asked: set[str] = set()
    known = {message_id}
    entries: list[LokiEntry] = []
    for _ in range(_MAX_LOOKS):
        new = known - asked
        if not new:
            break
        entries += query_entries(url, _query(new), start_nanoseconds, end_nanoseconds)
        asked |= new
        known |= set(_ids(entries, MESSAGE_ID)) | set(_ids(entries, PROVIDER_MESSAGE_ID))
    if not entries:
        return None
    return Journey(_ids(entries, MESSAGE_ID), _ids(entries, PROVIDER_MESSAGE_ID), _steps(entries))


def _query(ids: Iterable[str]) -> str:
    pattern = "|".join(re.escape(each).replace("\\", "\\\\") for each in sorted(ids))
    keys = (_label(MESSAGE_ID), _label(PROVIDER_MESSAGE_ID))
    wanted = " or ".join(f'{key}=~"{pattern}"' for key in keys)
    return f'{{service_name=~".+"}} | {_label(STEP)}!="" | {wanted}'


def _label(attribute: str) -> str:
    return attribute.replace(".", "_")


def _ids(entries: Iterable[LokiEntry], attribute: str) -> tuple[str, ...]:
    found = (entry.labels.get(_label(attribute), "") for entry in entries)
    return tuple(dict.fromkeys(each for each in found if each))


def _steps(entries: Iterable[LokiEntry]) -> tuple[JourneyStep, ...]:
    steps = {
        JourneyStep(
            entry.labels[_label(STEP)],
            entry.time_nanoseconds,
            entry.labels.get("service_name", "unknown"),
            entry.labels.get("trace_id", ""),
            entry.labels.get("span_id", ""),
        )
        for entry in entries
        if entry.labels.get(_label(STEP))
    }
    # Not by time alone: clocks of two hosts differ, and a worker may take a message before its acceptance is recorded.
    return tuple(sorted(steps, key=lambda step: (_order(step.step), step.time_nanoseconds)))


def _order(step: str) -> int:
    return MESSAGE_STEPS.index(step) if step in MESSAGE_STEPS else len(MESSAGE_STEPS)
