"""Putting a journey together from what Loki answers."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest

from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack.journey import Journey, parse_message_id, read_journey
from tests.unit.stack.test_loki import http_answers

OWN, PROVIDER = "0f8fad5bd9cb469f", "3EB0C767"
TRACE, WEBHOOK_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736", "aaf92f3577b34da6a3ce929d0e0e4736"

EVENTS: list[tuple[str, int, str, str, dict[str, str]]] = [
    ("accepted", 1, "web", TRACE, {"anclora_message_id": OWN}),
    ("taken", 2, "worker", TRACE, {"anclora_message_id": OWN}),
    ("sent", 3, "worker", TRACE, {"anclora_message_id": OWN, "anclora_message_provider_id": PROVIDER}),
    ("delivered", 4, "web", WEBHOOK_TRACE, {"anclora_message_provider_id": PROVIDER}),
    ("read", 5, "web", WEBHOOK_TRACE, {"anclora_message_provider_id": PROVIDER}),
]


def loki(path: str) -> tuple[int, bytes]:
    """Answer with the events that carry one of the ids that the query names."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["query"][0]
    pattern = re.findall(r'anclora_message_id=~"([^"]*)"', query)[0].replace("\\\\", "\\")
    assert f'anclora_message_provider_id=~"{pattern}"'.replace("\\", "\\\\") in query
    streams = [
        {
            "stream": ids | {"service_name": service, "trace_id": trace, "anclora_message_step": step},
            "values": [[str(time * 10**9), f"message {step}"]],
        }
        for step, time, service, trace, ids in EVENTS
        if any(re.fullmatch(pattern, each) for each in ids.values())
    ]
    return 200, json.dumps({"data": {"result": streams}}).encode()


@pytest.mark.parametrize("message_id", [OWN, PROVIDER])
def test_any_id_gives_the_whole_journey(message_id: str) -> None:
    """Receipts carry the provider's id alone, and the first steps the service's: `sent` ties them."""
    with http_answers(loki) as url:
        journey = read_journey(url, message_id, 0, 10**10)

    assert journey is not None
    assert [(step.step, step.service) for step in journey.steps] == [
        ("accepted", "web"),
        ("taken", "worker"),
        ("sent", "worker"),
        ("delivered", "web"),
        ("read", "web"),
    ]
    assert (journey.message_ids, journey.provider_message_ids) == ((OWN,), (PROVIDER,))
    assert (journey.missing, journey.has_ended) == ((), True)
    assert journey.trace_ids == (TRACE, WEBHOOK_TRACE)


def test_an_unknown_message_has_no_journey() -> None:
    """Nothing is made up."""
    with http_answers(loki) as url:
        assert read_journey(url, "unknown", 0, 10**10) is None


def test_characters_of_an_id_are_no_pattern() -> None:
    """A dot in an id stands for itself."""
    with http_answers(loki) as url:
        assert read_journey(url, "3EB0C76.", 0, 10**10) is None


@pytest.mark.parametrize("text", ["", "a b", 'x" or 1="1', "x" * 129, "{}", "`"])
def test_what_is_no_id_is_refused(text: str) -> None:
    """Nothing that could change the query is asked."""
    with pytest.raises(AncloraOtelError, match="is no message id: expected 1 to 128 letters"):
        parse_message_id(text)


def test_a_failed_message_misses_nothing() -> None:
    """Its journey is over."""
    with http_answers(
        lambda _: (
            200,
            json.dumps(
                {
                    "data": {
                        "result": [
                            {
                                "stream": {"anclora_message_step": "failed", "anclora_message_id": OWN},
                                "values": [["1", "message failed"]],
                            }
                        ]
                    }
                }
            ).encode(),
        )
    ) as url:
        journey = read_journey(url, OWN, 0, 10)

    assert journey == Journey((OWN,), (), journey.steps if journey else ())
    assert journey is not None
    assert (journey.missing, journey.has_ended) == ((), True)
