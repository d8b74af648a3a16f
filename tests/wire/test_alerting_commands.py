"""The commands of alerting, as users run them."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import stat
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from anclora_otel.stack.ports import Ports
from tests.wire.running import environment, get, poll, started

PROJECT = Path(__file__).parents[2]
SLACK = "https://hooks.slack.com/services/T024BE7LH/B024BE7LJ/aWq8kL2mN"
RENDER = (sys.executable, "-m", "anclora_otel.cli", "alertmanager", "render", "--project-dir", str(PROJECT))


def _render(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    tools = {"ANCLORA_TOOLS_DIR": os.environ["ANCLORA_TOOLS_DIR"]} if "ANCLORA_TOOLS_DIR" in os.environ else {}
    return subprocess.run(
        [*RENDER, "--output", str(folder), *options],
        env=environment(**tools, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_render_from_environment_and_file(tmp_path: Path) -> None:
    """Variables come from the environment and from a file, secrets go to private files, amtool accepts the result."""
    file = tmp_path / ".env.monitoring"
    file.write_text("ALERT_EMAIL_TO=oncall@anclora.es\nALERT_EMAIL_FROM=am@anclora.es\nSMTP_HOST=smtp.anclora.es\n")
    options = ["--env-file", str(file), "--check-config", "--scale", "60"]
    done = _render(tmp_path / "out", *options, SLACK_WEBHOOK_URL=SLACK)

    assert done.returncode == 0, done.stderr
    assert "amtool accepts it" in done.stdout
    assert SLACK not in done.stdout + done.stderr + (tmp_path / "out" / "alertmanager.yml").read_text()
    secret = tmp_path / "out" / "secrets" / "slack_webhook_default"
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == (f"{SLACK}\n", 0o600)
    assert len(done.stderr.splitlines()) == 1
    assert "warning: RECEIVER deadman REACHES NOBODY: nothing notices when alerting itself is down" in done.stderr


def test_render_for_a_container(tmp_path: Path) -> None:
    """The paths in the configuration are those that Alertmanager sees."""
    _render(tmp_path, "--mounted-at", "/etc/alertmanager", SLACK_WEBHOOK_URL=SLACK)
    text = (tmp_path / "alertmanager.yml").read_text()

    assert "'/etc/alertmanager/secrets/slack_webhook_default'" in text
    assert "'/etc/alertmanager/templates/*.tmpl'" in text
    assert str(tmp_path) not in text


def test_render_tells_every_problem_and_writes_nothing(tmp_path: Path) -> None:
    """Wrong settings are one line each with exit code 2, and no file is written."""
    done = _render(
        tmp_path / "out",
        SLACK_WEBHOOK_URL="https://hooks.slack.com/services/YOUR/WEBHOOK/URL",
        PAGERDUTY_ROUTING_KEY="k3y",
        ALERT_TIMEZONE="Europe/Madird",
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 3
    assert "anclora-otel: SLACK_WEBHOOK_URL is a placeholder" in done.stderr
    assert "k3y" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("scale", ["0", "0.5", "fast", "nan", "1e9"])
def test_scale_that_cannot_be_meant(tmp_path: Path, scale: str) -> None:
    """A scale below 1 or that is no number is one clear line."""
    done = _render(tmp_path, "--scale", scale)

    assert done.returncode == 2
    assert f"'{scale}' is no scale: expected a number from 1 to 100000" in done.stderr


def test_the_example_of_variables_is_accepted_once_it_is_filled_in(tmp_path: Path) -> None:
    """The committed example sets nothing by itself, and every name in it is one that is read."""
    example = PROJECT / "compose" / ".env.monitoring.example"
    text = example.read_text()
    filled = text.replace("# ALERT_TIMEZONE=", "ALERT_TIMEZONE=")
    (tmp_path / "env").write_text(filled)

    assert _render(tmp_path / "as-it-is", "--env-file", str(example)).returncode == 0
    assert _render(tmp_path / "filled", "--env-file", str(tmp_path / "env")).returncode == 0
    assert filled != text


def test_stack_refuses_wrong_receivers(tmp_path: Path) -> None:
    """A stack with a wrong receiver does not start, and says why."""
    done = subprocess.run(
        [sys.executable, "-m", "anclora_otel.cli", "stack", "up", "--state-dir", str(tmp_path)],
        cwd=PROJECT,
        env=environment(SLACK_WEBHOOK_URL="changeme"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "SLACK_WEBHOOK_URL is set to something else: expected an https URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_receivers_by_command(tmp_path: Path) -> None:
    """The command runs all stand-ins, prints what arrives, keeps it, and ends well at SIGTERM."""
    ports = Ports.free()
    file = tmp_path / "notifications.jsonl"
    options = ["--port", str(ports.receivers), "--smtp-port", str(ports.receivers_smtp), "--output", str(file)]
    command = [sys.executable, "-u", "-m", "anclora_otel.cli", "receivers", *options, "--deadman-seconds", "0"]
    url = f"http://127.0.0.1:{ports.receivers}"
    with started(command, {}, ready_url=f"{url}/ready") as process:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@anclora.test", "b@anclora.test", "hello"
        with smtplib.SMTP("127.0.0.1", ports.receivers_smtp, timeout=10) as server:
            server.send_message(message)
        poll(file.exists, 30, "the mail to be kept")
        assert json.loads(get(f"{url}/deadman"))["late"] is True
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 0, output
    assert json.loads(file.read_text())["title"] == "hello"
    assert "email      b@anclora.test  hello" in output


def test_receivers_without_the_mail_server(tmp_path: Path) -> None:
    """Where aiosmtpd is not installed, the command says what installs it."""
    ports = Ports.free()
    options = ["--port", str(ports.receivers), "--smtp-port", str(ports.receivers_smtp)]
    code = "import sys; sys.modules['aiosmtpd'] = None; from anclora_otel.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "receivers", *options],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == "anclora-otel: aiosmtpd is not installed; run: pip install 'anclora-otel[drill]'\n"


def test_receivers_name_the_owner_of_a_taken_port() -> None:
    """A port that somebody holds is told with its owner and the way around."""
    ports = Ports.free()
    command = [sys.executable, "-m", "anclora_otel.cli", "receivers"]
    options = ["--port", str(ports.receivers), "--smtp-port", str(ports.receivers_smtp)]
    with started([*command, *options], {}, ready_url=f"http://127.0.0.1:{ports.receivers}/ready"):
        done = subprocess.run(
            [*command, *options], env=environment(), capture_output=True, text=True, timeout=60, check=False
        )

    assert done.returncode == 2
    assert f"port {ports.receivers} (receivers) is taken by" in done.stderr
