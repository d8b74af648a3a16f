"""A FastAPI application that fails in every way; nothing in it names a project of Sentry."""

import asyncio
import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from anclora_otel import sentry

app = FastAPI()
log = logging.getLogger("api")


class HandledError(Exception):
    """Raised where a handler of the application answers."""


@app.exception_handler(HandledError)
async def answer(_request: Request, error: Exception) -> JSONResponse:
    """Answer and report."""
    sentry.capture_exception(error, {"handler": "own"})
    return JSONResponse({"failed": True}, 500)


@sentry.with_queue_processor("messages")
@sentry.with_sentry("message.send")
@sentry.with_whatsapp_call("/message/sendText/{instance}")
async def send() -> None:
    """Fail below three wrappers."""
    raise RuntimeError("the WhatsApp API is broken")


@app.get("/plain")
async def plain() -> None:
    """Fail."""
    raise RuntimeError("the view is broken")


@app.get("/threaded")
def threaded() -> None:
    """Fail in a thread."""
    raise RuntimeError("the view is broken")


@app.get("/logged")
async def logged() -> None:
    """Log what failed, and fail."""
    try:
        raise RuntimeError("the view is broken")
    except RuntimeError:
        log.exception("the view failed")
        raise


@app.get("/wrapped")
async def wrapped() -> None:
    """Fail below three wrappers, and log on the way."""
    try:
        await send()
    except RuntimeError:
        log.exception("not sent")
        raise


@app.get("/handled")
async def handled() -> None:
    """Fail where a handler answers."""
    raise HandledError("handled")


@app.get("/noise")
async def noise() -> None:
    """Fail by what is noise."""
    raise ConnectionResetError("the other side went away")


@app.get("/as/{user}")
async def as_user(user: str, seconds: float = 0) -> None:
    """Fail for a user, some time after others began."""
    sentry.set_user({"id": user, "email": "ana@example.com"})
    log.info("asked by %s", user)
    await asyncio.sleep(seconds)
    raise RuntimeError("the view is broken")
