"""The command `anclora-otel journey`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anclora_otel.cli import main
from tests.unit.stack.test_journey import OWN, PROVIDER, TRACE, loki
from tests.unit.stack.test_loki import http_answers


def test_the_steps_are_shown_with_times_and_traces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a step, and the command that shows the trace."""
    with http_answers(loki) as url:
        code = main(["journey", OWN, "--loki-url", url, "--state-dir", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert lines[0] == f"message {OWN}  also {PROVIDER}"
    assert lines[1] == "accepted to read in 4.000 s"
    assert [line.split()[4] for line in lines[3:8]] == ["accepted", "taken", "sent", "delivered", "read"]
    assert [line.split()[2] for line in lines[3:8]] == ["0.000", "1.000", "2.000", "3.000", "4.000"]
    assert lines[-1] == f"anclora-otel trace {TRACE}"


def test_json_is_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as data."""
    with http_answers(loki) as url:
        assert main(["journey", PROVIDER, "--json", "--loki-url", url, "--state-dir", str(tmp_path)]) == 0
    data = json.loads(capsys.readouterr().out)

    assert [step["step"] for step in data["steps"]] == ["accepted", "taken", "sent", "delivered", "read"]
    assert (data["message_ids"], data["provider_message_ids"]) == ([OWN], [PROVIDER])
    assert (data["missing"], data["has_ended"]) == ([], True)


def test_an_unknown_message_is_one_line_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says what to try."""
    with http_answers(loki) as url:
        code = main(["journey", "unknown", "--loki-url", url, "--state-dir", str(tmp_path)])
    output = capsys.readouterr()

    assert (code, output.out) == (1, "")
    assert "no step of message unknown is known" in output.err
    assert "--wait 10" in output.err


def test_loki_that_is_away_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names its address."""
    code = main(["journey", OWN, "--loki-url", "http://127.0.0.1:1", "--state-dir", str(tmp_path)])

    assert code == 2
    assert "Loki at http://127.0.0.1:1 cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["a b"], ["x", "--since", "1w"], ["x", "--since", "0h"], ["x", "--wait", "-1"]])
def test_bad_arguments_are_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each is said with what was expected."""
    try:
        code = main(["journey", *arguments])
    except SystemExit as left:
        code = int(left.code or 0)

    assert code == 2
    assert "expected" in capsys.readouterr().err
