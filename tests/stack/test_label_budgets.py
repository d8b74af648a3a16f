"""More campaigns than the budget: bounded series, the right sum, and one line about it, on both ways."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from anclora_otel.catalogue.analytics import ANALYTICS_MESSAGES_DELIVERED, ANALYTICS_MESSAGES_SENT
from anclora_otel.catalogue.labels import CAMPAIGN_ID, NO_CAMPAIGN, OVERFLOW_KEY, QUEUE
from anclora_otel.catalogue.prometheus import prometheus_label
from anclora_otel.catalogue.queue import QUEUE_ACTIVE_MESSAGES
from anclora_otel.catalogue.telemetry import TELEMETRY_LABEL_VIOLATIONS
from anclora_otel.stack import Stack
from tests.stack.example import Example, eventually
from tests.wire.running import run_wrapped

PROGRAM = Path(__file__).parent / "programs" / "many_campaigns.py"
SERVICE = "many-campaigns"
CAMPAIGNS, QUEUES, EVENTS = 600, 60, 1200
SENT, DELIVERED = ANALYTICS_MESSAGES_SENT.prometheus_name, ANALYTICS_MESSAGES_DELIVERED.prometheus_name
ACTIVE, VIOLATIONS = QUEUE_ACTIVE_MESSAGES.prometheus_name, TELEMETRY_LABEL_VIOLATIONS.prometheus_name
LABELS = {"message_type", "campaign_id", "queue", "metric", "label", "reason", prometheus_label(OVERFLOW_KEY)}
BEYOND = (prometheus_label(OVERFLOW_KEY), "true")

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def kept(labels: dict[str, str]) -> frozenset[tuple[str, str]]:
    """Keep the labels of the metrics; an empty one is none."""
    return frozenset((key, value) for key, value in labels.items() if key in LABELS and value)


def scraped(page: str) -> Series:
    """Give the series of a /metrics page."""
    names = (SENT, DELIVERED, ACTIVE, VIOLATIONS)
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    return {(sample.name, kept(sample.labels)): sample.value for sample in samples if sample.name in names}


def of(series: Series, name: str) -> dict[frozenset[tuple[str, str]], float]:
    """Give the series of one metric."""
    return {labels: value for (metric, labels), value in series.items() if metric == name}


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Example:
    """Give what questions the stack, without the example's processes."""
    return Example(shared_stack)


@pytest.fixture(scope="module")
def program(stack: Example) -> tuple[Series, str]:
    """Run the program once; give the series of its /metrics page and what it wrote to the console."""
    variables = {**stack.telemetry(SERVICE), "ANCLORA_METRICS_PATH": "/metrics"}
    done = run_wrapped(sys.executable, str(PROGRAM), **variables)
    assert done.returncode == 0, done.stderr
    return scraped(done.stdout), done.stderr


def test_campaigns_have_their_budget_and_the_sum_is_right(program: tuple[Series, str]) -> None:
    """As many campaigns as the budget says have a series, the others share one, and no event is missing."""
    sent = of(program[0], SENT)
    campaigns = {dict(labels).get(CAMPAIGN_ID.key) for labels in sent} - {None, NO_CAMPAIGN}

    assert len(campaigns) == CAMPAIGN_ID.budget
    assert sum(sent.values()) == EVENTS
    assert sent[frozenset([BEYOND])] == 2 * (CAMPAIGNS - len(campaigns))


def test_sisters_overflow_together(program: tuple[Series, str]) -> None:
    """A delivery of a campaign without a place stands beside its sending."""
    delivered = of(program[0], DELIVERED)

    assert set(delivered) == set(of(program[0], SENT))
    assert delivered[frozenset([BEYOND])] == 1


def test_each_sample_beyond_is_a_violation(program: tuple[Series, str]) -> None:
    """The violations name metric and label, and count events."""
    found = {tuple(sorted(labels)): value for labels, value in of(program[0], VIOLATIONS).items()}
    key = (("label", CAMPAIGN_ID.key), ("metric", ANALYTICS_MESSAGES_SENT.name), ("reason", "budget"))

    assert found[key] == 200


def test_queues_beyond_the_budget_are_added_up(program: tuple[Series, str]) -> None:
    """What is read at collection keeps its sum, too."""
    active = of(program[0], ACTIVE)

    assert len(active) == (QUEUE.budget or 0) + 1
    assert sum(active.values()) == sum(range(QUEUES))


def test_prometheus_has_the_same_over_otlp(program: tuple[Series, str], stack: Example) -> None:
    """Name by name, label by label and value by value, the overflow series included."""
    names = (SENT, DELIVERED, ACTIVE)
    expected = {key: value for key, value in program[0].items() if key[0] in names}

    def arrived() -> bool:
        result = stack.query(f'{{__name__=~"{"|".join(names)}", service_name="{SERVICE}"}}')
        pushed = {(each["metric"]["__name__"], kept(each["metric"])): float(each["value"][1]) for each in result}
        return pushed == expected

    eventually(arrived, "the same series over OTLP")
    label, value = BEYOND
    assert stack.number(f'sum({SENT}{{service_name="{SERVICE}"}})') == EVENTS
    assert stack.number(f'{SENT}{{service_name="{SERVICE}", {label}="{value}"}}') == 200


def test_it_is_said_once(program: tuple[Series, str], stack: Example) -> None:
    """One line a metric and label, on the console and in Loki, with values that tell what they look like."""
    begin = f"{ANALYTICS_MESSAGES_SENT.name}: label {CAMPAIGN_ID.key}: more than {CAMPAIGN_ID.budget}"
    lines = [line for line in program[1].splitlines() if begin in line]
    in_loki = eventually(lambda: stack.log_lines(f'{{service_name="{SERVICE}"}} |= "{begin}"'), "the line in Loki")

    assert len(lines) == len(in_loki) == 1
    assert "'c-500'" in lines[0]
    assert "'c-497', 'c-498', 'c-499'" in lines[0]
