"""Silences and the list of what fires, by command, on a real Alertmanager."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from anclora_otel.stack import Alerting
from tests.stack.alerting import SCALE, LiveAlerting, labels_of, live_alerting
from tests.stack.example import eventually
from tests.wire.running import BIN, environment, free_port

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WHY = ["--author", "ana", "--comment", "new release"]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAlerting]:
    """Run Alertmanager and the stand-ins."""
    with live_alerting(tmp_path_factory.mktemp("silences"), Alerting(scale=SCALE)) as running:
        yield running


@pytest.fixture
def run(live: LiveAlerting) -> Run:
    """Give a function that runs a command against it."""

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "anclora-otel"), *arguments, "--url", live.stack.url("alertmanager")],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return command


def _alerts(run: Run) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in json.loads(run("alerts", "--json").stdout)}


def test_silence_from_beginning_to_end(live: LiveAlerting, run: Run) -> None:
    """A silence mutes what matches and nothing else, is listed with author and reason, and ends by command."""
    live.post(labels_of("Noisy"), labels_of("Other"))
    added = run("silence", "add", "alertname=Noisy", 'service=~"work.*"', *WHY, "--duration", "90m", "--json")
    silence_id = json.loads(added.stdout)["id"]
    eventually(lambda: live.found(alertname="Noisy").silenced_by, "the silence to hold")
    listed = run("silence", "list")
    shown = _alerts(run)
    ended = run("silence", "expire", silence_id[:8])
    eventually(lambda: not live.found(alertname="Noisy").silenced_by, "the silence to end")

    assert (added.returncode, listed.returncode, ended.returncode) == (0, 0, 0)
    assert 'alertname="Noisy" service=~"work.*"  by ana: new release' in listed.stdout
    assert (shown["Noisy"]["state"], shown["Noisy"]["muted_by"]) == ("silenced", [silence_id])
    assert shown["Other"]["state"] == "firing"
    assert run("silence", "list").returncode == 1
    assert [each["id"] for each in json.loads(run("silence", "list", "--all", "--json").stdout)] == [silence_id]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["alertname=~.*", *WHY], "would mute every alert"),
        (["alertname=", *WHY], "has no value"),
        (["Noisy", *WHY], "is no matcher"),
        (["alertname=Noisy", "--author", "ana"], "required: --comment"),
        (["alertname=Noisy", "--comment", "x"], "required: --author"),
        (["alertname=Noisy", "--author", " ", "--comment", "x"], "--author is blank"),
        (["alertname=Noisy", *WHY, "--duration", "30d"], "longer than 7d: choose less, or pass --force"),
        (["alertname=Noisy", *WHY, "--duration", "soon"], "no duration"),
    ],
)
def test_silence_that_is_refused(run: Run, arguments: list[str], expected: str) -> None:
    """A silence that cannot be meant is refused with exit code 2, and none is made."""
    done = run("silence", "add", *arguments)

    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert run("silence", "list").returncode == 1


def test_force_makes_a_long_silence(run: Run) -> None:
    """Whoever insists gets a silence of more than seven days."""
    done = run("silence", "add", "alertname=Noisy", *WHY, "--duration", "30d", "--force", "--json")
    ended = run("silence", "expire", json.loads(done.stdout)["id"])

    assert (done.returncode, ended.returncode) == (0, 0)


def test_ending_what_is_not_there(run: Run) -> None:
    """An id that no running silence has is one clear line."""
    done = run("silence", "expire", "nonsense")

    assert done.returncode == 2
    assert "no silence that runs begins with 'nonsense': see `anclora-otel silence list`" in done.stderr


def test_alerts_tell_what_fires(live: LiveAlerting, run: Run) -> None:
    """What fires is shown with severity, since when, where, summary and runbook, and the exit code is 1."""
    live.post(
        labels_of("Shown", queue="outgoing"), labels_of("Muted", "warning", family="FamilyShown", queue="outgoing")
    )
    shown = run("alerts")
    states = _alerts(run)

    assert shown.returncode == 1
    assert "critical Shown  firing for 2 min  service=worker environment=production queue=outgoing" in shown.stdout
    assert "https://docs.anclora.test/runbooks/alert/" in shown.stdout
    assert (states["Muted"]["state"], states["Muted"]["muted_by"]) == ("inhibited", ["Shown"])


def test_alerts_ask_prometheus_too(live: LiveAlerting, run: Run) -> None:
    """With a Prometheus both are asked; where it does not answer, that is said and the rest is shown."""
    live.stack.start("prometheus")
    live.post(labels_of("Both"))
    both = run("alerts", "--prometheus-url", live.stack.url("prometheus"))
    one = run("alerts", "--prometheus-url", f"http://127.0.0.1:{free_port()}")

    assert (both.returncode, both.stderr) == (1, "")
    assert "critical Both  firing" in both.stdout
    assert "critical Both  firing" in one.stdout
    assert "cannot be asked" in one.stderr


def test_nobody_to_ask() -> None:
    """Where neither Alertmanager nor Prometheus can be asked, the exit code is 2 and each has its line."""
    urls = ["--url", f"http://127.0.0.1:{free_port()}", "--prometheus-url", f"http://127.0.0.1:{free_port()}"]
    done = subprocess.run(
        [str(BIN / "anclora-otel"), "alerts", *urls],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
