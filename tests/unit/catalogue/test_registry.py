"""The catalogue as a whole."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from anclora_otel.catalogue import (
    BY_NAME,
    DOMAINS,
    METRICS,
    SISTERS,
    Kind,
    initial_label_values,
    initial_metrics,
    sisters_of,
)


def test_every_metric_is_found_by_its_name() -> None:
    """Names are unique, and look-up gives the constant itself."""
    assert len(METRICS) == len(BY_NAME)
    assert all(BY_NAME[metric.name] is metric for metric in METRICS)


def test_constants_are_frozen() -> None:
    """Nobody changes the catalogue while a process runs."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        METRICS[0].unit = "s"  # type: ignore[misc]


def test_only_histograms_have_buckets() -> None:
    """Every histogram has rising buckets, and nothing else has any."""
    for metric in METRICS:
        assert (metric.kind is Kind.HISTOGRAM) == bool(metric.buckets), metric.name
        assert sorted(set(metric.buckets)) == list(metric.buckets), metric.name


def test_fallbacks_of_closed_labels_are_among_their_values() -> None:
    """What stands in for an unknown value is itself allowed."""
    for metric in METRICS:
        for label in metric.labels:
            if label.closed and label.fallback is not None:
                assert label.values is not None
                assert label.fallback in label.values, (metric.name, label.key)


def test_sisters_share_their_labels() -> None:
    """A ratio over sisters finds both sides, since their labels are the same."""
    for family in SISTERS:
        assert {metric.labels for metric in family} == {family[0].labels}


def test_sisters_of_gives_the_others() -> None:
    """The sisters of a metric are its family without itself, and most metrics have none."""
    sent, delivered, read = SISTERS[1]

    assert (sent, read) == sisters_of(delivered)
    assert sisters_of(BY_NAME["anclora.queue.messages"]) == ()


def test_initial_values_stand_in_the_order_of_the_labels() -> None:
    """A series that starts at zero has one allowed value a label."""
    for metric in initial_metrics(frozenset(DOMAINS)):
        for values in initial_label_values(metric):
            assert len(metric.labels) == len(values)
            for label, value in zip(metric.labels, values, strict=True):
                assert label.values is None or value in label.values


def test_histograms_and_gauges_do_not_start_at_zero() -> None:
    """Only counters are written before anything happens."""
    assert {metric.kind for metric in METRICS if initial_label_values(metric)} == {Kind.COUNTER}


def test_unused_domains_bring_no_zeros() -> None:
    """A process that uses only the queue has no zero of another domain."""
    names = {metric.name for metric in initial_metrics(frozenset({"queue"}))}

    assert names == {"anclora.queue.bulk.operations"}


def test_catalogue_needs_nothing_but_the_standard_library() -> None:
    """Rules and documentation read the catalogue without an SDK being loaded."""
    program = (
        "import sys, importlib.util as u, types; p = types.ModuleType('anclora_otel');"
        "p.__path__ = ['anclora_otel']; sys.modules['anclora_otel'] = p;"
        "import anclora_otel.catalogue.reference, anclora_otel.redaction;"
        "print([name for name in sys.modules if name.split('.')[0] in ('opentelemetry', 'fastapi', 'sentry_sdk')])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
