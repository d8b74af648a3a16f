"""A FastAPI application without a line of telemetry."""

import logging

import httpx
import requests
from fastapi import FastAPI

app = FastAPI()
log = logging.getLogger("api")


@app.get("/properties/{reference}")
async def read_property(reference: str) -> dict[str, str]:
    """Answer and log."""
    log.info("property %s asked for", reference)
    return {"reference": reference}


@app.get("/failing")
async def fail() -> None:
    """Raise."""
    raise RuntimeError("the view is broken")


@app.get("/calling")
def call(url: str) -> dict[str, int]:
    """Call another service with both HTTP clients."""
    with httpx.Client() as client:
        return {"httpx": client.get(url).status_code, "requests": requests.get(url, timeout=5).status_code}
