"""
Points of feeds as OTLP in JSON.

By hand and not by the SDK: an injection sends points of the past, of several processes and of other programs' metrics.
Source: OTLP specification, "JSON Protobuf Encoding".
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterable, Mapping
from typing import Any

from anclora_otel.catalogue.metric import Kind
from anclora_otel.drills.feeds import SERVICE, Feed, Origin, Phase, Playing

_CUMULATIVE = 2


def points(playing: Playing, phase: Phase, now: float, scale: float) -> dict[str, Any] | None:
    """
    Move a feed on to now and give its point, or None where it plays nothing.

    Args:
        playing: the feed; its totals are moved on.
        phase: what it plays.
        now: Unix time in seconds.
        scale: factor by which the rules are shortened.

    """
    feed, passed = playing.feed, now - playing.at
    amount = feed.amount(phase)
    playing.at = now
    if amount is None:
        return None
    common = {"attributes": _attributes(feed.labels), "timeUnixNano": _nanoseconds(now)}
    if feed.metric.kind in (Kind.GAUGE, Kind.UPDOWN):
        grown = feed.growth_per_hour * (now - playing.began) * scale / 3600 if phase is Phase.BAD else 0.0
        base = playing.began if feed.since_now else 0.0
        return {"gauge": {"dataPoints": [{**common, "asDouble": base + amount + grown}]}}
    playing.total += amount * passed
    common["startTimeUnixNano"] = _nanoseconds(playing.began)
    if feed.metric.kind is Kind.COUNTER:
        data = {"dataPoints": [{**common, "asDouble": playing.total}]}
        return {"sum": {**data, "aggregationTemporality": _CUMULATIVE, "isMonotonic": True}}
    return {
        "histogram": {
            "dataPoints": [{**common, **_histogram(feed, round(playing.total))}],
            "aggregationTemporality": _CUMULATIVE,
        }
    }


def request(found: Iterable[tuple[Origin, Feed, Mapping[str, Any]]]) -> bytes:
    """Put points into one request."""
    resources = [
        {
            "resource": {"attributes": _attributes(_resource(origin, feed))},
            "scopeMetrics": [
                {"scope": {"name": SERVICE}, "metrics": [{"name": feed.metric.name, "unit": feed.metric.unit, **data}]}
            ],
        }
        for origin, feed, data in found
    ]
    return json.dumps({"resourceMetrics": resources}).encode()


def _histogram(feed: Feed, count: int) -> dict[str, Any]:
    bounds = list(feed.metric.buckets)
    counts = [0] * (len(bounds) + 1)
    counts[bisect.bisect_left(bounds, feed.observed)] = count
    return {
        "count": str(count),
        "sum": feed.observed * count,
        "bucketCounts": [str(each) for each in counts],
        "explicitBounds": bounds,
    }


def _resource(origin: Origin, feed: Feed) -> dict[str, str]:
    found = {"service.name": origin.service, "service.instance.id": feed.instance, "service.version": "drill"}
    return {**found, **({"deployment.environment.name": origin.environment} if origin.environment else {})}


def _attributes(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in labels.items()]


def _nanoseconds(seconds: float) -> str:
    return str(int(seconds * 1e9))
