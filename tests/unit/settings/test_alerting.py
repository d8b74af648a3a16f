"""The settings of the receivers of alerts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anclora_otel.settings import AlertingSettings, load_alerting_settings

SLACK = "https://hooks.slack.com/services/T024BE7LH/B024BE7LJ/aWq8kL2mN"
KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
MAIL = {"ALERT_EMAIL_TO": "oncall@anclora.es", "ALERT_EMAIL_FROM": "am@anclora.es", "SMTP_HOST": "smtp.anclora.es"}

BAD: list[tuple[dict[str, str], str, str]] = [
    ({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/YOUR/WEBHOOK/URL"}, "SLACK_WEBHOOK_URL", "a placeholder"),
    ({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T00000000/B00000000/x1"}, "SLACK_WEBHOOK_URL", "placeh"),
    ({"SLACK_WEBHOOK_URL": ""}, "SLACK_WEBHOOK_URL", "is empty: expected a value, or the variable left out"),
    ({"SLACK_WEBHOOK_URL": "hooks.slack.com/services/T/B/x"}, "SLACK_WEBHOOK_URL", "expected an https URL with a path"),
    ({"SLACK_WEBHOOK_URL": "http://hooks.slack.com/services/T/B/x"}, "SLACK_WEBHOOK_URL", "http only for this machine"),
    ({"SLACK_WEBHOOK_URL": "https://hooks.slack.com"}, "SLACK_WEBHOOK_URL", "with a path"),
    ({"SLACK_WEBHOOK_URL_CRITCAL": SLACK}, "SLACK_WEBHOOK_URL_CRITCAL", "did you mean SLACK_WEBHOOK_URL_CRITICAL?"),
    ({"SLACK_WEBHOOK": SLACK}, "SLACK_WEBHOOK", "did you mean SLACK_WEBHOOK_URL?"),
    ({"PAGERDUTY_ROUTING_KEY": "short"}, "PAGERDUTY_ROUTING_KEY", "expected the 32 letters and digits"),
    ({"PAGERDUTY_ROUTING_KEY": "changeme"}, "PAGERDUTY_ROUTING_KEY", "expected the 32 letters and digits"),
    ({"PAGERDUTY_URL": "events.pagerduty.com"}, "PAGERDUTY_URL", "expected a URL"),
    ({"PAGERDUTY_ROUTNG_KEY": KEY}, "PAGERDUTY_ROUTNG_KEY", "did you mean PAGERDUTY_ROUTING_KEY"),
    ({"DEADMAN_URL": "https://example.com/ping"}, "DEADMAN_URL", "is a placeholder"),
    ({"DEADMAN_URL": "pinging"}, "DEADMAN_URL", "expected an https URL"),
    ({**MAIL, "ALERT_EMAIL_TO": "oncall"}, "ALERT_EMAIL_TO", 'is "oncall": expected e-mail addresses'),
    ({**MAIL, "ALERT_EMAIL_TO": "a@anclora.es,,b"}, "ALERT_EMAIL_TO", "expected e-mail addresses"),
    ({**MAIL, "ALERT_EMAIL_TO": "ops@example.com"}, "ALERT_EMAIL_TO", 'is "ops@example.com", a placeholder'),
    ({**MAIL, "ALERT_EMAIL_FROM": "Anclora <a@b.es>"}, "ALERT_EMAIL_FROM", "expected an e-mail address"),
    ({**MAIL, "SMTP_HOST": "smtp.anclora.es:587"}, "SMTP_HOST", "without scheme and port (the port is SMTP_PORT)"),
    ({**MAIL, "SMTP_PORT": "smtp"}, "SMTP_PORT", "expected a whole number from 1 to 65535"),
    ({**MAIL, "SMTP_REQUIRE_TLS": "no"}, "SMTP_REQUIRE_TLS", "expected true or false"),
    ({"SMTP_HOST": "smtp.anclora.es", "ALERT_EMAIL_FROM": "a@b.es"}, "ALERT_EMAIL_TO", "is not set: expected a value"),
    ({"ALERT_EMAIL_TO": "a@b.es", "ALERT_EMAIL_FROM": "a@b.es"}, "SMTP_HOST", "since mail needs ALERT_EMAIL_TO"),
    ({**MAIL, "SMTP_USERNAME": "mailer"}, "SMTP_PASSWORD", "since a user has a password"),
    ({**MAIL, "SMTP_PASSWORD": "hunter2"}, "SMTP_USERNAME", "since a user has a password"),
    (
        {**MAIL, "SMTP_USERNAME": "u", "SMTP_PASSWORD": "hunter2", "SMTP_REQUIRE_TLS": "false"},
        "SMTP_REQUIRE_TLS",
        "smtp.anclora.es is another machine and would get the password in the clear",
    ),
    ({"ALERT_TIMEZONE": "Europe/Madird"}, "ALERT_TIMEZONE", 'did you mean "Europe/Madrid"?'),
    ({"ALERT_TIMEZONE": "../../etc/passwd"}, "ALERT_TIMEZONE", "expected a time zone such as Europe/Madrid"),
    ({"ALERT_TIMEZONE": "CEST"}, "ALERT_TIMEZONE", "expected a time zone"),
    ({"ALERT_EMAILS_TO": "a@b.es"}, "ALERT_EMAILS_TO", "did you mean ALERT_EMAIL_TO?"),
    ({"DEADMAN_URL_FIEL": "/run/x"}, "DEADMAN_URL_FIEL", "did you mean DEADMAN_URL_FILE?"),
    ({"DEADMAN_URL_FILE": ""}, "DEADMAN_URL_FILE", "is empty: expected the path of a file"),
]


@pytest.mark.parametrize(("environ", "name", "expected"), BAD, ids=[f"{name}-{text[:20]}" for _, name, text in BAD])
def test_one_clear_line(environ: dict[str, str], name: str, expected: str) -> None:
    """A wrong value gives one line that names it and says what was expected."""
    _, problems = load_alerting_settings(environ)

    assert [problem.name for problem in problems] == [name]
    line = str(problems[0])
    assert expected in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (None, 0o600, "which cannot be read (No such file or directory)"),
        ("", 0o600, "which is empty"),
        (" \n", 0o600, "which is empty"),
        ("one\ntwo\n", 0o600, "which has several lines"),
        (SLACK, 0o644, "which everybody can read (run: chmod 600)"),
        ("x" * 9000, 0o600, "which has more than 8192 bytes"),
        ("https://hooks.slack.com/services/YOUR/WEBHOOK/URL", 0o600, "is a placeholder"),
    ],
)
def test_secret_file_that_cannot_be_used(tmp_path: Path, content: str | None, mode: int, expected: str) -> None:
    """A secret's file must be there, be private and hold one line; the line never holds what is in it."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
        file.chmod(mode)
    _, problems = load_alerting_settings({"SLACK_WEBHOOK_URL_FILE": str(file)})

    assert [problem.name for problem in problems] == ["SLACK_WEBHOOK_URL_FILE"]
    assert expected in str(problems[0])
    assert "hooks.slack.com" not in str(problems[0])


def test_secret_file_that_is_a_folder(tmp_path: Path) -> None:
    """A folder is no secret."""
    _, problems = load_alerting_settings({"DEADMAN_URL_FILE": str(tmp_path)})

    assert "which is no file" in str(problems[0])


def test_secret_file_is_read(tmp_path: Path) -> None:
    """A secret in a private file counts as if it were in the variable, without its line feed."""
    file = tmp_path / "secret"
    file.write_text(f"{SLACK}\n")
    file.chmod(0o600)

    assert load_alerting_settings({"SLACK_WEBHOOK_URL_FILE": str(file)}) == (
        AlertingSettings(slack_webhooks={"default": SLACK}),
        (),
    )


def test_value_and_file_at_once(tmp_path: Path) -> None:
    """A secret that is given in both ways is refused, since nobody knows which one counts."""
    _, problems = load_alerting_settings({"DEADMAN_URL": SLACK, "DEADMAN_URL_FILE": str(tmp_path)})

    assert [str(problem).split(";")[0] for problem in problems] == [
        "DEADMAN_URL is set, and DEADMAN_URL_FILE too: expected one of the two"
    ]


def test_a_machine_without_time_zones_is_told() -> None:
    """Where the machine knows no time zone at all, that is said rather than that the name is wrong."""
    code = (
        "import sys; sys.modules['tzdata'] = None; from anclora_otel.settings import load_alerting_settings; "
        "print(load_alerting_settings({'ALERT_TIMEZONE': 'Europe/Madrid'})[1][0])"
    )
    variables = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)

    assert "expected a database of time zones on this machine (install the package tzdata)" in done.stdout


def test_all_problems_at_once() -> None:
    """Every wrong value is told, not the first alone."""
    wrong = {"SLACK_WEBHOOK_URL": "x", "ALERT_TIMEZONE": "y", "SMTP_PORT": "z", "DEADMAN_URLL": "w"}
    _, problems = load_alerting_settings(wrong)

    assert {problem.name for problem in problems} == set(wrong)


def test_secrets_stay_out_of_the_lines() -> None:
    """The value of a secret is never repeated, whatever is wrong with it."""
    secrets = {"SLACK_WEBHOOK_URL": "s3cret", "PAGERDUTY_ROUTING_KEY": "s3cret", "DEADMAN_URL": "s3cret"}
    _, problems = load_alerting_settings({**secrets, "SMTP_PASSWORD": "s3cret\x01"})

    assert len(problems) >= 4
    assert [problem for problem in problems if "s3cret" in str(problem)] == []


def test_everything_that_can_be_set() -> None:
    """A whole environment is read without a word, and other programs' variables are left alone."""
    settings, problems = load_alerting_settings(
        {
            **MAIL,
            "SLACK_WEBHOOK_URL": SLACK,
            "SLACK_WEBHOOK_URL_CRITICAL": f"{SLACK}c",
            "ALERT_EMAIL_TO": "a@anclora.es, b@anclora.es",
            "SMTP_PORT": "465",
            "SMTP_USERNAME": "mailer",
            "SMTP_PASSWORD": "hunter2 is long",
            "PAGERDUTY_ROUTING_KEY": KEY,
            "DEADMAN_URL": "https://hc-ping.com/0f9a",
            "ALERT_TIMEZONE": "Atlantic/Canary",
            "SLACK_BOT_TOKEN": "xoxb",
            "SMTP_RELAY": "x",
            "ALERTMANAGER_HOME": "/x",
        }
    )

    assert problems == ()
    assert settings.slack_webhooks == {"default": SLACK, "critical": f"{SLACK}c"}
    assert settings.email_to == ("a@anclora.es", "b@anclora.es")
    assert (settings.smtp_port, settings.smtp_require_tls, settings.timezone) == (465, True, "Atlantic/Canary")
    assert settings.reaches_anyone


def test_nothing_set_reaches_nobody() -> None:
    """An empty environment is no mistake."""
    assert load_alerting_settings({}) == (AlertingSettings(), ())
    assert not AlertingSettings().reaches_anyone
