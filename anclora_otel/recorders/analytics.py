"""Record what became of messages and conversations."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Protocol

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import Metric
from anclora_otel.catalogue import analytics as catalogue
from anclora_otel.catalogue.business import BUSINESS_HIGH_VALUE_SALES
from anclora_otel.catalogue.labels import NO_CAMPAIGN, ConversionType, HandoffReason, MessageType

_SALE = "sale"


class ConversationStore(Protocol):
    """Where conversations under way are counted; shared by all processes, so that none takes its count along."""

    def started(self) -> None:
        """Count a conversation that starts."""

    def ended(self) -> None:
        """Count a conversation that ends."""

    def count(self) -> int:
        """Give the number of conversations under way."""


class ConversationsInProcess:
    """Count conversations in this process alone; the default where no store is shared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    def started(self) -> None:
        """Count a conversation that starts."""
        with self._lock:
            self._count += 1

    def ended(self) -> None:
        """Count a conversation that ends; the count never falls below zero."""
        with self._lock:
            self._count = max(0, self._count - 1)

    def count(self) -> int:
        """Give the number of conversations under way."""
        return self._count


class _Store:
    """Holds the store in use and whether its gauge is observed."""

    def __init__(self) -> None:
        self.store: ConversationStore = ConversationsInProcess()
        self.observed_by: instruments.Instruments | None = None

    def observe(self) -> None:
        current = instruments.current()
        if self.observed_by is not current:
            self.observed_by = current
            current.gauge(catalogue.ANALYTICS_ACTIVE_CONVERSATIONS).add_observer(self.read)

    def read(self) -> Iterable[instruments.Reading]:
        return [(float(self.store.count()), ())]


_conversations = _Store()


@guarded
def record_message_sent(message_type: MessageType, campaign_id: str | None) -> None:
    """
    Record a message that the WhatsApp server acknowledged.

    Args:
        message_type: the kind of the message.
        campaign_id: its campaign; ``none`` where it belongs to none.

    """
    _count_message(catalogue.ANALYTICS_MESSAGES_SENT, message_type, campaign_id)


@guarded
def record_message_received(message_type: MessageType) -> None:
    """
    Record a message that a client sent.

    Args:
        message_type: the kind of the message.

    """
    instruments.current().counter(catalogue.ANALYTICS_MESSAGES_RECEIVED).add(1, message_type)


@guarded
def record_message_delivered(message_type: MessageType, campaign_id: str | None) -> None:
    """
    Record a message that reached the client's device.

    Args:
        message_type: the kind of the message.
        campaign_id: its campaign; ``none`` where it belongs to none.

    """
    _count_message(catalogue.ANALYTICS_MESSAGES_DELIVERED, message_type, campaign_id)


@guarded
def record_message_read(message_type: MessageType, campaign_id: str | None) -> None:
    """
    Record a message that the client read.

    Args:
        message_type: the kind of the message.
        campaign_id: its campaign; ``none`` where it belongs to none.

    """
    _count_message(catalogue.ANALYTICS_MESSAGES_READ, message_type, campaign_id)


@guarded
def record_conversion(conversion_type: ConversionType, value_euros: float | None, campaign_id: str | None) -> None:
    """
    Record a conversation that turned into something.

    A sale above the high-value limit is counted as a high-value sale too.

    Args:
        conversion_type: what it turned into.
        value_euros: its value in euros, where it has one.
        campaign_id: its campaign; ``none`` where it belongs to none.

    """
    current = instruments.current()
    current.counter(catalogue.ANALYTICS_CONVERSIONS).add(1, conversion_type, campaign_id or NO_CAMPAIGN)
    if value_euros is None:
        return
    current.histogram(catalogue.ANALYTICS_CONVERSION_VALUE).record(value_euros, conversion_type)
    if conversion_type == _SALE and value_euros > current.high_value_euros:
        current.counter(BUSINESS_HIGH_VALUE_SALES).add(1)


@guarded
def record_response_time(seconds: float) -> None:
    """
    Record how long a client waited for an answer.

    Args:
        seconds: time from the client's message to the answer.

    """
    instruments.current().histogram(catalogue.ANALYTICS_RESPONSE_TIME).record(seconds)


@guarded
def record_handoff(reason: HandoffReason) -> None:
    """
    Record a conversation that was handed to a human.

    Args:
        reason: why.

    """
    instruments.current().counter(catalogue.ANALYTICS_HANDOFFS).add(1, reason)


@guarded
def conversation_started() -> None:
    """Record that a conversation started, in the store given to `anclora_otel.configure`."""
    _conversations.observe()
    _conversations.store.started()


@guarded
def conversation_ended() -> None:
    """Record that a conversation ended, in the store given to `anclora_otel.configure`."""
    _conversations.observe()
    _conversations.store.ended()


def use_conversation_store(store: ConversationStore | None) -> None:
    """Count conversations in `store`, and report its count at each collection; ``None`` counts in the process."""
    _conversations.store = ConversationsInProcess() if store is None else store
    _conversations.observe()


def _count_message(metric: Metric, message_type: MessageType, campaign_id: str | None) -> None:
    instruments.current().counter(metric).add(1, message_type, campaign_id or NO_CAMPAIGN)
