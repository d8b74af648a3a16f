"""
The web service: takes messages into the queue, and webhooks from the WhatsApp API.

    anclora-otel run -- uvicorn examples.whatsapp_service.app:app --port 3000
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis
from bullmq import Queue
from fastapi import FastAPI, HTTPException, Request

import anclora_otel
from anclora_otel.health import HealthChecks, queue_check, redis_check, telemetry_check
from anclora_otel.integrations.fastapi import health_router
from anclora_otel.queues import BullMQDepth
from examples.whatsapp_service.bot import Bot
from examples.whatsapp_service.conversations import Conversations, RedisConversationStore
from examples.whatsapp_service.logs import show_logs
from examples.whatsapp_service.memory import MessageMemory
from examples.whatsapp_service.messages import JOB_NAME, OutgoingMessage, job_data, job_options, message_type
from examples.whatsapp_service.redis_clients import observing_client, working_client
from examples.whatsapp_service.settings import ExampleSettings
from examples.whatsapp_service.trials import Trials, trials_allowed, trials_router
from examples.whatsapp_service.webhook_shapes import Envelope
from examples.whatsapp_service.webhooks import WebhookReceiver

QUEUE_TIMEOUT_SECONDS = 4.0

log = logging.getLogger("queue")


class MessageIntake:
    """
    Put messages into the queue; being instrumented, it counts them and passes the trace along.

    Args:
        queue: the BullMQ queue, instrumented.
        settings: attempts and backoff of the jobs.
    """

    def __init__(self, queue: Queue, settings: ExampleSettings) -> None:
        self._queue = queue
        self._settings = settings

    async def accept(self, message: OutgoingMessage) -> str:
        """Queue a message, count it as accepted and return its id; a Redis error goes through."""
        message_id = uuid.uuid4().hex
        adding = self._queue.add(JOB_NAME, job_data(message, message_id), job_options(message, self._settings))
        await asyncio.wait_for(adding, QUEUE_TIMEOUT_SECONDS)
        anclora_otel.record_message_step("accepted", message_id)
        log.info("message accepted: %s, priority %s", message.type, message.priority)
        return message_id


def create_app(settings: ExampleSettings) -> FastAPI:
    """Build the application; it connects to Redis when it starts."""
    observer = observing_client(settings.redis_url)
    depth = BullMQDepth(observer, settings.queue)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        show_logs()
        client = working_client(settings.redis_url)
        conversations = Conversations(client, settings.conversation_seconds)
        memory = MessageMemory(client, settings.memory_seconds)
        queue = anclora_otel.instrument_queue(Queue(settings.queue, {"connection": client}), message_type=message_type)
        app.state.intake = MessageIntake(queue, settings)
        app.state.receiver = WebhookReceiver(client, memory, Bot(conversations, settings.seed))
        store = RedisConversationStore(observer, settings.conversation_seconds)
        chosen = anclora_otel.configure(conversation_store=store).settings
        trials = Trials(client, app.state.intake.accept)
        if trials_allowed(wanted=chosen.test_endpoints, environment=chosen.environment):
            app.include_router(trials_router(trials))
        anclora_otel.observe_queue(depth)
        try:
            yield
        finally:
            await trials.close()
            await client.aclose()
            observer.close()

    app = FastAPI(title="Anclora WhatsApp service (example)", lifespan=lifespan)
    _add_routes(app)
    app.include_router(health_router(_health_checks(observer, depth, settings)))
    return app


def _health_checks(observer: redis.Redis, depth: BullMQDepth, settings: ExampleSettings) -> HealthChecks:
    """Check Redis and the queue beside the process itself: memory, event loop, disk and telemetry."""
    checks = HealthChecks()
    checks.add("redis", redis_check(observer))
    checks.add("queue", queue_check(depth))
    checks.add("telemetry", telemetry_check(stale_seconds=settings.telemetry_stale_seconds))
    return checks


def _add_routes(app: FastAPI) -> None:
    @app.post("/messages", status_code=202)
    async def accept_message(message: OutgoingMessage, request: Request) -> dict[str, str]:
        intake: MessageIntake = request.app.state.intake
        try:
            return {"id": await intake.accept(message), "status": "queued"}
        except (redis.RedisError, TimeoutError, asyncio.TimeoutError) as error:
            log.warning("message refused: the queue does not answer (%s)", type(error).__name__)
            raise HTTPException(503, "the queue does not answer; try again") from error

    @app.post("/webhooks/whatsapp")
    async def receive_webhook(envelope: Envelope, request: Request) -> dict[str, int]:
        receiver: WebhookReceiver = request.app.state.receiver
        try:
            return {"understood": await receiver.receive(envelope)}
        except redis.RedisError as error:
            log.warning("webhook refused: Redis does not answer (%s)", type(error).__name__)
            raise HTTPException(503, "Redis does not answer; send it again") from error


app = create_app(ExampleSettings.from_environment())
