"""What is written before the containers are started."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack import Places
from anclora_otel.stack.compose.files import load_project
from anclora_otel.stack.compose.preparation import prepare
from tests.unit.stack.compose.projects import PLACES, PROJECT

DSN = "https://0123456789abcdef@o1.ingest.sentry.example.com/42"
WEBHOOK = "https://hooks.slack.com/services/T000/B000/abcdefgh"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Give a checkout of its own."""
    for folder in ("compose", "collector", "rules"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".secrets", "backups"))
    (tmp_path / "compose" / ".env.monitoring").unlink(missing_ok=True)
    return Places(tmp_path, tmp_path / ".state", PLACES.tools)


def test_what_is_mounted_is_there(places: Places) -> None:
    """After a preparation every secret and every mounted file of the chosen files exists."""
    file = places.project / "compose" / ".env.monitoring"
    file.write_text(f"SENTRY_DSN={DSN}\nSLACK_WEBHOOK_URL={WEBHOOK}\nANCLORA_COMPOSE_TAILED_FOLDER={places.project}\n")
    file.chmod(0o600)
    prepared = prepare(places, {})
    lines = dict(line.split("=", 1) for line in prepared.env_file.read_text().splitlines())
    variables = {name: value.strip("'") for name, value in lines.items()}
    project = load_project(places, prepared.overlays, variables)

    assert prepared.overlays == ("sentry", "tailed-files")
    assert [each["file"] for each in project["secrets"].values() if not Path(each["file"]).is_file()] == []
    assert (prepared.secrets / "alertmanager" / "alertmanager.yml").is_file()
    assert (prepared.secrets / "sentry_dsn").read_text() == DSN
    assert "sentry_key=0123456789abcdef" in (prepared.secrets / "sentry_auth").read_text()


def test_https_gets_copies_and_users(places: Places) -> None:
    """With a domain, certificate and key are copied, the proxy has users, and notifications link to the domain."""
    pem = places.project / "own.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    names = {"DOMAIN": "monitoring.example.com", "CERTIFICATE": str(pem), "KEY": str(pem)}
    prepared = prepare(places, {f"ANCLORA_COMPOSE_HTTPS_{name}": value for name, value in names.items()})

    assert prepared.overlays == ("https",)
    assert [(prepared.secrets / f"https_{name}").is_file() for name in ("certificate", "key", "users")] == [True] * 3
    assert "ANCLORA_COMPOSE_ALERTMANAGER_URL='https://alertmanager.monitoring" in prepared.env_file.read_text()


def test_no_secret_leaves_the_files(places: Places) -> None:
    """Neither the variables for Docker nor Alertmanager's configuration hold a secret; all files are private."""
    prepared = prepare(places, {"SENTRY_DSN": DSN, "SLACK_WEBHOOK_URL": WEBHOOK})
    shown = prepared.env_file.read_text() + (prepared.secrets / "alertmanager" / "alertmanager.yml").read_text()
    private = [file for file in prepared.secrets.rglob("*") if file.is_file() and file.parent.name != "templates"]

    assert "0123456789abcdef" not in shown
    assert "abcdefgh" not in shown
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}


def test_containers_never_run_as_root(places: Places) -> None:
    """The user who starts them runs them, or 10001 where that is root, who then gives the secrets away."""
    prepared = prepare(places, {})
    user = os.getuid() or 10001

    assert f"ANCLORA_COMPOSE_UID='{user}'\n" in prepared.env_file.read_text()
    assert {file.stat().st_uid for file in prepared.secrets.rglob("*")} == {user}
    assert (places.project / "compose" / "backups").stat().st_uid == user


def test_second_preparation_keeps_the_secrets(places: Places) -> None:
    """A change of the settings makes no secret anew."""
    first = prepare(places, {})
    password = (first.secrets / "grafana_admin_password").read_text()
    second = prepare(places, {"SLACK_WEBHOOK_URL": WEBHOOK})

    assert len(first.made) == 5
    assert second.made == ()
    assert (second.secrets / "grafana_admin_password").read_text() == password


def test_without_receivers_it_says_who_hears_nothing(places: Places) -> None:
    """A stack whose alerts reach nobody is started, and told."""
    assert any("REACHES NOBODY" in warning for warning in prepare(places, {}).warnings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SLACK_WEBHOOK_URL=changeme\n", "SLACK_WEBHOOK_URL is set to something else: expected"),
        ("SENTRY_DSN=nonsense\n", "SENTRY_DSN"),
        ("ANCLORA_COMPOSE_HTTPS_PORT=https\n", 'ANCLORA_COMPOSE_HTTPS_PORT is "https": expected'),
        ("no assignment\n", "line 1: expected NAME=value"),
    ],
)
def test_wrong_settings_start_nothing(places: Places, text: str, told: str) -> None:
    """A wrong value of .env.monitoring is one line, and nothing is written."""
    (places.project / "compose" / ".env.monitoring").write_text(text)

    with pytest.raises(AncloraOtelError) as caught:
        prepare(places, {})

    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert not (places.project / "compose" / ".secrets").exists()
