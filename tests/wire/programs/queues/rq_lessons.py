"""Functions of rq jobs for the tests of depths."""

import os
import signal
from datetime import timedelta

from rq import get_current_job

from anclora_otel.queues import RQDepth

HOUR = timedelta(hours=1)


def fail() -> None:
    """Fail."""
    raise ValueError("no such address")


def note_depth(queue: str) -> None:
    """Keep the number of active jobs, this one among them."""
    job = get_current_job()
    assert job is not None
    job.connection.set("active", RQDepth(job.connection, queue).read().active)


def die() -> None:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)
