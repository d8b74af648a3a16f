"""Lines on standard error."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from anclora_otel.logs.console import ConsoleMode, ConsoleSink

RECORD = logging.LogRecord("queue", logging.INFO, __file__, 1, "hello ñ", (), None)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("mode", "stream", "colours", "begins"),
    [
        ("auto", io.StringIO(), True, "{"),
        ("auto", Terminal(), True, "\x1b"),
        ("auto", Terminal(), False, ""),
        ("json", Terminal(), True, "{"),
        ("pretty", io.StringIO(), True, ""),
        ("pretty", Terminal(), True, "\x1b"),
    ],
)
def test_modes(mode: ConsoleMode, stream: io.StringIO, colours: bool, begins: str) -> None:
    """JSON unless a terminal or the user asks for lines for people, and colours for terminals alone."""
    text = ConsoleSink(mode, colours=colours).render(RECORD, stream)

    assert text.startswith(begins)
    assert ("\x1b" in text) is (begins == "\x1b")
    assert text.startswith("{") is (begins == "{")


def test_the_stream_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes the place of standard error later is written to, a line at a time."""
    console = ConsoleSink()
    streams = [io.StringIO(), io.StringIO()]
    for stream in streams:
        monkeypatch.setattr(sys, "stderr", stream)
        console.emit(RECORD)

    assert [json.loads(stream.getvalue())["message"] for stream in streams] == ["hello ñ", "hello ñ"]
    assert [stream.getvalue().count("\n") for stream in streams] == [1, 1]


def test_no_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon has none; that is no fault."""
    monkeypatch.setattr(sys, "stderr", None)

    ConsoleSink().emit(RECORD)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_the_streams_encoding(encoding: str) -> None:
    """A stream that cannot carry a character gets its escape."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    text = ConsoleSink("json").render(RECORD, stream)

    text.encode(encoding)
    assert json.loads(text)["message"] == "hello ñ"


def test_pretty_lines_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that knows ASCII alone shows the line all the same."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict", write_through=True)
    monkeypatch.setattr(sys, "stderr", stream)

    ConsoleSink("pretty").emit(RECORD)
    assert stream.buffer.getvalue().endswith(b"hello \\xf1\n")
