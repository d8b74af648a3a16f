"""Which library a worker or a queue is of, and what instruments it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from wrapt import wrap_function_wrapper

from anclora_otel.queues.recording import JobLabels, Recording
from anclora_otel.queues.untraced import untraced

LIBRARIES = ("bullmq", "arq", "rq")
"""Packages whose workers and queues are known."""

_MARK = "_anclora_otel_instrumented"


def instrument_worker(worker: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a worker, or each one that is made of a class from now on; a second time changes nothing.

    Raises:
        TypeError: it is no worker of a known library.
    """
    _instrument(worker, "worker", recording, labels)


def instrument_queue(queue: Any, recording: Recording, labels: JobLabels) -> None:
    """
    Instrument a queue (of arq a pool), or each one that is made of a class from now on; a second time changes nothing.

    Raises:
        TypeError: it is no queue of a known library.
    """
    _instrument(queue, "queue", recording, labels)


def _instrument(subject: Any, role: str, recording: Recording, labels: JobLabels) -> None:
    kind = subject if inspect.isclass(subject) else type(subject)
    library = _library(kind)
    if library is None:
        raise TypeError(
            f"got {kind.__module__}.{kind.__qualname__}; expected a {role} of {', '.join(LIBRARIES)}; "
            "for any other queue use queue_job and queue_send"
        )
    if _MARK in vars(subject):
        return
    instrument = _instrumentation(library, role)
    if inspect.isclass(subject):
        wrap_function_wrapper(subject, "__init__", _after_init(instrument, recording, labels))
    else:
        instrument(subject, recording, labels)
    setattr(subject, _MARK, True)


def _after_init(instrument: Callable[..., None], recording: Recording, labels: JobLabels) -> Callable[..., None]:
    def construct(wrapped: Callable[..., None], made: Any, args: Any, kwargs: Any) -> None:
        with untraced():
            wrapped(*args, **kwargs)
        if _MARK not in vars(made):
            instrument(made, recording, labels)
            setattr(made, _MARK, True)

    return construct


def _instrumentation(library: str, role: str) -> Callable[[Any, Recording, JobLabels], None]:
    found: Callable[[Any, Recording, JobLabels], None] = getattr(
        import_module(f"anclora_otel.queues.{library}_{role}"), f"instrument_{library}_{role}"
    )
    return found


def _library(kind: type) -> str | None:
    packages = {each.__module__.split(".")[0] for each in kind.__mro__}
    return next((library for library in LIBRARIES if library in packages), None)
