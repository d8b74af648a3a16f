"""
Trials: trouble on request, so that one can see the alerts that are meant for it fire and resolve.

``POST /test/high-latency``, ``/test/errors`` and ``/test/memory-pressure`` are there only with
``ANCLORA_TEST_ENDPOINTS=1``, and never in a production environment. Each is bounded in time and size, ends by itself,
and is ended by ``DELETE``.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Literal

from bullmq import UnrecoverableError
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from examples.whatsapp_service.messages import OutgoingMessage

Trial = Literal["high-latency", "errors", "memory-pressure"]

PRODUCTION_NAMES = frozenset({"production", "prod", "live"})
"""Environments in which trials are refused, whatever is set."""

NOBODY = "+34600000000"
"""Number of the messages that a trial sends; the stand-in of the WhatsApp API takes any."""

_KEY = "whatsapp:trial:"
_MEBIBYTE = 1024 * 1024
_PAGE_BYTES = 4096

log = logging.getLogger("api")


class HighLatency(BaseModel):
    """Make the processing of each message slow, and send messages to be slow with."""

    model_config = ConfigDict(extra="forbid")

    latency_seconds: float = Field(default=1.5, ge=0.1, le=5, description="added to the processing of each message")
    duration_seconds: float = Field(default=600, ge=1, le=900)
    messages_per_second: float = Field(default=2, ge=0.1, le=20)


class Errors(BaseModel):
    """Let a share of the messages fail for good, and send messages to fail."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(default=0.5, ge=0.01, le=1, description="share of the messages that fail")
    duration_seconds: float = Field(default=600, ge=1, le=900)
    messages_per_second: float = Field(default=2, ge=0.1, le=20)


class MemoryPressure(BaseModel):
    """Hold memory in the process of the web service."""

    model_config = ConfigDict(extra="forbid")

    megabytes: int = Field(default=1100, ge=1, le=1400, description="of 1,048,576 bytes; below the limit of health")
    duration_seconds: float = Field(default=600, ge=1, le=900)


class TrialError(UnrecoverableError):  # type: ignore[misc]
    """Raised by `suffer` for a message that is to fail for good."""

    error_type = "server_error"


async def suffer(client: Redis) -> None:
    """
    Let the worker suffer what trials are under way; nothing is there once their time is over.

    Raises:
        TrialError: for a share of the messages, while the trial of errors runs.

    """
    latency_seconds, share = await client.mget(f"{_KEY}high-latency", f"{_KEY}errors")
    await asyncio.sleep(float(latency_seconds or 0))
    if random.random() < float(share or 0):
        raise TrialError("this message was to fail, by the trial of errors")


class Trials:
    """
    Run trials, one of a kind at a time.

    Args:
        client: an asynchronous Redis client, through which workers hear of a trial.
        accept: puts a message into the queue.

    """

    def __init__(self, client: Redis, accept: Callable[[OutgoingMessage], Awaitable[str]]) -> None:
        self._client = client
        self._accept = accept
        self._running: dict[Trial, asyncio.Task[None]] = {}

    async def start_high_latency(self, wanted: HighLatency) -> None:
        """Slow every worker down until the time is over."""
        await self._tell("high-latency", wanted.latency_seconds, wanted.duration_seconds)
        self._start("high-latency", self._send_messages(wanted.messages_per_second, wanted.duration_seconds))

    async def start_errors(self, wanted: Errors) -> None:
        """Let every worker fail a share of its messages until the time is over."""
        await self._tell("errors", wanted.share, wanted.duration_seconds)
        self._start("errors", self._send_messages(wanted.messages_per_second, wanted.duration_seconds))

    def start_memory_pressure(self, wanted: MemoryPressure) -> None:
        """Hold memory until the time is over."""
        self._start("memory-pressure", _hold(wanted.megabytes * _MEBIBYTE, wanted.duration_seconds))

    async def stop(self, trial: Trial) -> bool:
        """End a trial, and say whether it ran."""
        await self._client.delete(f"{_KEY}{trial}")
        task = self._running.pop(trial, None)
        if task is None or task.done():
            return False
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return True

    async def close(self) -> None:
        """End all trials."""
        for trial in list(self._running):
            await self.stop(trial)

    def runs(self, trial: Trial) -> bool:
        """Say whether a trial is under way."""
        task = self._running.get(trial)
        return task is not None and not task.done()

    def _start(self, trial: Trial, work: Awaitable[None]) -> None:
        self._running[trial] = asyncio.ensure_future(work)
        log.warning("trial %s started", trial)

    async def _tell(self, trial: Trial, value: float, duration_seconds: float) -> None:
        # The key ends by itself, so that no crash leaves trouble behind.
        await self._client.set(f"{_KEY}{trial}", value, px=round(duration_seconds * 1000))

    async def _send_messages(self, per_second: float, duration_seconds: float) -> None:
        for _ in range(max(1, round(per_second * duration_seconds))):
            await self._accept(OutgoingMessage(to=NOBODY, text="trial"))
            await asyncio.sleep(1 / per_second)


def trials_allowed(*, wanted: bool, environment: str) -> bool:
    """Say whether trials may be served; in production they are refused with one line."""
    if wanted and environment.lower() in PRODUCTION_NAMES:
        log.error("ANCLORA_TEST_ENDPOINTS is not followed in environment %s: unset it", environment)
        return False
    return wanted


def trials_router(trials: Trials) -> APIRouter:
    """Give the routes of the trials; each answers 202, or 409 while one of its kind runs."""
    router = APIRouter(prefix="/test", tags=["trials"])

    @router.post("/high-latency", status_code=202)
    async def start_high_latency(wanted: HighLatency | None = None) -> dict[str, object]:
        chosen = wanted or HighLatency()
        _refuse_second(trials, "high-latency")
        await trials.start_high_latency(chosen)
        return _answer(chosen, "HighQueueLatency", "CriticalQueueLatency")

    @router.post("/errors", status_code=202)
    async def start_errors(wanted: Errors | None = None) -> dict[str, object]:
        chosen = wanted or Errors()
        _refuse_second(trials, "errors")
        await trials.start_errors(chosen)
        return _answer(chosen, "HighQueueErrorRate", "CriticalQueueErrorRate")

    @router.post("/memory-pressure", status_code=202)
    async def start_memory_pressure(wanted: MemoryPressure | None = None) -> dict[str, object]:
        chosen = wanted or MemoryPressure()
        _refuse_second(trials, "memory-pressure")
        trials.start_memory_pressure(chosen)
        return _answer(chosen, "HighMemoryUsage", "CriticalMemoryUsage")

    @router.delete("/{trial}")
    async def stop_trial(trial: Trial) -> dict[str, bool]:
        return {"stopped": await trials.stop(trial)}

    return router


def _refuse_second(trials: Trials, trial: Trial) -> None:
    if trials.runs(trial):
        raise HTTPException(409, f"trial {trial} runs already: end it by DELETE /test/{trial}")


def _answer(chosen: BaseModel, *alerts: str) -> dict[str, object]:
    return {**chosen.model_dump(), "alerts": list(alerts)}


async def _hold(size_bytes: int, duration_seconds: float) -> None:
    held = bytearray(size_bytes)
    # Memory counts as resident only once each of its pages was written to.
    for start in range(0, size_bytes, _PAGE_BYTES):
        held[start] = 1
        if start % (64 * _MEBIBYTE) == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(duration_seconds)
