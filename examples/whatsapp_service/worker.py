"""
The worker: takes messages from the queue and sends them.

    anclora-otel run -- python -m examples.whatsapp_service.worker
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from typing import Any

import redis
from bullmq import Job, UnrecoverableError, Worker

import anclora_otel
from anclora_otel.catalogue.labels import ErrorType
from anclora_otel.queues import BullMQDepth, consumer_span
from anclora_otel.sentry import with_queue_processor
from examples.whatsapp_service.api_client import SendError, WhatsAppApi
from examples.whatsapp_service.logs import show_logs
from examples.whatsapp_service.memory import MessageMemory, RememberedMessage
from examples.whatsapp_service.redis_clients import observing_client, working_client
from examples.whatsapp_service.settings import ExampleSettings

log = logging.getLogger("queue")


class PermanentError(UnrecoverableError):  # type: ignore[misc]
    """Raised to BullMQ when trying again is of no use: the job goes to the failed set, the dead letter."""

    def __init__(self, error: SendError) -> None:
        super().__init__(str(error))
        self.error_type = error.error_type


class MessageSender:
    """
    Process the jobs of the queue, and record what became of them.

    A job is counted when BullMQ has moved it, and not before: the counters then agree with Redis.

    Args:
        settings: name of the queue.
        api: where messages go.
        memory: where sent messages are remembered for their receipts.
    """

    def __init__(self, settings: ExampleSettings, api: WhatsAppApi, memory: MessageMemory) -> None:
        self._queue = settings.queue
        self._api = api
        self._memory = memory
        self._taken_at: dict[str, float] = {}

    async def process(self, job: Job, _token: str) -> str:
        """Send the message of one job; an error tells BullMQ to try again, or not to."""
        self._taken_at[job.id] = time.perf_counter()
        attempt = job.attemptsMade + 1
        with consumer_span(self._queue, job.opts) as span:
            span.set_attribute("messaging.message.id", str(job.id))
            if attempt == 1:
                self._record_wait(job)
            log.info("processing %s, attempt %d", job.data["type"], attempt)
            try:
                message_id = await self._api.send(job.data, attempt)
            except SendError as error:
                if error.permanent:
                    raise PermanentError(error) from error
                raise
            await self._remember(message_id, job.data)
            return message_id

    def completed(self, job: Job, _result: object) -> None:
        """Count a job that BullMQ has moved to the completed set."""
        priority, message_type = _labels(job)
        anclora_otel.record_queue_processed(priority, message_type, self._duration(job) or 0.0, queue=self._queue)

    def failed(self, job: Job, error: BaseException) -> None:
        """Count a failure that BullMQ has taken note of: a retry, or a job in the failed set."""
        priority, message_type = _labels(job)
        error_type: ErrorType = getattr(error, "error_type", "unknown")
        anclora_otel.record_queue_failed(
            priority,
            message_type,
            error_type,
            duration_seconds=self._duration(job),
            will_retry=not job.finishedOn,
            queue=self._queue,
        )

    def _duration(self, job: Job) -> float | None:
        taken_at = self._taken_at.pop(job.id, None)
        return None if taken_at is None else time.perf_counter() - taken_at

    def _record_wait(self, job: Job) -> None:
        # A delay that was asked for is not waiting.
        due_at_seconds = (job.timestamp + job.opts.get("delay", 0)) / 1000
        priority, message_type = _labels(job)
        wait_seconds = max(time.time() - due_at_seconds, 0.0)
        anclora_otel.record_queue_wait(priority, message_type, wait_seconds, queue=self._queue)

    async def _remember(self, message_id: str, data: dict[str, Any]) -> None:
        try:
            await self._memory.remember(message_id, RememberedMessage(data["type"], data["campaign"]))
        except redis.RedisError:
            # The message is sent: failing now would send it twice.
            log.exception("a sent message is not remembered")


def _labels(job: Job) -> tuple[Any, Any]:
    return job.data.get("priority", "other"), job.data.get("type", "other")


async def work(settings: ExampleSettings, stop: asyncio.Event) -> None:
    """Work until told to stop, then finish what was begun."""
    client, observer = working_client(settings.redis_url), observing_client(settings.redis_url)
    anclora_otel.observe_queue(BullMQDepth(observer, settings.queue))
    api = WhatsAppApi(settings, client)
    sender = MessageSender(settings, api, MessageMemory(client, settings.memory_seconds))
    options = {"connection": settings.redis_url, "concurrency": settings.concurrency}
    # One line for each failure, and an issue of Sentry for each job that failed for good.
    process = with_queue_processor(settings.queue)(sender.process)
    worker = Worker(settings.queue, process, options)
    worker.on("completed", sender.completed)
    worker.on("failed", sender.failed)
    worker.on("error", _log_error)
    log.info("worker started")
    try:
        await stop.wait()
    finally:
        await worker.close()
        await api.close()
        await client.aclose()
        observer.close()


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
