"""`anclora-otel dashboards preview` and what it says of bad input; the page itself is tested in tests/stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.cli import main
from tests.wire.running import free_port


def _line(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Call the command, which must fail with one line, and give it."""
    assert main(["dashboards", "preview", "--no-open", *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_without_prometheus(capsys: pytest.CaptureFixture[str]) -> None:
    """The address, the reason, the command that starts it and the option."""
    address = f"http://127.0.0.1:{free_port()}"
    line = _line(capsys, "--prometheus", address)

    assert f"Prometheus at {address} does not answer (Connection refused)" in line
    assert "anclora-otel stack up" in line
    assert "--prometheus" in line


def test_an_address_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """What was got and what was expected."""
    line = _line(capsys, "--prometheus", "nine")

    assert "--prometheus is 'nine': expected an address such as http://127.0.0.1:9090" in line


def test_a_broken_dashboard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and the line in it are named, before anything is asked or opened."""
    (tmp_path / "mine.json").write_text('{\n "uid": "a"\n "title": "b"}')

    assert "mine.json, line 3: no JSON" in _line(capsys, "--dashboards", str(tmp_path))


def test_no_dashboard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder is no question of the data."""
    assert f"{tmp_path} has no dashboard" in _line(capsys, "--dashboards", str(tmp_path))


@pytest.mark.parametrize("port", ["none", "70000", "-1"])
def test_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A port is a number from 0 to 65535."""
    with pytest.raises(SystemExit) as caught:
        main(["dashboards", "preview", f"--port={port}"])

    assert caught.value.code == 2
    assert f"'{port}' is no port: expected 0 (any free one) to 65535" in capsys.readouterr().err
