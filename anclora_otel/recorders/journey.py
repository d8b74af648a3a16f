"""Record the steps of a message's journey, which `anclora-otel journey` shows."""

from __future__ import annotations

from opentelemetry import trace

from anclora_otel._guard import complaints, guarded
from anclora_otel.catalogue import journey as catalogue
from anclora_otel.pipeline.events import emit_event
from anclora_otel.redaction import contains_personal_data


@guarded
def record_message_step(step: catalogue.MessageStep, message_id: str = "", *, provider_message_id: str = "") -> None:
    """
    Record that a message came to a step of its journey, for ``anclora-otel journey MESSAGE_ID``.

    Call it where the step happens, inside its span, so that the step leads to its trace. One step at least, such as
    ``sent``, must be given both ids: receipts carry the WhatsApp API's alone.

    Args:
        step: accepted, taken, sent, delivered, read or failed.
        message_id: the id that the service gave the message; never a phone number.
        provider_message_id: the id that the WhatsApp API gave it.

    """
    if step not in catalogue.MESSAGE_STEPS:
        complaints.say(
            "message step",
            f"message step {step!r:.60} is not recorded: expected one of {', '.join(catalogue.MESSAGE_STEPS)}",
        )
        return
    given = {catalogue.MESSAGE_ID: message_id, catalogue.PROVIDER_MESSAGE_ID: provider_message_id}
    ids = {key: value for key, value in given.items() if value and _is_usable(key, value)}
    if not ids:
        if not any(given.values()):
            complaints.say("message step without id", f"message step {step} has no id: give message_id")
        return
    trace.get_current_span().set_attributes(ids)
    emit_event(catalogue.STEP_EVENT, f"message {step}", {catalogue.STEP: step, **ids})


def _is_usable(key: str, value: str) -> bool:
    if isinstance(value, str) and catalogue.is_message_id(value) and not contains_personal_data(value):
        return True
    complaints.say(
        f"message id {key}",
        f"{key} is not recorded: expected {catalogue.MESSAGE_ID_FORM} that are no phone number and no e-mail address",
    )
    return False
