"""The command `anclora-otel trace`."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from anclora_otel.cli import main
from tests.unit.stack.test_loki import http_answers
from tests.unit.stack.test_trace_file import OTHER, TRACE, otlp_line, otlp_span

NO_LOKI = "http://127.0.0.1:1"
"""An address at which nobody listens."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Give the state folder of a stack whose collector wrote one trace."""
    folder = tmp_path / "collector" / "traces"
    folder.mkdir(parents=True)
    lines = otlp_line("api", otlp_span("a" * 16, end=0)) + otlp_line("worker", otlp_span("b" * 16, "a" * 16, 3))
    (folder / "traces.jsonl").write_text(lines)
    return tmp_path


def _answer(_: str) -> tuple[int, bytes]:
    stream = {"stream": {"service_name": "worker", "severity_text": "INFO", "span_id": "b" * 16}}
    return 200, json.dumps({"data": {"result": [stream | {"values": [["4000000", "sent"]]}]}}).encode()


def test_trace_and_log_lines_are_shown(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Spans of both services and the log line stand in the tree."""
    with http_answers(_answer) as url:
        code = main(["trace", TRACE, "--state-dir", str(state), "--loki-url", url])
    output = capsys.readouterr()

    assert code == 0
    assert output.err == ""
    assert "2 spans, 1 log line, 8.0 ms, api, worker" in output.out
    assert "| info  worker  sent" in output.out


def test_json_is_for_machines(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as data: spans with depth and duration, log lines under them."""
    with http_answers(_answer) as url:
        code = main(["trace", TRACE, "--json", "--state-dir", str(state), "--loki-url", url])
    data = json.loads(capsys.readouterr().out)

    assert code == 0
    assert data["trace_id"] == TRACE
    assert [(span["depth"], span["service"], span["duration_nanoseconds"]) for span in data["spans"]] == [
        (0, "api", 5_000_000),
        (1, "worker", 5_000_000),
    ]
    assert data["spans"][1]["log_lines"][0]["text"] == "sent"
    assert data["loki_error"] is None


def test_tree_is_shown_without_loki(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When Loki is down the spans are shown all the same, and one line says so."""
    code = main(["trace", TRACE, "--state-dir", str(state), "--loki-url", NO_LOKI])
    output = capsys.readouterr()

    assert code == 0
    assert "2 spans, 0 log lines" in output.out
    assert len(output.err.splitlines()) == 1
    assert f"Loki at {NO_LOKI} cannot be reached" in output.err


def test_unknown_trace_is_one_line_and_exit_code_1(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A trace that is not in the file is said with what to try."""
    code = main(["trace", OTHER, "--state-dir", str(state), "--loki-url", NO_LOKI])
    output = capsys.readouterr()

    assert code == 1
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert f"trace {OTHER} is not in" in output.err
    assert "--wait" in output.err


def test_missing_trace_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stack the line says how to start one."""
    code = main(["trace", TRACE, "--state-dir", str(tmp_path), "--loki-url", NO_LOKI])

    assert code == 1
    assert "anclora-otel stack up" in capsys.readouterr().err


def test_bad_trace_id_is_one_line_and_exit_code_2(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no trace id is refused before anything is read."""
    code = main(["trace", "xyz", "--state-dir", str(state)])
    output = capsys.readouterr()

    assert code == 2
    assert output.err == (
        "anclora-otel: 'xyz' is no trace id: expected 32 hexadecimal digits, "
        "such as trace_id in a log line, or a whole traceparent\n"
    )


@pytest.mark.parametrize("seconds", ["x", "-1", "nan", "1e9"])
def test_bad_wait_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wait that is no time gives argparse's one line and exit code 2."""
    with pytest.raises(SystemExit) as caught:
        main(["trace", TRACE, f"--wait={seconds}"])

    assert caught.value.code == 2
    assert "expected 0 to 3600 seconds" in capsys.readouterr().err


def test_wait_lets_the_trace_arrive(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a wait, a trace that is written a moment later is found, with its parent."""
    file = state / "collector" / "traces" / "traces.jsonl"
    asked = threading.Event()

    def answer(path: str) -> tuple[int, bytes]:
        if not asked.is_set():
            asked.set()
            with file.open("a") as stream:
                stream.write(otlp_line("api", otlp_span("c" * 16, trace_id=OTHER)))
        return _answer(path)

    with file.open("a") as stream:
        stream.write(otlp_line("worker", otlp_span("d" * 16, "c" * 16, 3, trace_id=OTHER)))
    with http_answers(answer) as url:
        code = main(["trace", OTHER, "--wait", "30", "--state-dir", str(state), "--loki-url", url])
    output = capsys.readouterr().out

    assert code == 0
    assert "2 spans" in output
    assert "missing" not in output
