"""
The bot: what becomes of a client's message.

The choices are drawn from the seed and the message id, so that a run can be repeated whatever the order of
the webhooks.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass

import anclora_otel
from anclora_otel.catalogue.labels import (
    NO_CAMPAIGN,
    AppointmentType,
    ConversionType,
    HandoffReason,
    LeadQuality,
    MessageType,
)
from examples.whatsapp_service.conversations import Conversations, conversation_id

CAMPAIGNS = ("spring-villas", "sea-view", NO_CAMPAIGN)
MESSAGES_BEFORE_END = 4

_INTENTS = {
    "property_inquiry": 40,
    "schedule_viewing": 20,
    "price_question": 15,
    "greeting": 15,
    "complaint": 5,
    "talk_to_human": 5,
}
_APPOINTMENTS: tuple[AppointmentType, ...] = ("viewing", "call", "video", "office")
_CONVERSIONS: tuple[ConversionType, ...] = ("offer", "reservation", "sale")

bot_log = logging.getLogger("bot")
analytics_log = logging.getLogger("analytics")


@dataclass(frozen=True)
class ClientMessage:
    """Hold a client's message; ``sent_at_seconds`` is Unix time, if the webhook told it."""

    message_id: str
    client: str
    message_type: MessageType
    sent_at_seconds: float | None


class Bot:
    """
    Answer clients, or hand them over to a human, and record what came of it.

    Args:
        conversations: where conversations are kept.
        seed: start of the draws.
    """

    def __init__(self, conversations: Conversations, seed: int) -> None:
        self._conversations = conversations
        self._seed = seed

    async def answer(self, message: ClientMessage) -> None:
        """Take one message of a client from its receipt to its consequences."""
        anclora_otel.record_message_received(message.message_type)
        conversation = conversation_id(message.client)
        number = await self._conversations.add_message(conversation)
        if number == 1:
            await asyncio.to_thread(anclora_otel.conversation_started)
        draw = random.Random(f"{self._seed}:{message.message_id}")
        intent = draw.choices(tuple(_INTENTS), tuple(_INTENTS.values()))[0]
        confidence = round(draw.triangular(0.2, 1.0, 0.92), 3)
        anclora_otel.record_intent(intent, confidence)
        bot_log.info("intent detected: %s, confidence %.2f", intent, confidence)
        reason = _handoff_reason(intent, confidence)
        if reason is None:
            await self._respond(intent, draw, message)
        else:
            anclora_otel.record_handoff(reason)
            bot_log.info("handed over to a human: %s", reason)
        if reason is not None or number >= MESSAGES_BEFORE_END:
            await self._end(conversation)

    async def _respond(self, intent: str, draw: random.Random, message: ClientMessage) -> None:
        if intent == "property_inquiry":
            await self._inquiry(draw)
        elif intent == "schedule_viewing":
            await self._appointment(draw)
        else:
            anclora_otel.record_automated_response("information", intent)
        if message.sent_at_seconds is not None:
            anclora_otel.record_response_time(max(time.time() - message.sent_at_seconds, 0.0))

    async def _inquiry(self, draw: random.Random) -> None:
        value_euros = round(draw.lognormvariate(14.2, 0.7), 2)
        quality: LeadQuality = "hot" if value_euros > 3_000_000 else "warm" if value_euros > 1_000_000 else "cold"
        anclora_otel.record_property_inquiry(value_euros)
        anclora_otel.record_lead("whatsapp", quality)
        anclora_otel.record_conversion("lead", value_euros, draw.choice(CAMPAIGNS))
        anclora_otel.record_automated_response("sales", "property_details")
        await self._enter_stage("inquiry")
        analytics_log.info("lead captured: %s", quality)

    async def _appointment(self, draw: random.Random) -> None:
        appointment = draw.choice(_APPOINTMENTS)
        anclora_otel.record_appointment(appointment, "whatsapp")
        anclora_otel.record_automated_response("sales", "appointment_confirmed")
        await self._enter_stage("appointment")
        analytics_log.info("appointment scheduled: %s", appointment)
        if draw.random() < 0.4:
            conversion = draw.choice(_CONVERSIONS)
            campaign = draw.choice(CAMPAIGNS)
            value_euros = round(draw.lognormvariate(14.6, 0.7), 2)
            anclora_otel.record_conversion(conversion, value_euros, campaign)
            await self._enter_stage(conversion)
            analytics_log.info("conversion: %s, campaign %s", conversion, campaign)

    async def _enter_stage(self, stage: str) -> None:
        anclora_otel.set_sales_pipeline(stage, await self._conversations.move_in_pipeline(stage))

    async def _end(self, conversation: str) -> None:
        if await self._conversations.end(conversation):
            await asyncio.to_thread(anclora_otel.conversation_ended)


def _handoff_reason(intent: str, confidence: float) -> HandoffReason | None:
    if intent == "talk_to_human":
        return "user_request"
    if intent == "complaint":
        return "complaint"
    return "low_confidence" if confidence < 0.4 else None
