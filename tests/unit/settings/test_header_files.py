"""Headers of the OTLP exporters that come from a file, as tokens should."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.settings import load_settings

TOKEN = "a-token-of-the-tests"
NAME = "OTEL_EXPORTER_OTLP_HEADERS_FILE"


def _file(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "headers"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def test_headers_of_a_file_are_those_of_every_signal(tmp_path: Path) -> None:
    """The file is read as the variable would be, for all signals that have no headers of their own."""
    text = f"authorization=Bearer {TOKEN},tenant=a%20b\n"
    found, problems = load_settings({NAME: _file(tmp_path, text), "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "tenant=logs"})

    assert problems == ()
    assert found.traces_target.headers == {"authorization": f"Bearer {TOKEN}", "tenant": "a b"}
    assert found.metrics_target.headers == found.traces_target.headers
    assert found.logs_target.headers == {"tenant": "logs"}


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (f"authorization=Bearer {TOKEN}", 0o644, "which everybody can read"),
        (f"{TOKEN}", 0o600, "pairs such as key=value"),
        (f"a={TOKEN}\nb=2\n", 0o600, "which has several lines"),
        ("", 0o600, "which is empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_its_content(
    tmp_path: Path, text: str, mode: int, said: str
) -> None:
    """The problem names the variable and the reason, never what the file holds; no header is sent."""
    found, (problem,) = load_settings({NAME: _file(tmp_path, text, mode)})

    assert NAME in str(problem)
    assert said in str(problem)
    assert TOKEN not in str(problem)
    assert found.traces_target.headers == {}
