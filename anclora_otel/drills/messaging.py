"""Drills of the alerts on queue, delivery and the WhatsApp API."""

from __future__ import annotations

from anclora_otel.catalogue import analytics, labels, queue, whatsapp
from anclora_otel.catalogue.metric import Metric
from anclora_otel.drills.feeds import Feed
from anclora_otel.drills.model import Drill

_QUEUE = {labels.QUEUE.key: "drill", labels.PRIORITY.key: "normal"}
_MESSAGE = {**_QUEUE, labels.MESSAGE_TYPE.key: "text"}
_SENT = {labels.MESSAGE_TYPE.key: "text", labels.CAMPAIGN_ID.key: "none"}
_CALL = {labels.ENDPOINT.key: "/message/sendText/{instance}", labels.METHOD.key: "POST"}


_PLENTY = 1_000.0
"""Good events per second, by which a ratio over hours is sound again within seconds."""


def _processed(per_second: float, *, good: float | None = None) -> Feed:
    return Feed(queue.QUEUE_MESSAGES_PROCESSED, per_second, good, labels=_MESSAGE)


def _failed(per_second: float) -> Feed:
    return Feed(queue.QUEUE_MESSAGES_FAILED, per_second, 0, labels=_MESSAGE)


def _duration(seconds: float) -> Feed:
    return Feed(queue.QUEUE_PROCESSING_DURATION, 10, labels=_MESSAGE, observed=seconds)


def _waiting(messages: float, growth_per_hour: float = 0) -> Feed:
    return Feed(queue.QUEUE_WAITING_MESSAGES, messages, 0, labels=_QUEUE, growth_per_hour=growth_per_hour)


def _sent(per_second: float) -> Feed:
    return Feed(analytics.ANALYTICS_MESSAGES_SENT, per_second, _PLENTY, labels=_SENT)


def _delivered(per_second: float | None) -> Feed:
    # Receipts come later than what they are for, and the rules allow for it.
    return Feed(analytics.ANALYTICS_MESSAGES_DELIVERED, per_second, _PLENTY, labels=_SENT, delay="4m")


def _calls(status: str, per_second: float) -> Feed:
    good = _PLENTY if status == "200" else 0.0
    return Feed(whatsapp.WHATSAPP_API_CALLS, per_second, good, labels={**_CALL, labels.STATUS_CODE.key: status})


def _lone(metric: Metric, bad: float, **further: str) -> Feed:
    return Feed(metric, bad, labels=further)


QUEUE = (
    Drill("HighQueueLatency", "10 jobs a second that take 0.7 s each", (_duration(0.7),)),
    Drill("CriticalQueueLatency", "10 jobs a second that take 1.5 s each", (_duration(1.5),)),
    Drill("HighQueueBacklog", "20,000 messages wait", (_waiting(20_000), _processed(1, good=1))),
    Drill("CriticalQueueBacklog", "60,000 messages wait", (_waiting(60_000), _processed(1, good=1))),
    Drill("HighQueueErrorRate", "3 of 100 messages fail", (_processed(9.7), _failed(0.3))),
    Drill("CriticalQueueErrorRate", "every message fails, and none was ever processed", (_failed(3),)),
    Drill(
        "HighDLQMessages",
        "2,000 messages in the dead-letter set",
        (Feed(queue.QUEUE_DLQ_MESSAGES, 2_000, 0, labels={labels.QUEUE.key: "drill"}),),
    ),
    Drill("QueueProcessingStopped", "50 messages wait, and none was ever counted as processed", (_waiting(50),)),
    Drill(
        "QueueStuck",
        "a backlog grows by 4 a minute and more while one message a second is processed",
        (_waiting(200, 4_000), _processed(1, good=1)),
    ),
)
"""Drills of the queue."""

ANALYTICS = (
    Drill("LowDeliveryRate", "of 5 messages a second, 3 are delivered", (_sent(5), _delivered(3))),
    Drill("CriticalDeliveryRate", "5 messages a second, and not one is delivered", (_sent(5), _delivered(None))),
    Drill(
        "HighResponseTime",
        "2 answers a second that took 450 s",
        (Feed(analytics.ANALYTICS_RESPONSE_TIME, 2, observed=450),),
    ),
    Drill("HighHandoffRate", "2 handoffs a second", (_lone(analytics.ANALYTICS_HANDOFFS, 2, reason="complaint"),)),
)
"""Drills of what reaches customers."""

WHATSAPP = (
    Drill(
        "HighWhatsAppAPILatency",
        "5 calls a second that take 3 s each",
        (Feed(whatsapp.WHATSAPP_API_LATENCY, 5, labels=_CALL, observed=3),),
    ),
    Drill("WhatsAppAPIErrors", "one answer 503 a second", (_calls("503", 1),)),
    Drill(
        "WhatsAppRateLimitHit",
        "3 rate-limit hits a second of one instance",
        (_lone(whatsapp.WHATSAPP_RATE_LIMIT_HITS, 3, instance_name="drill"),),
    ),
    Drill("NoActiveInstances", "no instance is connected", (Feed(whatsapp.WHATSAPP_ACTIVE_INSTANCES, 0, 1),)),
)
"""Drills of the WhatsApp API."""

SLO = (
    Drill("QueueSuccessBudgetBurn", "half of the messages fail", (_processed(5, good=_PLENTY), _failed(5)), "critical"),
    Drill("QueueSuccessBudgetBurn", "2 of 100 messages fail", (_processed(9.8, good=_PLENTY), _failed(0.2)), "warning"),
    Drill("MessageDeliveryBudgetBurn", "not one message is delivered", (_sent(5), _delivered(None)), "critical"),
    Drill("MessageDeliveryBudgetBurn", "4 of 5 messages are delivered", (_sent(5), _delivered(4)), "warning"),
    Drill("WhatsAppAPIBudgetBurn", "half of the calls end in 503", (_calls("200", 5), _calls("503", 5)), "critical"),
    Drill("WhatsAppAPIBudgetBurn", "4 of 100 calls end in 503", (_calls("200", 9.6), _calls("503", 0.4)), "warning"),
)
"""Drills of the objectives."""
