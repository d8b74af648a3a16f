"""`anclora-otel drill`, as far as it needs no stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.cli.main import main
from anclora_otel.drills.catalogue import DRILLS


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Every drill is listed with its way and what is done."""
    assert main(["drill", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert len(lines) == len(DRILLS)
    assert any("RedisDown" in line and "action" in line and "Redis of the stack is stopped" in line for line in lines)


@pytest.mark.parametrize("environment", ["production", "PROD", "live"])
@pytest.mark.parametrize("what", [["RedisDown"], ["--all"], ["--routing"]])
def test_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: str, what: list[str]
) -> None:
    """In production nothing is drilled unless forced."""
    monkeypatch.setenv("ANCLORA_ENVIRONMENT", environment)

    assert main(["drill", *what]) == 2
    assert capsys.readouterr().err == (
        f"anclora-otel: ANCLORA_ENVIRONMENT is {environment}: people would be woken; pass --force if that is meant\n"
    )


def test_unknown_alert(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown alert is one line with the nearest name."""
    assert main(["drill", "RedisDwon"]) == 2
    assert capsys.readouterr().err == "anclora-otel: RedisDwon is no alert: did you mean RedisDown?\n"


def test_no_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing runs one line says what was asked and what to do."""
    (tmp_path / "ports.json").write_text('{"prometheus": 1}')

    assert main(["drill", "HighQueueLatency", "--state-dir", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("anclora-otel: Prometheus at http://127.0.0.1:1 cannot be asked (")
    assert line.endswith("is it up?")


@pytest.mark.parametrize("wait", ["soon", "-1", "999999"])
def test_bad_wait(capsys: pytest.CaptureFixture[str], wait: str) -> None:
    """A time to wait that is none is refused."""
    with pytest.raises(SystemExit) as caught:
        main(["drill", "RedisDown", "--wait", wait])

    assert caught.value.code == 2
    assert f"'{wait}' is no time to wait: expected 0 to 3600 seconds" in capsys.readouterr().err


def test_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """An alert and --all together are a wrong call, and so is neither."""
    for call in (["RedisDown", "--all"], []):
        with pytest.raises(SystemExit) as caught:
            main(["drill", *call])
        assert caught.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
