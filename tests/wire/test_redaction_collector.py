"""The policy in the real collector, with the committed configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.redaction import PATTERNS, Pattern, redact_text, redact_value
from anclora_otel.stack.collector_configuration import MASK, render_overlay
from tests.unit.redaction.corpus import FOUND, LEFT_ALONE
from tests.unit.redaction.negatives import negatives
from tests.unit.redaction.planted import planted
from tests.wire.redacting_collector import RedactingCollector, as_collector, redacting_collector

MAIL = "ana.garcia@example.org"


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedactingCollector]:
    """Start one collector for all tests."""
    with redacting_collector(tmp_path_factory.mktemp("collector")) as running:
        yield running


def test_the_collector_finds_what_the_sdk_finds(collector: RedactingCollector) -> None:
    """Of the whole corpus, sent as log bodies, the collector masks exactly the places that the policy names."""
    texts = [*FOUND, *LEFT_ALONE, *dict.fromkeys(each.text for each in planted())]
    texts += [text for _, text in negatives(10_000)]

    left = collector.send_bodies(texts)

    expected = [as_collector(text, PATTERNS) for text in texts]
    assert [pair for pair in zip(expected, left, strict=True) if pair[0] != pair[1]] == []
    assert [(text, after) for text, after in zip(texts, left, strict=True) if (after == text) != _clean(text)] == []


def _clean(text: str) -> bool:
    return redact_text(text) is text


def text_of(number: int) -> dict[str, Any]:
    """Give an attribute's value with something to mask."""
    return {"stringValue": f"{number} for {MAIL}"}


def test_every_part_of_a_span_is_redacted(collector: RedactingCollector) -> None:
    """Name, attributes of any type, events, status, scope and resource are masked; ids, times and the rest stay."""
    span = {
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "spanId": "00f067aa0ba902b7",
        "name": f"write to {MAIL}",
        "startTimeUnixNano": "1732406533123456789",
        "attributes": [
            {"key": "text", "value": text_of(1)},
            {"key": "list", "value": {"arrayValue": {"values": [text_of(2), {"intValue": "3"}]}}},
            {"key": "map", "value": {"kvlistValue": {"values": [{"key": "inner", "value": text_of(4)}]}}},
            {"key": "customer.phone", "value": {"intValue": "34600111222"}},
            {"key": "http.request.header.x-api-key", "value": {"stringValue": "abc"}},
            {"key": "to", "value": {"stringValue": "34600111222"}},
            {"key": "from", "value": {"stringValue": "queue"}},
            {"key": "note", "value": {"stringValue": "nothing"}},
        ],
        "events": [{"name": f"wrote {MAIL}", "attributes": [{"key": "jid", "value": text_of(5)}]}],
        "status": {"code": 2, "message": f"{MAIL} refused"},
    }
    scope = {"scope": {"name": "s", "attributes": [{"key": "a", "value": text_of(6)}]}, "spans": [span]}
    resource = {"attributes": [{"key": "service.owner", "value": text_of(7)}]}

    collector.send("traces", {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})
    batch = collector.written("traces", 1)[0]

    left = batch["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    values = {each["key"]: each["value"].get("stringValue") for each in left["attributes"]}
    assert "ana.garcia" not in str(batch)
    assert "600111222" not in str(batch)
    assert (left["name"], left["status"]["message"]) == (f"write to {MASK}", f"{MASK} refused")
    assert left["events"][0]["name"] == f"wrote {MASK}"
    assert (values["to"], values["from"], values["note"]) == (MASK, "queue", "nothing")
    assert (values["http.request.header.x-api-key"], values["customer.phone"]) == (MASK, MASK)
    assert len(values) == 8
    assert [left[key] for key in ("traceId", "spanId", "startTimeUnixNano")] == [
        span[key] for key in ("traceId", "spanId", "startTimeUnixNano")
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [("phone", "600111222"), ("to", "34600111222"), ("db.password", "x"), ("note", MAIL), ("to", "queue"), ("n", "7")],
)
def test_keys_count_in_both(collector: RedactingCollector, key: str, value: str, tmp_path: Path) -> None:
    """An attribute that the SDK masks by its key is masked by the collector, too, and one that it leaves is left."""
    record = {"attributes": [{"key": key, "value": {"stringValue": value}}], "body": {"stringValue": str(tmp_path)}}
    collector.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})

    def arrived() -> list[dict[str, Any]]:
        return [
            found
            for batch in collector.written("logs", 1)
            for found in batch["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
            if found["body"].get("stringValue") == str(tmp_path)
        ]

    collector.wait(lambda: bool(arrived()), "the record")
    left = arrived()[0]["attributes"][0]["value"]["stringValue"]
    assert (left == value) == (redact_value(key, value) == value)


def test_own_patterns_and_a_hash_by_an_overlay(tmp_path: Path) -> None:
    """A second configuration file adds own patterns, and hashes with a key in place of the fixed mask."""
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef\n")
    key.chmod(0o600)
    own = Pattern("reference", "own", "REF-[0-9]{4,6}", "[reference]")
    with redacting_collector(tmp_path, render_overlay([own], str(key))) as hashing:
        left = hashing.send_bodies(["REF-20481 and REF-20482", "REF-20481", f"to {MAIL}", "nothing"])

    first, _, second = left[0].split()
    assert first != second
    assert left[1] == first
    assert len(first) == 64
    assert MAIL not in left[2]
    assert left[3] == "nothing"
