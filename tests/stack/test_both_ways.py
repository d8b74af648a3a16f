"""A metric has the same series whether it is scraped from /metrics or pushed over OTLP."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from prometheus_client.openmetrics import parser as openmetrics_parser
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from anclora_otel.catalogue import DOMAINS, METRICS, Kind, prometheus_label
from tests.stack.example import Example, eventually
from tests.wire.running import run_wrapped

PROGRAM = Path(__file__).parent / "programs" / "every_recorder.py"
SUFFIXES = ("_bucket", "_sum", "_count")
CHANGING = {metric.prometheus_name for domain in ("runtime", "telemetry") for metric in DOMAINS[domain]}
"""Metrics of the process itself: their series are compared, their values move between two readings."""

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def contract_labels() -> dict[str, set[str]]:
    """Give the labels of the contract by the names of series."""
    found: dict[str, set[str]] = {}
    for metric in METRICS:
        labels = {prometheus_label(key) for key in metric.label_keys}
        if metric.kind is Kind.HISTOGRAM:
            found.update({f"{metric.prometheus_name}{suffix}": labels | {"le"} for suffix in SUFFIXES})
        else:
            found[metric.prometheus_name] = labels
    return found


LABELS = contract_labels()


def normalised(name: str, labels: dict[str, str], value: float) -> tuple[tuple[str, frozenset[tuple[str, str]]], float]:
    """Keep the labels of the contract, and write bounds of buckets as numbers."""
    kept = {key: text for key, text in labels.items() if key in LABELS[name]}
    if "le" in kept:
        kept["le"] = str(float(kept["le"]))
    return (name, frozenset(kept.items())), value


def scraped(text: str, accept: str) -> Series:
    """Give the series of the contract on a /metrics page."""
    parse = (
        openmetrics_parser.text_string_to_metric_families if "openmetrics" in accept else text_string_to_metric_families
    )
    samples: list[Sample] = [sample for family in parse(text) for sample in family.samples]
    return dict(normalised(s.name, s.labels, s.value) for s in samples if s.name in LABELS)


def pushed(example: Example, service: str) -> Series:
    """Give the series of the contract that came over OTLP."""
    result = example.query(f'{{__name__=~"anclora_.+|http_server_.+", service_name="{service}"}}')
    return dict(
        normalised(series["metric"]["__name__"], series["metric"], float(series["value"][1]))
        for series in result
        if series["metric"]["__name__"] in LABELS
    )


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text"])
def test_the_same_series_on_both_ways(example: Example, accept: str) -> None:
    """Name by name, label by label and value by value."""
    service = f"every-recorder-{accept.rpartition('/')[2]}"
    variables = {**example.telemetry(service), "ANCLORA_METRICS_PATH": "/metrics"}
    done = run_wrapped(sys.executable, str(PROGRAM), accept, **variables)
    assert done.returncode == 0, done.stderr
    page = scraped(done.stdout, accept)
    stable = {key: value for key, value in page.items() if key[0].removesuffix("_bucket") not in CHANGING}
    names = {key[0] for key in page}

    def arrived() -> bool:
        over_otlp = pushed(example, service)
        return {key: over_otlp.get(key) for key in stable} == stable and set(page) <= set(over_otlp)

    eventually(arrived, "the same series over OTLP", 30)
    missing = {
        metric.prometheus_name
        for domain in ("queue", "analytics", "whatsapp", "redis", "bot", "business")
        for metric in DOMAINS[domain]
        if not names & {metric.prometheus_name, f"{metric.prometheus_name}_bucket"}
    }
    assert missing == set()


def test_the_service_of_the_example_as_well(example: Example) -> None:
    """What the FastAPI service serves at /metrics has the names and labels of what it pushes."""
    from tests.wire.running import get

    def same() -> bool:
        text = get(f"{example.settings.service_url}/metrics")
        page = {key for key in scraped(text, "text/plain") if key[0].startswith(("anclora_queue", "http_server"))}
        over_otlp = pushed(example, "whatsapp-service")
        return bool(page) and page <= set(over_otlp)

    eventually(same, "the series of the service", 30)
