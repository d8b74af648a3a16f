"""
A stand-in of the WhatsApp API (Evolution API, version 2), for want of the real one.

It sends nothing to anybody.
It answers with seeded latencies and faults, counts the calls that it has seen, and sends the webhooks that
the real one would send. Paths below ``/stand-in`` are its own and not the Evolution API's.

    python -m examples.whatsapp_service.whatsapp_api
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from examples.whatsapp_service.faults import FaultPlan
from examples.whatsapp_service.settings import ExampleSettings
from examples.whatsapp_service.webhook_sender import WebhookSender

BANNER = "stand-in of the WhatsApp API: it sends nothing to anybody"
KEEP_ALIVE_SECONDS = 120
"""Longer than the worker keeps idle connections, so that no call meets a connection that is being closed."""

_FAULTS = {
    "rate_limit": (429, "Too Many Requests"),
    "server_error": (503, "Service Unavailable"),
    "invalid": (400, "Bad Request"),
}


class SendBody(BaseModel):
    """Hold what the stand-in reads of a send request."""

    number: str = Field(pattern=r"^\+?[0-9]{8,15}$")
    text: str = ""


class ClientBody(BaseModel):
    """Hold a client's message, which the stand-in passes on as ``messages.upsert``."""

    number: str = Field(pattern=r"^\+?[0-9]{8,15}$")
    text: str = Field(default="", max_length=4096)
    reference: str = Field(default_factory=lambda: uuid.uuid4().hex, pattern=r"^[A-Za-z0-9_-]{1,64}$")


class StandIn:
    """
    Play the WhatsApp API.

    Args:
        settings: rates, latencies and the service's address.
    """

    def __init__(self, settings: ExampleSettings) -> None:
        self._settings = settings
        self._plan = FaultPlan.from_settings(settings)
        self._calls: Counter[str] = Counter()
        self.webhooks = WebhookSender(settings)

    async def send(self, body: SendBody, reference: str, attempt: int) -> JSONResponse:
        """Answer one send request as the plan says, and arrange its receipts."""
        fault = self._plan.fault(reference, attempt)
        self._calls[fault] += 1
        draw = random.Random(f"{self._settings.seed}:{reference}:{attempt}:latency")
        await asyncio.sleep(draw.expovariate(1) * self._settings.latency_milliseconds / 1000)
        if fault in _FAULTS:
            status, error = _FAULTS[fault]
            return JSONResponse({"status": status, "error": error, "response": {"message": [error]}}, status)
        if fault == "timeout":
            await asyncio.sleep(self._settings.api_timeout_seconds * 2)
            return JSONResponse({"status": 504, "error": "Gateway Timeout"}, 504)
        key = {"remoteJid": _jid(body.number), "fromMe": True, "id": _key_id(reference, attempt)}
        self.webhooks.send_receipts(key, draw)
        answer = {
            "key": key,
            "status": "PENDING",
            "message": {"conversation": body.text},
            "messageType": "conversation",
            "messageTimestamp": int(time.time()),
            "instanceId": self.webhooks.instance_id,
            "source": "unknown",
        }
        return JSONResponse(answer, 201)

    def forward_client_message(self, body: ClientBody) -> None:
        """Send a client's message on to the service."""
        key = {"remoteJid": _jid(body.number), "fromMe": False, "id": _key_id(body.reference, 0)}
        self.webhooks.send_client_message(key, body.text)

    def counts(self) -> dict[str, Any]:
        """Tell what the stand-in has seen and sent."""
        return {
            "calls": sum(self._calls.values()),
            "calls_by_fault": dict(self._calls),
            "webhooks": dict(self.webhooks.sent),
            "webhooks_lost": self.webhooks.lost,
            "webhooks_pending": self.webhooks.pending,
        }


def _jid(number: str) -> str:
    return f"{number.removeprefix('+')}@s.whatsapp.net"


def _key_id(reference: str, attempt: int) -> str:
    return "3EB0" + uuid.uuid5(uuid.NAMESPACE_OID, f"{reference}:{attempt}").hex[:16].upper()


def create_api(settings: ExampleSettings) -> FastAPI:
    """Build the stand-in."""
    stand_in = StandIn(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stand_in.webhooks.announce_connection()
        yield
        await stand_in.webhooks.close()

    api = FastAPI(title=BANNER, lifespan=lifespan)

    @api.post("/message/{_action}/{_instance}")
    async def send(body: SendBody, x_reference: str | None = Header(None), x_attempt: int = Header(1)) -> JSONResponse:
        return await stand_in.send(body, x_reference or uuid.uuid4().hex, x_attempt)

    @api.post("/stand-in/client-messages", status_code=202)
    async def client_message(body: ClientBody) -> dict[str, str]:
        stand_in.forward_client_message(body)
        return {"status": "forwarding"}

    @api.get("/stand-in/calls")
    async def calls() -> dict[str, Any]:
        return stand_in.counts()

    @api.get("/")
    async def welcome() -> dict[str, str | int]:
        return {"status": 200, "message": BANNER}

    return api


def main() -> None:
    """Serve the stand-in, on localhost unless told."""
    settings = ExampleSettings.from_environment()
    uvicorn.run(
        create_api(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
