"""The journey of a message through the example, on the real stack."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

from examples.whatsapp_service.faults import FaultPlan
from examples.whatsapp_service.webhook_sender import DELIVERED_SHARE, READ_SHARE
from tests.stack.example import Example
from tests.wire.running import BIN, environment

PHONE = "+34600111222"


def journey(example: Example, message_id: str) -> dict[str, Any]:
    """Ask the command as a user does, until the message's journey has ended."""
    loki = example.stack.url("loki")
    command = [str(BIN / "anclora-otel"), "journey", message_id, "--json", "--wait", "60", "--loki-url", loki]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=True)
    assert PHONE.lstrip("+") not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def reference_that_is_read(example: Example) -> str:
    """Find a message that the seeded stand-in takes at once, delivers and has read, by the draws that it makes."""
    plan = FaultPlan.from_settings(example.settings)
    for number in range(1000):
        reference = f"journey-{number}"
        draw = random.Random(f"{example.settings.seed}:{reference}:1:latency")  # noqa: S311
        draw.expovariate(1)
        gets_there = draw.random() < DELIVERED_SHARE and draw.random() < READ_SHARE
        if gets_there and plan.fault(reference, 1) == "none":
            return reference
    raise AssertionError("the stand-in has no message read")


def test_a_message_is_followed_from_its_acceptance_to_its_reading(example: Example) -> None:
    """Five steps of two services, in order, the first three in one trace; found by either id, without the number."""
    accepted = example.post({"to": PHONE, "text": "hello", "reference": reference_that_is_read(example)})
    found = journey(example, accepted["id"])

    assert [step["step"] for step in found["steps"]] == ["accepted", "taken", "sent", "delivered", "read"]
    assert [step["service"] for step in found["steps"]][:3] == [
        "whatsapp-service",
        "whatsapp-worker",
        "whatsapp-worker",
    ]
    assert len({step["trace_id"] for step in found["steps"][:3]}) == 1
    assert all(step["trace_id"] for step in found["steps"])
    assert journey(example, found["provider_message_ids"][0])["steps"] == found["steps"]
