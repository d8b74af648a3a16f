"""
The seeded fault plan: which attempt of which message fails, and how.

The stand-in API makes the faults that a server can make; a refused connection it cannot, so the worker makes
that one, by sending the attempt to a port where nobody listens. Both ask the same plan, and neither tells the
other.
"""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass
from typing import Literal

from examples.whatsapp_service.settings import ExampleSettings

Fault = Literal["none", "refused", "timeout", "rate_limit", "server_error", "invalid"]


@dataclass(frozen=True)
class FaultPlan:
    """
    Decide the fault of every attempt from the seed alone, so that a run can be repeated.

    Whether a message is invalid, and fails for good, belongs to the message; all other faults to the attempt.
    """

    seed: int
    refused_rate: float
    timeout_rate: float
    rate_limit_rate: float
    server_error_rate: float
    invalid_rate: float

    @classmethod
    def from_settings(cls, settings: ExampleSettings) -> FaultPlan:
        """Take the rates from the settings."""
        return cls(
            settings.seed,
            settings.refused_rate,
            settings.timeout_rate,
            settings.rate_limit_rate,
            settings.server_error_rate,
            settings.invalid_rate,
        )

    def fault(self, reference: str, attempt: int) -> Fault:
        """
        Name the fault of one attempt.

        Args:
            reference: the message's reference.
            attempt: 1 for the first.
        """
        draw = random.Random(f"{self.seed}:{reference}:{attempt}").random()
        for fault, rate in self._rates():
            if draw < rate:
                return fault
            draw -= rate
        # The draw belongs to the message and not to the attempt, so that a wrong message stays wrong.
        wrong = random.Random(f"{self.seed}:{reference}").random() < self.invalid_rate
        return "invalid" if wrong else "none"

    def _rates(self) -> tuple[tuple[Fault, float], ...]:
        return (
            ("refused", self.refused_rate),
            ("timeout", self.timeout_rate),
            ("rate_limit", self.rate_limit_rate),
            ("server_error", self.server_error_rate),
        )


class ClosedPort:
    """
    Hold a local port that nobody listens on, so that every connection to it is refused.

    The socket is bound and never listens: no other program can take the port meanwhile.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        """Give the address that refuses."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
