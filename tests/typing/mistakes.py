"""
Slips that a type checker must see: each line is wrong, and its comment says how.

A comment that is not needed any more is an error to both checkers, so a slip that passes unseen does not.
"""

from __future__ import annotations

import anclora_otel
from anclora_otel import Settings
from anclora_otel.catalogue import BY_NAME
from anclora_otel.health import CheckResult, HealthChecks, queue_check, redis_check
from anclora_otel.logs import get_logger
from anclora_otel.queues import bullmq_priority
from anclora_otel.testing import OtlpReceiver

checks = HealthChecks()


def record() -> None:
    """Mistake labels and amounts."""
    anclora_otel.record_queue_message("hihg", "text")  # type: ignore[arg-type]
    anclora_otel.record_queue_message("high", "sms")  # type: ignore[arg-type]
    anclora_otel.record_queue_message("high")  # type: ignore[call-arg]
    anclora_otel.record_queue_message("high", "text", "campaigns")  # type: ignore[call-arg]
    anclora_otel.record_queue_processed("high", "text", "0.12")  # type: ignore[arg-type]
    anclora_otel.record_conversion("sale", "1250000", None)  # type: ignore[arg-type]
    anclora_otel.record_lead("website", "lukewarm")  # type: ignore[arg-type]
    anclora_otel.observe_queue("campaigns")  # type: ignore[arg-type]
    anclora_otel.configure(conversation_store=object())  # type: ignore[arg-type]
    anclora_otel.flush("2")  # type: ignore[arg-type]


@checks.check("needs an argument")  # type: ignore[type-var]
def greedy(count: int) -> bool:
    """Take an argument that nobody gives."""
    return count > 0


@checks.check("answers nonsense")  # type: ignore[type-var]
def nonsense() -> str:
    """Answer what means nothing."""
    return "ok"


def check() -> None:
    """Mistake what a check is."""
    checks.add("text", "redis")  # type: ignore[arg-type]
    checks.add("phase", redis_check(object()))  # type: ignore[arg-type]
    checks.enter_phase("up")  # type: ignore[arg-type]
    queue_check(object())  # type: ignore[arg-type]
    CheckResult("okay")  # type: ignore[arg-type]


def others() -> None:
    """Mistake the rest."""
    Settings(traces="jaeger")  # type: ignore[arg-type]
    OtlpReceiver("broken")  # type: ignore[arg-type]
    bullmq_priority("urgent")  # type: ignore[arg-type]
    get_logger(5)  # type: ignore[arg-type]
    get_logger().http()  # type: ignore[call-arg]
    BY_NAME["anclora.queue.messages"].name = "other"  # type: ignore[misc]
