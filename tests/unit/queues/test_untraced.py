"""A library's own traffic is left out of the traces, a job's is not."""

from __future__ import annotations

import asyncio

from opentelemetry.context import Context
from opentelemetry.instrumentation.utils import is_instrumentation_enabled

from anclora_otel.queues import untraced
from anclora_otel.queues.spans import consuming, is_processing
from anclora_otel.queues.untraced import traced_call, untraced_call


def test_block() -> None:
    """Within the block instrumentation is off, afterwards on."""
    with untraced():
        assert not is_instrumentation_enabled()
    assert is_instrumentation_enabled()


def test_within_a_job() -> None:
    """The function of a job is traced, also where the library that calls it is not."""
    with untraced(), consuming("other", "letters", Context()):
        assert is_processing()
        assert is_instrumentation_enabled()
        with untraced():
            assert is_instrumentation_enabled()


def test_functions() -> None:
    """Functions keep their kind and their name; what the user's own code does is traced again."""

    @untraced_call
    @traced_call
    async def hook() -> bool:
        return is_instrumentation_enabled()

    @untraced_call
    def poll() -> bool:
        return is_instrumentation_enabled()

    assert asyncio.run(hook())
    assert not poll()
    assert (hook.__name__, poll.__name__) == ("hook", "poll")
