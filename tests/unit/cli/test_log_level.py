"""`anclora-otel log-level` shows and changes the levels of a service by its file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from anclora_otel.cli.main import main
from anclora_otel.logs.level_file import create, default_path, read_levels


@pytest.fixture(autouse=True)
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a service `web` that has run on this host, and give its file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("OTEL_SERVICE_NAME", "web")
    monkeypatch.delenv("ANCLORA_LOG_LEVELS_FILE", raising=False)
    create(default_path("web"))
    return default_path("web")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; give exit code, output and complaints."""
    code = main(["log-level", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_nothing_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """The settings hold, for all and for each."""
    assert run(capsys) == (0, "the levels of the settings hold\n", "")
    assert run(capsys, "queue") == (0, "the levels of the settings hold\n", "")


def test_levels_are_changed_shown_and_reset(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One by one, and all."""
    assert run(capsys, "queue", "DEBUG") == (0, "queue debug\n", "")
    assert run(capsys, "bot", "trace") == (0, "bot trace\n", "")
    assert run(capsys) == (0, "queue debug\nbot   trace\n", "")
    assert run(capsys, "queue.worker") == (0, "queue.worker debug\n", "")
    assert read_levels(service) == {"queue": "debug", "bot": "trace"}
    assert run(capsys, "queue", "--reset")[:2] == (0, "the levels of the settings hold\n")
    assert run(capsys, "all", "warning")[:2] == (0, "all warn\n")
    assert run(capsys, "api")[:2] == (0, "api warn\n")
    assert run(capsys, "--reset")[:2] == (0, "the levels of the settings hold\n")
    assert read_levels(service) == {}


def test_json(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For machines."""
    code, out, _ = run(capsys, "queue", "debug", "--json")

    assert code == 0
    assert json.loads(out) == {"service": "web", "file": str(service), "changed": {"queue": "debug"}}


def test_the_file_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ANCLORA_LOG_LEVELS_FILE names it, and it need not be there yet."""
    monkeypatch.setenv("ANCLORA_LOG_LEVELS_FILE", str(tmp_path / "own.json"))

    assert run(capsys, "queue", "debug")[0] == 0
    assert read_levels(tmp_path / "own.json") == {"queue": "debug"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("queue", "debgu"), "did you mean debug?"),
        (("queue", "verbose"), "expected fatal or error"),
        (("", "debug"), "the name of a logger, or all"),
        (("queue", "debug", "--reset"), "--reset takes no level"),
        (("--service-name", "webb"), "did you mean web?"),
        (("--service-name", "mailer"), "no service mailer has run here as this user: there is web"),
    ],
)
def test_wrong_arguments(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2 and one line that says what was expected."""
    code, out, err = run(capsys, *arguments)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize("content", ["rubbish", '{"queue": 7}'])
def test_rubbish_in_the_file(service: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    """Showing says what is wrong; changing puts a whole file in its place."""
    service.write_text(content)
    code, _, err = run(capsys)

    assert (code, err.count("\n"), str(service) in err) == (2, 1, True)
    assert run(capsys, "queue", "debug")[:2] == (0, "queue debug\n")


def test_a_file_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2: nothing has changed, and the line says what to set."""
    monkeypatch.setenv("ANCLORA_LOG_LEVELS_FILE", str(tmp_path / "no" / "such" / "file"))
    code, _, err = run(capsys, "queue", "debug")

    assert code == 2
    assert "ANCLORA_LOG_LEVELS_FILE" in err
