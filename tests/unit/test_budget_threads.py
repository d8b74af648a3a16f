"""Budgets between threads and after a fork."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

import anclora_otel
from anclora_otel import instruments
from anclora_otel.budgets import Budgets, SeriesBudget
from anclora_otel.catalogue import SISTERS
from anclora_otel.catalogue import analytics as analytics_metrics
from anclora_otel.catalogue import queue as queue_metrics
from anclora_otel.testing import CapturedMetrics, capture_metrics

SENT, _, READ = (metric.name for metric in SISTERS[1])


def own_series(captured: CapturedMetrics, name: str) -> set[object]:
    """Give the campaigns that have a series of their own."""
    return {point.attributes.get("campaign_id") for point in captured.points(name)} - {None}


@pytest.fixture
def _restless_threads() -> Iterator[None]:
    """Let threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_restless_threads")
def test_threads_never_exceed_the_budget() -> None:
    """Eight threads that come with new values at once: never a series too many, never an event too few."""
    threads, campaigns = 8, 60
    start = threading.Barrier(threads)

    def work(offset: int) -> None:
        start.wait()
        for number in range(campaigns):
            anclora_otel.record_message_sent("text", f"c-{(number + offset * 7) % campaigns}")
            anclora_otel.record_message_read("text", f"c-{(number + offset * 11) % campaigns}")

    with capture_metrics(budgets=Budgets(label_budgets={"campaign_id": 20})) as captured:
        workers = [threading.Thread(target=work, args=(offset,)) for offset in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert len(captured.points(SENT)) == 21
        assert captured.total(SENT) == captured.total(READ) == threads * campaigns
        assert own_series(captured, SENT) == own_series(captured, READ)
        beyond = captured.value(SENT, **{"otel.metric.overflow": True})
        violations = captured.points("anclora.telemetry.label.violations")
        assert [point.value for point in violations if point.attributes["metric"] == SENT] == [beyond]


@pytest.mark.usefixtures("_restless_threads")
def test_places_are_given_out_once() -> None:
    """However threads take turns, exactly as many values as the budget says get a place, and one is told first."""
    threads, rounds, values, limit = 4, 60, 40, 10
    labels = analytics_metrics.ANALYTICS_MESSAGES_SENT.labels
    budgets = [SeriesBudget(labels, Budgets(label_budgets={"campaign_id": limit})) for _ in range(rounds)]
    start = threading.Barrier(threads)
    admissions: list[list[tuple[int, str, bool, bool]]] = [[] for _ in range(threads)]

    def work(number: int) -> None:
        start.wait()
        for turn, budget in enumerate(budgets):
            for value in range(values):
                first, exhausted = budget.admit(("text", name := f"{(value + number * 10) % values}"))
                admissions[number].append((turn, name, first, exhausted is None))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    answers = [answer for each in admissions for answer in each]
    admitted = {(turn, name) for turn, name, _, has_place in answers if has_place}
    assert Counter(turn for turn, _ in admitted) == dict.fromkeys(range(rounds), limit)
    assert sum(first for _, _, first, _ in answers) == rounds * (limit + 1)


@pytest.mark.usefixtures("_restless_threads")
def test_a_first_instrument_during_a_collection_does_not_block() -> None:
    """A reading that records something new while another thread makes a gauge: each has its lock in turn."""
    begun, go_on = threading.Event(), threading.Event()

    def reading() -> list[instruments.Reading]:
        begun.set()
        go_on.wait(10)
        anclora_otel.record_redis_operation("llen", "success", 0.001)  # type: ignore[arg-type]
        return [(1.0, ("q",))]

    with capture_metrics() as captured:
        current = instruments.current()
        current.gauge(queue_metrics.QUEUE_ACTIVE_MESSAGES).add_observer(reading)
        collector = threading.Thread(target=captured.points, daemon=True)
        collector.start()
        begun.wait(10)
        maker = threading.Thread(target=current.gauge, args=(queue_metrics.QUEUE_DLQ_MESSAGES,), daemon=True)
        maker.start()
        maker.join(0.5)
        go_on.set()
        collector.join(30)
        maker.join(30)

        assert not collector.is_alive()
        assert not maker.is_alive()


def test_a_forked_child_has_locks_of_its_own() -> None:
    """A lock that another thread of the parent held at the fork would never be released in the child."""
    budget = SeriesBudget(analytics_metrics.ANALYTICS_MESSAGES_SENT.labels, Budgets())
    held = budget._lock
    with held:
        budget.after_fork()

        assert budget.admit(("text", "spring")).exhausted is None
