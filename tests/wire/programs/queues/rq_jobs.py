"""The functions of the rq jobs; the worker imports them by name."""

import os

import redis
from rq import get_current_job

from tests.wire.programs.queues import story

RETRIES = 2
client = redis.Redis.from_url(os.environ["REDIS_URL"])


def greet(_kind: str) -> None:
    """Ask Redis for something, as a job would."""
    client.incr("greetings")


def flaky(_kind: str) -> None:
    """Fail the first time."""
    job = get_current_job()
    assert job is not None
    if job.retries_left == RETRIES:
        raise TimeoutError(story.FLAKY)
    client.incr("greetings")


def broken(_kind: str) -> None:
    """Fail."""
    raise ValueError(story.BROKEN)
