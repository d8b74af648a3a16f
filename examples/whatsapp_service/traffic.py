"""
Seeded traffic: messages to the service, and clients' messages by way of the stand-in API.

    python -m examples.whatsapp_service.traffic --count 200 --rate 20 --json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from examples.whatsapp_service.settings import ExampleSettings

CLIENT_SHARE = 0.25
CLIENTS = 60
MAXIMUM_IN_FLIGHT = 50

_PRIORITIES = {"critical": 5, "high": 15, "normal": 60, "low": 12, "bulk": 8}
_TYPES = {"text": 60, "image": 15, "document": 10, "template": 10, "interactive": 5}
_CAMPAIGNS = {"none": 50, "spring-villas": 30, "sea-view": 20}


@dataclass(frozen=True)
class Mix:
    """Hold what the traffic is made of: its seed, the share of delayed messages and their longest delay."""

    seed: int
    delayed_share: float = 0.1
    longest_delay_seconds: float = 10.0


@dataclass(frozen=True)
class Item:
    """Hold one request of the traffic: a message to send, or a client's message."""

    from_client: bool
    body: dict[str, Any]


@dataclass
class TrafficCounts:
    """Count what was sent and what became of it; all but the client messages are of ``POST /messages``."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    client_messages: int = 0
    client_messages_refused: int = 0
    accepted_by_priority: Counter[str] = field(default_factory=Counter)
    accepted_by_type: Counter[str] = field(default_factory=Counter)
    accepted_by_campaign: Counter[str] = field(default_factory=Counter)
    delayed: int = 0


def items(mix: Mix) -> Iterator[Item]:
    """Draw the requests of a seed, without end; the same seed draws the same ones."""
    draw = random.Random(mix.seed)
    number = 0
    while True:
        number += 1
        reference = f"{mix.seed}-{number}"
        phone = f"+34600{draw.randrange(CLIENTS):06d}"
        if draw.random() < CLIENT_SHARE:
            yield Item(True, {"number": phone, "text": "Is it still for sale?", "reference": reference})
            continue
        body: dict[str, Any] = {
            "to": phone,
            "text": "Your viewing is confirmed.",
            "type": _choose(draw, _TYPES),
            "priority": _choose(draw, _PRIORITIES),
            "campaign": _choose(draw, _CAMPAIGNS),
            "reference": reference,
        }
        if draw.random() < mix.delayed_share:
            body["delay_seconds"] = round(draw.uniform(0.5, mix.longest_delay_seconds), 1)
        yield Item(False, body)


def _choose(draw: random.Random, weights: dict[str, int]) -> str:
    return draw.choices(tuple(weights), tuple(weights.values()))[0]


class Traffic:
    """
    Send requests at a steady rate and count the answers.

    Args:
        mix: what to send.
        rate: requests a second.
        service_url: address of the service.
        api_url: address of the stand-in API.
    """

    def __init__(self, mix: Mix, rate: float, service_url: str, api_url: str) -> None:
        self._items = items(mix)
        self._pause_seconds = 1 / rate
        self._messages_url = f"{service_url}/messages"
        self._clients_url = f"{api_url}/stand-in/client-messages"
        self._in_flight: set[asyncio.Task[None]] = set()
        self.counts = TrafficCounts()

    async def run(self, count: int | None, seconds: float | None, stop: asyncio.Event) -> TrafficCounts:
        """Send until the count or the time is reached, or until told to stop; then wait for the answers."""
        started = time.monotonic()
        async with httpx.AsyncClient(timeout=10.0, trust_env=False) as client:
            number = 0
            while (count is None or number < count) and not stop.is_set():
                due_seconds = started + number * self._pause_seconds - time.monotonic()
                if seconds is not None and time.monotonic() - started >= seconds:
                    break
                if due_seconds > 0 and await _stopped_within(stop, due_seconds):
                    break
                await self._send_next(client)
                number += 1
            await asyncio.gather(*self._in_flight)
        return self.counts

    async def _send_next(self, client: httpx.AsyncClient) -> None:
        if len(self._in_flight) >= MAXIMUM_IN_FLIGHT:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._send(client, next(self._items)))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)

    async def _send(self, client: httpx.AsyncClient, item: Item) -> None:
        self.counts.sent += 1
        url = self._clients_url if item.from_client else self._messages_url
        try:
            response = await client.post(url, json=item.body)
            accepted = response.status_code == 202
        except httpx.TransportError:
            accepted = False
        self._count(item, accepted)

    def _count(self, item: Item, accepted: bool) -> None:
        counts = self.counts
        if item.from_client:
            counts.client_messages += accepted
            counts.client_messages_refused += not accepted
            return
        if not accepted:
            counts.refused += 1
            return
        counts.accepted += 1
        counts.accepted_by_priority[item.body["priority"]] += 1
        counts.accepted_by_type[item.body["type"]] += 1
        counts.accepted_by_campaign[item.body["campaign"]] += 1
        counts.delayed += "delay_seconds" in item.body


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except (TimeoutError, asyncio.TimeoutError):
        return False
    return True


def _parser(settings: ExampleSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="traffic", description="Send seeded traffic to the example.")
    parser.add_argument("--seed", type=int, default=settings.seed)
    parser.add_argument("--rate", type=_positive, default=10.0, help="requests a second (default 10)")
    parser.add_argument("--count", type=int, help="stop after so many requests")
    parser.add_argument("--seconds", type=_positive, help="stop after so many seconds")
    parser.add_argument("--delayed-share", type=float, default=Mix.delayed_share)
    parser.add_argument("--longest-delay-seconds", type=float, default=Mix.longest_delay_seconds)
    parser.add_argument("--service-url", default=settings.service_url)
    parser.add_argument("--api-url", default=settings.api_url)
    parser.add_argument("--json", action="store_true", help="write the counts as JSON")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


async def main(arguments: argparse.Namespace) -> TrafficCounts:
    """Send the traffic that the command line asks for; SIGINT and SIGTERM stop it, and it still counts."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    mix = Mix(arguments.seed, arguments.delayed_share, arguments.longest_delay_seconds)
    traffic = Traffic(mix, arguments.rate, arguments.service_url, arguments.api_url)
    return await traffic.run(arguments.count, arguments.seconds, stop)


def _text(value: int | Counter[str]) -> str:
    if isinstance(value, int):
        return str(value)
    return ", ".join(f"{name} {count}" for name, count in value.most_common())


def run() -> int:
    """Run the command."""
    arguments = _parser(ExampleSettings.from_environment()).parse_args()
    counts = vars(asyncio.run(main(arguments)))
    if arguments.json:
        sys.stdout.write(json.dumps(counts, sort_keys=True) + "\n")
    else:
        sys.stdout.writelines(f"{name}: {_text(value)}\n" for name, value in counts.items())
    return 0 if not (counts["refused"] or counts["client_messages_refused"]) else 1


if __name__ == "__main__":
    sys.exit(run())
