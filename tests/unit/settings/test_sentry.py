"""A DSN is taken apart as Sentry's SDK does it, and noise is a list of known groups and of exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest
from sentry_sdk.consts import EndpointType
from sentry_sdk.utils import Dsn

from anclora_otel.settings import load_settings
from anclora_otel.settings.sentry import SentryDsn

DSNS = [
    "https://abc@o1.ingest.sentry.io/42",
    "https://abc@o1.ingest.de.sentry.io/42",
    "http://abc@127.0.0.1:9999/42",
    "https://abc:secret@sentry.example.com/below/here/7",
]


@pytest.mark.parametrize("text", DSNS)
def test_the_endpoint_is_that_of_the_sdk(text: str) -> None:
    """Sentry's own SDK derives the same address of OTLP traces."""
    dsn, theirs = SentryDsn.parse(text), Dsn(text).to_auth("test")

    assert theirs.get_api_url(EndpointType.OTLP_TRACES).rstrip("/") == f"{dsn.otlp_endpoint}/v1/traces"
    assert dsn.otlp_auth == "sentry sentry_key=abc"


@pytest.mark.parametrize("text", DSNS)
def test_a_dsn_does_not_show_its_key(text: str) -> None:
    """Neither the parts nor the settings show it."""
    settings, problems = load_settings({"SENTRY_DSN": text})

    assert problems == ()
    assert text == settings.sentry_dsn
    assert "abc" not in repr(settings) + repr(SentryDsn.parse(text))


@pytest.mark.parametrize(
    "text", ["nonsense", "https://host/1", "https://abc@host/", "https://abc@host/x", "abc@host/1"]
)
def test_a_dsn_that_is_none(text: str) -> None:
    """The problem says what was expected, and shows nothing of the value."""
    settings, (problem,) = load_settings({"SENTRY_DSN": text})

    assert settings.sentry_dsn == ""
    assert str(problem).startswith("SENTRY_DSN is set to something else: expected a DSN such as https://KEY@")
    assert text not in str(problem)


def test_a_file_with_the_dsn(tmp_path: Path) -> None:
    """The file holds the DSN and nothing else; the variable itself wins."""
    file = tmp_path / "dsn"
    file.write_text(f"{DSNS[0]}\n")

    assert DSNS[0] == load_settings({"SENTRY_DSN_FILE": str(file)})[0].sentry_dsn
    assert DSNS[1] == load_settings({"SENTRY_DSN_FILE": str(file), "SENTRY_DSN": DSNS[1]})[0].sentry_dsn


@pytest.mark.parametrize("content", [None, "nonsense", ""])
def test_a_file_without_a_dsn(tmp_path: Path, content: str | None) -> None:
    """A file that is missing or holds something else is one problem that names it."""
    file = tmp_path / "dsn"
    if content is not None:
        file.write_text(content)
    settings, (problem,) = load_settings({"SENTRY_DSN_FILE": str(file)})

    assert settings.sentry_dsn == ""
    assert "expected a file" in str(problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", ()),
        ("timeout, refused", ("timeout", "refused")),
        ("network,shop.SoldOut,KeyError", ("network", "shop.SoldOut", "KeyError")),
    ],
)
def test_noise(text: str, expected: tuple[str, ...]) -> None:
    """Groups, exceptions, or nothing."""
    assert expected == load_settings({"ANCLORA_SENTRY_NOISE": text})[0].sentry_noise


@pytest.mark.parametrize(("text", "hint"), [("timeouts", 'did you mean "timeout"?'), ("a b", "names out of network")])
def test_noise_that_nobody_knows(text: str, hint: str) -> None:
    """A misspelt group is a problem, with what was meant."""
    settings, (problem,) = load_settings({"ANCLORA_SENTRY_NOISE": text})

    assert len(settings.sentry_noise) == 6
    assert hint in str(problem)
