"""The metrics of the runtime arrive from every kind of process, and a loop that is held up shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from anclora_otel.catalogue import DOMAINS
from anclora_otel.catalogue.runtime import PROCESS_CPU_LIMIT, PYTHON_EVENTLOOP_LAG, PYTHON_THREADS
from anclora_otel.recorders.cpu_limit import cpu_limit
from anclora_otel.stack import Stack
from tests.stack.example import Example, eventually
from tests.wire.running import run_wrapped

PROGRAM = Path(__file__).parent / "programs" / "late_loop.py"
NAMES = {metric.prometheus_name for metric in DOMAINS["runtime"]}
LAG = PYTHON_EVENTLOOP_LAG.prometheus_name


def run(stack: Example, kind: str) -> str:
    """Run the program and give the name of its service."""
    service = f"runtime-{kind}"
    done = run_wrapped(sys.executable, str(PROGRAM), kind, **stack.telemetry(service))
    assert done.returncode == 0, done.stderr
    return service


def names(stack: Example, service: str) -> set[str]:
    """Give the names of the runtime's metrics that arrived."""
    result = stack.query(f'{{__name__=~"{"|".join(NAMES)}", service_name="{service}"}}')
    return {each["metric"]["__name__"] for each in result}


@pytest.fixture
def stack(shared_stack: Stack) -> Example:
    """Give what questions the stack, without the example's processes."""
    return Example(shared_stack)


@pytest.mark.parametrize("kind", ["asyncio", "uvloop", "loops"])
def test_a_process_with_loops(stack: Example, kind: str) -> None:
    """Every metric of the domain arrives, and the lag of the loop that was blocked for 1.5 s with it."""
    service = run(stack, kind)

    eventually(lambda: names(stack, service) == NAMES, "every metric of the runtime")
    assert stack.number(f'{LAG}{{service_name="{service}"}}') > 1
    limit = stack.number(f'{PROCESS_CPU_LIMIT.prometheus_name}{{service_name="{service}"}}')
    assert limit == cpu_limit()


def test_a_process_of_threads(stack: Example) -> None:
    """Without a loop there is no lag, rather than a lag of nothing; all else is there."""
    service = run(stack, "threads")

    eventually(lambda: names(stack, service) == NAMES - {LAG}, "every metric but the lag")
    most = f'max_over_time({PYTHON_THREADS.prometheus_name}{{service_name="{service}"}}[5m])'
    assert stack.number(most) >= 5
