"""Whatever is logged, the caller goes on, and every sink has one whole line of bounded size."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from anclora_otel.logs import JSONFormatter, PrettyFormatter, log_error
from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.console import ConsoleSink
from anclora_otel.pipeline.logs import redact_log_record, translate
from tests.unit.logs.conftest import Sink

LINE_LIMIT = 400_000


class Wordless:
    """An object whose text cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class WordlessError(Exception):
    """An exception whose text cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Endless(Mapping[str, object]):
    """A mapping that says it is longer than it can be read."""

    def __getitem__(self, key: str) -> object:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("cannot be read")

    def __len__(self) -> int:
        return 10**9


def recursive() -> list[object]:
    """Give a list that holds itself a hundred times."""
    found: list[object] = []
    found.extend([found] * 100)
    return found


def deep() -> list[object]:
    """Give a list in a list, ten thousand times."""
    found: list[object] = []
    for _ in range(10_000):
        found = [found]
    return found


def chained() -> BaseException:
    """Give an exception that is its own cause."""
    error, other = ValueError("a"), ValueError("b")
    error.__cause__, other.__cause__ = other, error
    return error


VALUES: dict[str, object] = {
    "lone surrogate": "a\udcffb",
    "no text": Wordless(),
    "endless mapping": Endless(),
    "recursive list": recursive(),
    "deep list": deep(),
    "wide structure": [[[list(range(30))] * 30] * 30] * 30,
    "1 MB": "x" * 1_000_000,
    "1 MB of bytes": b"\xff" * 1_000_000,
    "1 MB in many fields": {str(number): "x" * 20_000 for number in range(50)},
    "huge number": 10**400,
    "not a number": float("nan"),
    "keys of any kind": {1: 2, None: 3, (4,): 5, Wordless(): 6},
    "control characters": "\x00\x1b[2J\r\n\u2028",
    "set": {1, 2},
    "complex": 1j,
}

Log = Callable[[logging.Logger, object], None]
WAYS: dict[str, Log] = {
    "message": lambda log, value: log.error(value),
    "argument": lambda log, value: log.error("got %s", value),
    "wrong argument": lambda log, value: log.error("got %d of %d", value),  # noqa: PLE1206 - the subject
    "argument too many": lambda log, value: log.error("got nothing", value, value),  # noqa: PLE1205 - the subject
    "extra": lambda log, value: log.error("got", extra={"field": value}),
    "exception": lambda log, value: log.error("got", exc_info=ValueError(value)),
    "log_error": lambda _, value: log_error(ValueError(value), {"field": value}),
}


@pytest.fixture(autouse=True)
def console(sink: Sink) -> None:
    """Write lines of JSON to standard error as well."""
    assert sink.records == []
    bridge.use_console(ConsoleSink("json"))


def written(record: logging.LogRecord) -> tuple[str, str]:
    """Write a record as every sink does, and give its lines as JSON and for people."""
    exported = translate(record)
    redact_log_record(exported)
    assert len(str(exported.body)) + len(str(exported.attributes)) < LINE_LIMIT
    text = JSONFormatter().format(record)
    assert isinstance(json.loads(text)["message"], str)
    return text, PrettyFormatter().format(record)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", VALUES)
def test_values_of_every_kind(
    sink: Sink, alone: logging.Logger, kind: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, well-formed, bounded, in every sink."""
    WAYS[way](alone, VALUES[kind])

    (record,) = [found for found in sink.records if found.name != "anclora_otel"]
    for text in written(record):
        text.encode()
        assert len(text) < LINE_LIMIT
    if way != "log_error":
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        assert [line["logger"] for line in lines if line["logger"] != "anclora_otel"] == ["logs.alone"]


@pytest.mark.parametrize("error", [WordlessError(), chained(), None])
def test_exceptions_of_every_kind(sink: Sink, alone: logging.Logger, error: Any) -> None:
    """Their type is told whatever their text does."""
    if isinstance(error, BaseException):
        alone.error("failed", exc_info=error)
        assert type(error).__name__ in written(sink.records[-1])[0]
    alone.error("failed", exc_info=(None, None, None))
    log_error(error)

    for record in sink.records:
        written(record)


def test_a_recursion_without_an_end(sink: Sink, alone: logging.Logger) -> None:
    """Its stack trace is cut in the middle: its beginning and its end say the most."""

    def again(depth: int) -> None:
        again(depth + 1) if depth % 2 else other(depth + 1)

    def other(depth: int) -> None:
        again(depth + 1)

    try:
        again(0)
    except RecursionError:
        alone.exception("too deep")

    text = json.loads(written(sink.records[0])[0])["exception"]
    assert text.startswith("Traceback")
    assert "RecursionError" in text.splitlines()[-1]


def test_arguments_that_do_not_fit_are_said_once(
    sink: Sink, alone: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """With the logger that has them."""
    for _ in range(3):
        alone.error("%d items", "many")
        written(sink.records[-1])

    assert sum("log arguments of logs.alone: TypeError" in message for message in caplog.messages) == 1


def test_a_number_that_the_cut_goes_through_is_masked(sink: Sink, alone: logging.Logger) -> None:
    """Neither half of it is left in a long message."""
    for offset in range(-20, 20, 3):
        alone.error("%s+34 612 345 678%s", "x" * (32_768 + offset) + " ", " " + "x" * 100_000)
        text = written(sink.records[-1])[0]

        assert "612" not in text
        assert "characters left out" in text
