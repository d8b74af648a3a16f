"""The fault plan and the traffic: what a seed decides."""

from __future__ import annotations

import itertools
import socket
from collections import Counter

import pytest

from examples.whatsapp_service.faults import ClosedPort, FaultPlan
from examples.whatsapp_service.traffic import Mix, items

RATES = {
    "refused_rate": 0.1,
    "timeout_rate": 0.1,
    "rate_limit_rate": 0.2,
    "server_error_rate": 0.1,
    "invalid_rate": 0.1,
}


class TestFaultPlan:
    """Faults by seed."""

    def test_repeatable(self) -> None:
        """The same seed plans the same faults, another seed others."""
        first, same, other = (
            [FaultPlan(seed=seed, **RATES).fault(f"m{number}", 1) for number in range(200)] for seed in (1, 1, 2)
        )

        assert first == same
        assert first != other

    def test_rates(self) -> None:
        """Faults come about as often as their rates say."""
        plan = FaultPlan(seed=1, **RATES)
        found = Counter(plan.fault(f"m{number}", 1) for number in range(10_000))

        assert 0.09 < found["refused"] / 10_000 < 0.11
        assert 0.19 < found["rate_limit"] / 10_000 < 0.21
        assert 0.04 < found["invalid"] / 10_000 < 0.06

    def test_invalid_stays_invalid(self) -> None:
        """A message that is wrong is wrong at every attempt that reaches the server."""
        plan = FaultPlan(
            seed=1, refused_rate=0, timeout_rate=0, rate_limit_rate=0, server_error_rate=0, invalid_rate=0.5
        )
        for number in range(50):
            assert len({plan.fault(f"m{number}", attempt) for attempt in (1, 2, 3)}) == 1


def test_closed_port_refuses() -> None:
    """A connection to the closed port is refused, and nobody else can take it."""
    port = ClosedPort()
    number = int(port.url.rpartition(":")[2])

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", number), timeout=2)
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", number))
    port.close()


def test_traffic_is_repeatable() -> None:
    """The same seed draws the same requests."""
    first, same, other = (list(itertools.islice(items(Mix(seed)), 50)) for seed in (1, 1, 2))

    assert first == same
    assert first != other
