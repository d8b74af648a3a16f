"""
The client of the WhatsApp API (Evolution API, version 2), over real HTTP.

Each attempt is counted exactly once, whatever becomes of it.
"""

from __future__ import annotations

import logging
from typing import Any

import httpx
from redis.asyncio import Redis

from anclora_otel.catalogue.labels import ErrorType
from anclora_otel.integrations.whatsapp import whatsapp_call
from examples.whatsapp_service.faults import ClosedPort, FaultPlan
from examples.whatsapp_service.settings import ExampleSettings

REFUSED_KEY = "whatsapp:fault-plan:refused"
"""Redis counter of attempts that the fault plan sent to the closed port: no server has seen them."""

KEEP_ALIVE_SECONDS = 5.0

log = logging.getLogger("whatsapp")

_ACTIONS = {
    "text": "sendText",
    "image": "sendMedia",
    "video": "sendMedia",
    "document": "sendMedia",
    "audio": "sendWhatsAppAudio",
    "location": "sendLocation",
    "contact": "sendContact",
    "template": "sendTemplate",
    "interactive": "sendButtons",
    "reaction": "sendReaction",
}
_ERROR_TYPES: dict[int, ErrorType] = {401: "authentication", 403: "authentication", 404: "not_found"}


class SendError(Exception):
    """
    Raised by `WhatsAppApi.send` when an attempt failed; the text names no person.

    ``error_type`` is the metric's; ``permanent`` says that trying again is of no use.
    """

    def __init__(self, message: str, error_type: ErrorType, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.error_type: ErrorType = error_type
        self.permanent = permanent


class WhatsAppApi:
    """
    Send messages, and count every attempt.

    Args:
        settings: address, instance and timeout.
        redis_client: where refused attempts of the fault plan are counted.
    """

    def __init__(self, settings: ExampleSettings, redis_client: Redis) -> None:
        self._settings = settings
        self._redis = redis_client
        self._plan = FaultPlan.from_settings(settings)
        self._closed_port = ClosedPort()
        limits = httpx.Limits(
            max_connections=settings.concurrency + 10,
            max_keepalive_connections=settings.concurrency,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
        )
        self._client = httpx.AsyncClient(timeout=settings.api_timeout_seconds, limits=limits, trust_env=False)

    async def send(self, message: dict[str, Any], attempt: int) -> str:
        """
        Send one message, and return the id that WhatsApp gave it.

        Args:
            message: the job's data.
            attempt: 1 for the first.

        Raises:
            SendError: the attempt failed.
        """
        action = _ACTIONS.get(str(message["type"]), "sendText")
        server = await self._server(str(message["reference"]), attempt)
        endpoint = f"/message/{action}/{{instance}}"
        try:
            with whatsapp_call(endpoint, instance_name=self._settings.instance) as call:
                response = await self._client.post(
                    f"{server}/message/{action}/{self._settings.instance}",
                    json={"number": message["to"], "text": message["text"]},
                    headers={"x-reference": str(message["reference"]), "x-attempt": str(attempt)},
                )
                call.answered(response.status_code)
        except httpx.TimeoutException:
            raise SendError("the WhatsApp API did not answer in time", "timeout") from None
        except httpx.TransportError as error:
            text = f"the WhatsApp API could not be reached ({type(error).__name__})"
            raise SendError(text, "network") from None
        log.info("called %s: %s", endpoint, response.status_code)
        return self._message_id(response)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        self._closed_port.close()

    async def _server(self, reference: str, attempt: int) -> str:
        if self._plan.fault(reference, attempt) != "refused":
            return self._settings.api_url
        await self._redis.incr(REFUSED_KEY)
        return self._closed_port.url

    def _message_id(self, response: httpx.Response) -> str:
        status = response.status_code
        if status == 429:
            raise SendError("the WhatsApp API limits the rate (429)", "rate_limit")
        if status >= 500:
            raise SendError(f"the WhatsApp API failed ({status})", "server_error")
        if status >= 400:
            error_type = _ERROR_TYPES.get(status, "validation")
            raise SendError(f"the WhatsApp API refused the message ({status})", error_type, permanent=True)
        try:
            return str(response.json()["key"]["id"])
        except (ValueError, KeyError, TypeError):
            raise SendError("the WhatsApp API's answer has no key.id", "unknown", permanent=True) from None
