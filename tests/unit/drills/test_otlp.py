"""What an injected series says at each moment."""

from __future__ import annotations

import json
from typing import Any

from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.business import BUSINESS_HIGH_VALUE_SALES
from anclora_otel.catalogue.queue import QUEUE_PROCESSING_DURATION
from anclora_otel.catalogue.runtime import PROCESS_RESIDENT_MEMORY, PROCESS_START_TIME
from anclora_otel.drills.feeds import Feed, Origin, Phase, Playing
from anclora_otel.drills.otlp import points, request

ORIGIN = Origin("anclora-drill", "drill-x")
BEGAN = 1_000.0


def _value(feed: Feed, phase: Phase, *moments: float, scale: float = 1) -> list[float | None]:
    playing = Playing(feed, ORIGIN, BEGAN)
    found = [points(playing, phase, BEGAN + moment, scale) for moment in moments]
    return [None if each is None else _only(each)["asDouble"] for each in found]


def _only(data: dict[str, Any]) -> dict[str, Any]:
    ((_, body),) = data.items()
    point: dict[str, Any] = body["dataPoints"][0]
    return point


def test_counter_rises_by_time() -> None:
    """A counter rises by its rate times the seconds that passed, from what it jumped to."""
    assert _value(Feed(BUSINESS_HIGH_VALUE_SALES, 2, jump=1), Phase.BAD, 0, 1, 3) == [1, 3, 7]


def test_gauge_grows_on_the_clock_of_the_rules() -> None:
    """A gauge that grows by 3600 an hour has grown by 15 after a second of a clock 15 times as fast."""
    feed = Feed(PROCESS_RESIDENT_MEMORY, 100, 7, growth_per_hour=3_600)

    assert _value(feed, Phase.BAD, 0, 1, scale=15) == [100, 115]
    assert _value(feed, Phase.GOOD, 1, scale=15) == [7]


def test_what_plays_nothing_has_no_point() -> None:
    """A feed without an amount for a phase is not reported in it."""
    assert _value(Feed(PROCESS_RESIDENT_MEMORY, None, 5), Phase.BAD, 1) == [None]


def test_unix_time() -> None:
    """A start time is that of the beginning, moved by the amount."""
    assert _value(Feed(PROCESS_START_TIME, -60, since_now=True), Phase.BAD, 0, 9) == [940, 940]


def test_histogram_puts_observations_into_their_bucket() -> None:
    """Ten observations of 0.7 s are in the bucket up to 1 s."""
    playing = Playing(Feed(QUEUE_PROCESSING_DURATION, 10, observed=0.7), ORIGIN, BEGAN)
    points(playing, Phase.BAD, BEGAN, 1)
    point = _only(points(playing, Phase.BAD, BEGAN + 1, 1) or {})

    assert point["count"] == "10"
    assert point["explicitBounds"] == list(QUEUE_PROCESSING_DURATION.buckets)
    assert point["bucketCounts"][point["explicitBounds"].index(1)] == "10"


def test_request_names_the_origin() -> None:
    """Service, instance and environment go along; without an environment the attribute is left out."""
    feed = Feed(foreign.UP, 1, instance="one")
    body = json.loads(request([(ORIGIN, feed, {"gauge": {}}), (Origin("collector", ""), feed, {"gauge": {}})]))
    attributes = [
        {each["key"]: each["value"]["stringValue"] for each in resource["resource"]["attributes"]}
        for resource in body["resourceMetrics"]
    ]

    assert attributes[0]["deployment.environment.name"] == "drill-x"
    assert attributes[0]["service.instance.id"] == "one"
    assert "deployment.environment.name" not in attributes[1]
    assert attributes[1]["service.name"] == "collector"
