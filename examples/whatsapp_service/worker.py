"""
The worker: takes messages from the queue and sends them.

    anclora-otel run -- python -m examples.whatsapp_service.worker
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import redis
from bullmq import Job, UnrecoverableError, Worker

import anclora_otel
from anclora_otel.queues import BullMQDepth
from anclora_otel.sentry import with_queue_processor
from examples.whatsapp_service.api_client import SendError, WhatsAppApi
from examples.whatsapp_service.logs import show_logs
from examples.whatsapp_service.memory import MessageMemory, RememberedMessage
from examples.whatsapp_service.messages import message_type
from examples.whatsapp_service.redis_clients import working_client
from examples.whatsapp_service.settings import ExampleSettings
from examples.whatsapp_service.trials import suffer, trials_allowed

log = logging.getLogger("queue")


class MessageSender:
    """
    Process the jobs of the queue: send the message of each, and remember it for its receipts.

    Args:
        api: where messages go.
        memory: where sent messages are remembered for their receipts.
        suffer: awaited before each message, for the trials; nothing unless given.
    """

    def __init__(
        self, api: WhatsAppApi, memory: MessageMemory, suffer: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._api = api
        self._memory = memory
        self._suffer = suffer or _suffer_nothing

    async def process(self, job: Job, _token: str) -> str:
        """Send the message of one job; an error tells BullMQ to try again, or not to."""
        attempt = job.attemptsMade + 1
        anclora_otel.record_message_step("taken", job.data["id"])
        log.info("processing %s, attempt %d", job.data["type"], attempt)
        await self._suffer()
        try:
            message_id = await self._api.send(job.data, attempt)
        except SendError as error:
            if error.permanent:
                # The job goes to the failed set, the dead letter.
                raise UnrecoverableError(str(error)) from error
            raise
        anclora_otel.record_message_step("sent", job.data["id"], provider_message_id=message_id)
        await self._remember(message_id, job.data)
        return message_id

    async def _remember(self, message_id: str, data: dict[str, Any]) -> None:
        try:
            await self._memory.remember(message_id, RememberedMessage(data["type"], data["campaign"]))
        except redis.RedisError:
            # The message is sent: failing now would send it twice.
            log.exception("a sent message is not remembered")


async def work(settings: ExampleSettings, stop: asyncio.Event) -> None:
    """Work until told to stop, then finish what was begun."""
    client = working_client(settings.redis_url)
    anclora_otel.observe_queue(BullMQDepth(client, settings.queue))
    api = WhatsAppApi(settings, client)
    chosen = anclora_otel.configure().settings
    allowed = trials_allowed(wanted=chosen.test_endpoints, environment=chosen.environment)
    memory = MessageMemory(client, settings.memory_seconds)
    sender = MessageSender(api, memory, partial(suffer, client) if allowed else None)
    options = {"connection": settings.redis_url, "concurrency": settings.concurrency}
    # One line for each failure, and an issue of Sentry for each job that failed for good.
    process = with_queue_processor(settings.queue)(sender.process)
    worker = Worker(settings.queue, process, options)
    anclora_otel.instrument_worker(worker, message_type=message_type)
    worker.on("failed", _record_end)
    worker.on("error", _log_error)
    log.info("worker started")
    try:
        await stop.wait()
    finally:
        await worker.close()
        await api.close()
        await client.aclose()


async def _suffer_nothing() -> None:
    """Stand for the trials where there are none."""


def _record_end(job: Job, _error: BaseException) -> None:
    if job.finishedOn:
        anclora_otel.record_message_step("failed", job.data["id"])


def _log_error(error: BaseException, *_: object) -> None:
    log.error("worker error: %s", type(error).__name__)


async def main() -> None:
    """Run the worker until SIGINT or SIGTERM."""
    show_logs()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await work(ExampleSettings.from_environment(), stop)


if __name__ == "__main__":
    asyncio.run(main())
