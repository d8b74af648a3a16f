"""A FastAPI application that logs, and tells the levels of the process that answers."""

import os

from fastapi import FastAPI

from anclora_otel.logs import levels, queue_logger, reset_level, set_level

app = FastAPI()


@app.get("/state")
async def state() -> dict[str, object]:
    """Log at every level, and give process and levels."""
    for level in ("trace", "debug", "http", "info", "warn", "error", "fatal"):
        getattr(queue_logger, level)("said at %s by %d", level, os.getpid())
    return {"pid": os.getpid(), "levels": levels()}


@app.post("/levels/{component}/{level}")
def change(component: str, level: str) -> None:
    """Change a level by the function."""
    set_level(component, level)


@app.post("/reset")
def reset() -> None:
    """Return to the settings by the function."""
    reset_level()


@app.get("/failing")
async def fail() -> None:
    """Raise."""
    raise RuntimeError("the view is broken")
