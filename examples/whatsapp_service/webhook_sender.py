"""The webhooks that the stand-in sends, in the Evolution API's shapes."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timezone
from typing import Any

import httpx

from examples.whatsapp_service.settings import ExampleSettings

DELIVERED_SHARE = 0.97
READ_SHARE = 0.7
TRIES = 4
PATIENCE_SECONDS = 60.0
"""How long the first webhook waits for the service to be there."""


class WebhookSender:
    """
    Send webhooks to the service, with the delays that receipts have.

    Args:
        settings: addresses, instance and seed.
    """

    def __init__(self, settings: ExampleSettings) -> None:
        self._settings = settings
        self._url = f"{settings.service_url}/webhooks/whatsapp"
        self._client = httpx.AsyncClient(timeout=5.0, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self.instance_id = str(uuid.uuid5(uuid.NAMESPACE_OID, settings.instance))
        self.sent: Counter[str] = Counter()
        self.lost = 0

    @property
    def pending(self) -> int:
        """Say how many are still to be sent."""
        return len(self._tasks)

    def announce_connection(self) -> None:
        """Tell the service that the instance is connected, as soon as the service is there."""
        data = {"instance": self._settings.instance, "state": "open", "statusReason": 200}
        self._start(self._send_patiently("connection.update", data))

    def send_receipts(self, key: dict[str, Any], draw: random.Random) -> None:
        """Send server acknowledgement, delivery and read of one message, as far as it gets."""
        self._start(self._receipts(key, draw))

    def send_client_message(self, key: dict[str, Any], text: str) -> None:
        """Send a client's message."""
        data = {
            "key": key,
            "pushName": "Client",
            "status": "DELIVERY_ACK",
            "message": {"conversation": text},
            "messageType": "conversation",
            "messageTimestamp": int(time.time()),
            "instanceId": self.instance_id,
            "source": "android",
        }
        self._start(self._send("messages.upsert", data))

    async def close(self) -> None:
        """Give up what is still to be sent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receipts(self, key: dict[str, Any], draw: random.Random) -> None:
        delivered, read = draw.random() < DELIVERED_SHARE, draw.random() < READ_SHARE
        pauses = {
            "SERVER_ACK": draw.uniform(0.15, 0.3),
            "DELIVERY_ACK": draw.uniform(0.2, 1.5),
            "READ": draw.uniform(0.5, 4.0),
        }
        for status, pause_seconds in pauses.items():
            if (status == "DELIVERY_ACK" and not delivered) or (status == "READ" and not read):
                return
            await asyncio.sleep(pause_seconds)
            await self._send("messages.update", self._receipt(key, status), status)

    def _receipt(self, key: dict[str, Any], status: str) -> dict[str, Any]:
        return {
            "keyId": key["id"],
            "remoteJid": key["remoteJid"],
            "fromMe": True,
            "participant": key["remoteJid"],
            "status": status,
            "instanceId": self.instance_id,
        }

    async def _send_patiently(self, event: str, data: dict[str, Any]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await self._post(event, data, event):
            if time.monotonic() > deadline:
                self.lost += 1
                return
            await asyncio.sleep(0.25)

    async def _send(self, event: str, data: dict[str, Any], counted_as: str | None = None) -> None:
        for number in range(TRIES):
            if await self._post(event, data, counted_as or event):
                return
            await asyncio.sleep(0.25 * 2**number)
        self.lost += 1

    async def _post(self, event: str, data: dict[str, Any], counted_as: str) -> bool:
        envelope = {
            "event": event,
            "instance": self._settings.instance,
            "data": data,
            "destination": self._url,
            "date_time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "sender": "stand-in@s.whatsapp.net",
            "server_url": self._settings.api_url,
            "apikey": None,
        }
        try:
            response = await self._client.post(self._url, json=envelope)
        except httpx.TransportError:
            return False
        if response.status_code >= 500:
            return False
        self.sent[counted_as] += 1
        return True
