"""Wrap the processor of a queue."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar, cast

from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.redaction import redact_text
from anclora_otel.sentry.noise import ends_retries
from anclora_otel.sentry.reporting import Report, report, retry_expected
from anclora_otel.sentry.state import state

F = TypeVar("F", bound=Callable[..., Any])


def with_queue_processor(queue: str) -> Callable[[F], F]:
    """
    Report the jobs that fail for good, with the tags ``queue``, ``job_name`` and ``attempt``.

    A failure after which the job is tried again becomes a line of level warn and an event of the span, but no issue,
    unless the application reports it by itself; that holds for `with_sentry` inside the job too. User and breadcrumbs
    belong to the job alone.

    For processors of BullMQ, ``async def process(job, token)``, and of any other queue whose job has ``attemptsMade``
    and ``opts`` with ``attempts``; a job without them counts as tried once. Methods and plain functions work as well.

    Args:
        queue: name of the queue.

    """

    def decorate(processor: F) -> F:
        if inspect.iscoroutinefunction(processor):

            async def run(*args: Any, **kwargs: Any) -> Any:
                with _attempt(queue, args, kwargs):
                    return await processor(*args, **kwargs)

            return cast("F", functools.wraps(processor)(run))

        def run_plain(*args: Any, **kwargs: Any) -> Any:
            with _attempt(queue, args, kwargs):
                return processor(*args, **kwargs)

        return cast("F", functools.wraps(processor)(run_plain))

    return decorate


@contextlib.contextmanager
def _attempt(queue: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[None]:
    job = next((each for each in (*args, *kwargs.values()) if _attribute(each, "attemptsMade") is not None), None)
    number, allowed = _attempts(job)
    about = Report(
        "job failed",
        logger="queue",
        tags={"queue": redact_text(safe_text(queue)), **_tags(job, number)},
        handled=False,
        waits=True,
    )
    again = f"attempt {number} of {allowed}" if number < allowed else ""
    token = retry_expected.set(again)
    try:
        with state.isolated():
            try:
                yield
            except Exception as error:
                if again and ends_retries(error):
                    about = replace(about, message="job failed for good")
                    retry_expected.set("")
                report(error, about)
                raise
    finally:
        retry_expected.reset(token)


def _attempts(job: object) -> tuple[int, int]:
    """Give the number of this attempt, beginning with 1, and how many there may be."""
    made, options = _attribute(job, "attemptsMade"), _attribute(job, "opts")
    allowed = options.get("attempts") if isinstance(options, dict) else _attribute(job, "attempts")
    return (made if isinstance(made, int) else 0) + 1, allowed if isinstance(allowed, int) else 1


def _tags(job: object, number: int) -> dict[str, object]:
    name = _attribute(job, "name")
    tags: dict[str, object] = {"attempt": number}
    return {"job_name": redact_text(name), **tags} if isinstance(name, str) else tags


def _attribute(holder: object, name: str) -> Any:
    try:
        return getattr(holder, name, None)
    except Exception:
        return None
