"""How many series a metric may have, and what becomes of the others."""

from __future__ import annotations

import logging
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import anclora_otel
from anclora_otel import instruments
from anclora_otel.budgets import Budgets
from anclora_otel.catalogue import DOMAINS, SISTERS, initial_metrics
from anclora_otel.catalogue import queue as queue_metrics
from anclora_otel.catalogue.labels import STAND_INS
from anclora_otel.testing import CapturedMetrics, capture_metrics

SENT, DELIVERED, READ = (metric.name for metric in SISTERS[1])
VIOLATIONS = "anclora.telemetry.label.violations"
OVERFLOW = {"otel.metric.overflow": True}


def own_series(captured: CapturedMetrics, name: str) -> set[object]:
    """Give the campaigns that have a series of their own."""
    return {point.attributes["campaign_id"] for point in captured.points(name) if dict(point.attributes) != OVERFLOW}


def overflow(captured: CapturedMetrics, name: str) -> float | None:
    """Give the value of a metric's overflow series."""
    return captured.value(name, **OVERFLOW)


def budget_violations(captured: CapturedMetrics, metric: str, label: str) -> float | None:
    """Give how often a budget was found used up."""
    return captured.value(VIOLATIONS, metric=metric, label=label, reason="budget")


def test_a_campaign_beyond_the_budget_goes_to_the_overflow_series() -> None:
    """The sum over all series is the number of events, and each event beyond is a violation."""
    with capture_metrics() as captured:
        for number in range(600):
            for _ in range(2):
                anclora_otel.record_message_sent("text", f"c-{number}")

        assert own_series(captured, SENT) == {f"c-{number}" for number in range(500)}
        assert overflow(captured, SENT) == 200
        assert captured.total(SENT) == 1200
        assert budget_violations(captured, SENT, "campaign_id") == 200


def test_what_is_known_keeps_its_series() -> None:
    """A budget that is used up changes nothing for those who have a place, nor for other metrics."""
    with capture_metrics(budgets=Budgets(label_budgets={"campaign_id": 2})) as captured:
        for campaign in ("a", "b", "c", "a"):
            anclora_otel.record_message_sent("text", campaign)
        anclora_otel.record_message_sent("image", "b")
        anclora_otel.record_conversion("sale", None, "c")

        assert captured.value(SENT, message_type="text", campaign_id="a") == 2
        assert captured.value(SENT, message_type="image", campaign_id="b") == 1
        assert captured.value("anclora.analytics.conversions", conversion_type="sale", campaign_id="c") == 1


def test_stand_ins_take_no_place() -> None:
    """A message without a campaign never ends in the overflow series, and takes nobody's place."""
    with capture_metrics(budgets=Budgets(label_budgets={"campaign_id": 1})) as captured:
        anclora_otel.record_message_sent("text", None)
        anclora_otel.record_message_sent("text", "ana@example.org")
        anclora_otel.record_message_sent("text", "spring")
        anclora_otel.record_message_sent("text", "summer")
        anclora_otel.record_message_sent("text", "")
        anclora_otel.record_message_sent("text", " ")

        assert own_series(captured, SENT) == {"spring", *STAND_INS}
        assert captured.value(SENT, message_type="text", campaign_id="none") == 2
        assert overflow(captured, SENT) == 1


def test_sisters_share_their_places() -> None:
    """A campaign has a series of its own in all sisters or in none, so the ratio is right in the overflow too."""
    with capture_metrics(budgets=Budgets(label_budgets={"campaign_id": 1})) as captured:
        anclora_otel.record_message_delivered("text", "first")
        for _ in range(3):
            anclora_otel.record_message_sent("text", "second")

        for name in (SENT, DELIVERED, READ):
            assert own_series(captured, name) == {"first"}
        assert [overflow(captured, name) for name in (SENT, DELIVERED, READ)] == [3, 0, 0]


def test_sisters_have_the_same_labels() -> None:
    """Sharing places needs it."""
    assert all(len({metric.labels for metric in family}) == 1 for family in SISTERS)


def test_too_many_series_share_the_overflow_series() -> None:
    """Without a label over its own budget, the label with the most values is named."""
    with capture_metrics(budgets=Budgets(series_per_metric=4)) as captured:
        for campaign, message_type in product(("a", "b", "c"), ("text", "image")):
            anclora_otel.record_message_sent(message_type, campaign)  # type: ignore[arg-type]

        assert len(captured.points(SENT)) == 5
        assert overflow(captured, SENT) == 2
        assert budget_violations(captured, SENT, "campaign_id") == 2


def test_the_sdk_does_not_overflow_before_us() -> None:
    """A limit above the SDK's own of 2,000 holds, and the overflow series takes nobody's place."""
    limits = Budgets(series_per_metric=2100, label_budgets={"campaign_id": 2050})
    with capture_metrics(budgets=limits) as captured:
        for number in range(2060):
            anclora_otel.record_message_sent("text", f"c-{number}")
        for number in range(51):
            anclora_otel.record_message_sent("image", f"c-{number}")

        assert len(captured.points(SENT)) == 2101
        assert overflow(captured, SENT) == 11


def test_histograms_overflow_as_well() -> None:
    """Every measurement stays in the count and in the sum."""
    name = "anclora.queue.wait.duration"
    with capture_metrics(budgets=Budgets(label_budgets={"queue": 1})) as captured:
        for queue in ("a", "b", "c"):
            anclora_otel.record_queue_wait("high", "text", 2.0, queue=queue)

        beyond = [point for point in captured.points(name) if dict(point.attributes) == OVERFLOW]
        assert [(point.count, point.value) for point in beyond] == [(2, 4.0)]


def test_the_overflow_series_of_a_gauge_is_a_sum() -> None:
    """The last value of each stage counts once, so the sum over all series stays right."""
    with capture_metrics(budgets=Budgets(label_budgets={"stage": 1})) as captured:
        for stage, count in (("lead", 7), ("offer", 3), ("deed", 100), ("deed", 4)):
            anclora_otel.set_sales_pipeline(stage, count)

        assert captured.value("anclora.business.sales.pipeline", stage="lead") == 7
        assert overflow(captured, "anclora.business.sales.pipeline") == 7


def test_a_gauge_remembers_no_more_than_its_limit() -> None:
    """Beyond twice the limit even the sum is given up, rather than memory."""
    with capture_metrics(budgets=Budgets(series_per_metric=2)) as captured:
        for number in range(10):
            anclora_otel.set_sales_pipeline(f"s{number}", 1)

        assert captured.total("anclora.business.sales.pipeline") == 4


def test_readings_overflow_as_well() -> None:
    """Queues beyond the budget are added up at each collection, whoever reads them."""
    name = "anclora.queue.active.messages"
    with capture_metrics(budgets=Budgets(label_budgets={"queue": 2})) as captured:
        gauge = instruments.current().gauge(queue_metrics.QUEUE_ACTIVE_MESSAGES)
        gauge.add_observer(lambda: [(float(number), (f"q{number}",)) for number in range(5)])

        for _ in range(2):
            assert captured.total(name) == 10
            assert overflow(captured, name) == 9
        assert (budget_violations(captured, name, "queue") or 0) >= 6


def test_a_refused_amount_takes_no_place() -> None:
    """A measurement that is not recorded leaves the place to the next one."""
    name = "anclora.queue.wait.duration"
    with capture_metrics(budgets=Budgets(label_budgets={"queue": 1})) as captured:
        anclora_otel.record_queue_wait("high", "text", float("nan"), queue="a")
        anclora_otel.record_queue_wait("high", "text", 1.0, queue="b")

        assert [point.attributes["queue"] for point in captured.points(name)] == ["b"]


def test_zeros_at_the_start_keep_to_the_limit() -> None:
    """What has no place is not brought into being, and nobody complains of it."""
    with capture_metrics(budgets=Budgets(series_per_metric=3)) as captured:
        instruments.current().start_at_zero(initial_metrics(frozenset(DOMAINS)))

        assert len(captured.points(SENT)) == 3
        assert captured.points(VIOLATIONS) == []


def test_the_warning_names_metric_label_and_values(caplog: pytest.LogCaptureFixture) -> None:
    """One line a metric and label, with what got the last places and what did not."""
    with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics(budgets=Budgets(1000, {"campaign_id": 4})):
        for number in range(9):
            anclora_otel.record_message_sent("text", f"c-{number}")
        anclora_otel.record_message_sent("text", "+34 600 123 456")

    lines = [record.getMessage() for record in caplog.records if "more than" in record.getMessage()]
    expected = (
        "anclora.analytics.messages.sent: label campaign_id: more than 4 different values: 'c-4' and what follows "
        "share the series otel.metric.overflow=true; the last with a place of their own were 'c-1', 'c-2', 'c-3'; "
        "record a coarser value, or raise ANCLORA_LABEL_BUDGETS (said once; later ones are counted)"
    )
    assert lines == [expected]


CAMPAIGNS = st.sampled_from([*"abcdef", "none"])


@given(events=st.lists(st.tuples(CAMPAIGNS, st.sampled_from(["text", "image"])), max_size=40), limit=st.integers(1, 5))
def test_any_sequence_of_events(events: list[tuple[str, str]], limit: int) -> None:
    """First come, first served; no event is lost, and none changes its series."""
    with capture_metrics(budgets=Budgets(label_budgets={"campaign_id": limit})) as captured:
        for campaign, message_type in events:
            anclora_otel.record_message_sent(message_type, campaign)  # type: ignore[arg-type]
        named = list(dict.fromkeys(campaign for campaign, _ in events if campaign != "none"))[:limit]
        expected = Counter(event for event in events if event[0] in {*named, "none"})

        counted = {
            (point.attributes["campaign_id"], point.attributes["message_type"]): point.value
            for point in captured.points(SENT)
            if dict(point.attributes) != OVERFLOW
        }
        assert counted == dict(expected)
        assert captured.total(SENT) == len(events)
