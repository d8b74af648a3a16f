"""What a silence may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anclora_otel.alertmanager.silences import new_silence, read_duration, read_matcher, read_matchers
from anclora_otel.errors import AlertmanagerError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alertname=HighQueueLatency", ("alertname", "HighQueueLatency", False, True)),
        ('service = "web"', ("service", "web", False, True)),
        ("service!=web", ("service", "web", False, False)),
        ("queue=~out|in", ("queue", "out|in", True, True)),
        ('queue!~"out.*"', ("queue", "out.*", True, False)),
        ("queue=a=b", ("queue", "a=b", False, True)),
    ],
)
def test_matcher_is_read(text: str, expected: tuple[str, str, bool, bool]) -> None:
    """A matcher is read with its operator, with quotes or without."""
    matcher = read_matcher(text)

    assert (matcher["name"], matcher["value"], matcher["isRegex"], matcher["isEqual"]) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["HighQueueLatency"], "is no matcher: expected label=value"),
        ([""], "is no matcher"),
        (["1abel=x"], "is no matcher"),
        (["alertname="], "has no value: expected alertname=something"),
        (['alertname=""'], "has no value"),
        (["alertname=~("], "is no regular expression"),
        (["alertname=~.*"], "would mute every alert"),
        (["alertname=~.+"], "would mute every alert"),
        (["service!=web"], "would mute every alert"),
        (["service!~web", "queue=~.*"], "would mute every alert"),
        (["alertnme=X"], "did you mean alertname?"),
        (["alertname=X", "enviroment=production"], "did you mean environment?"),
    ],
)
def test_matchers_that_cannot_be_meant(texts: list[str], expected: str) -> None:
    """A matcher that is none, is empty, is misspelt or mutes everything is one clear line."""
    with pytest.raises(AlertmanagerError) as caught:
        read_matchers(texts)

    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90m", timedelta(minutes=90)), ("1d12h", timedelta(hours=36)), ("7d", timedelta(days=7))],
)
def test_duration_is_read(text: str, expected: timedelta) -> None:
    """A duration is read up to seven days."""
    assert expected == read_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8d", "longer than 7d: choose less, or pass --force"),
        ("2", "no duration"),
        ("-1h", "no duration"),
        ("0m", "no duration"),
        ("1.5h", "no duration"),
        ("for ever", "no duration"),
        ("999999999w", "no duration"),
    ],
)
def test_duration_that_cannot_be_meant(text: str, expected: str) -> None:
    """What is no duration or too long is one clear line."""
    with pytest.raises(AlertmanagerError, match=expected):
        read_duration(text)


def test_force_lifts_the_cap() -> None:
    """Whoever insists gets a longer silence."""
    assert read_duration("30d", force=True) == timedelta(days=30)


@pytest.mark.parametrize(("author", "comment", "blank"), [(" ", "why", "--author"), ("ana", "\t", "--comment")])
def test_somebody_answers_for_it(author: str, comment: str, blank: str) -> None:
    """A blank author or comment is refused."""
    with pytest.raises(AlertmanagerError, match=f"{blank} is blank"):
        new_silence(read_matchers(["alertname=X"]), timedelta(hours=1), author, comment)
