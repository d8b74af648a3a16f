"""The folder that Alertmanager reads."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from anclora_otel.alertmanager import render_configuration, write_folder
from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings import AlertingSettings
from anclora_otel.stack.alerting import TEMPLATES
from tests.unit.alertmanager.amtool import EVERYTHING, PROJECT, written


def test_secrets_are_for_the_owner_alone(tmp_path: Path) -> None:
    """Secret files are 0600 in a folder of 0700, even where the folder was open before."""
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o755)
    written(tmp_path)

    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in secrets.iterdir()} == {0o600}
    assert {each.name for each in secrets.iterdir()} == {
        "slack_webhook_default",
        "pagerduty_routing_key",
        "deadman_url",
    }


def test_secrets_that_are_no_longer_named_are_removed(tmp_path: Path) -> None:
    """A second rendering leaves no secret of the first behind."""
    written(tmp_path)
    rendered = render_configuration(AlertingSettings(deadman_url=EVERYTHING.deadman_url), folder=str(tmp_path))
    write_folder(tmp_path, rendered, PROJECT / TEMPLATES)

    assert [each.name for each in (tmp_path / "secrets").iterdir()] == ["deadman_url"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is one line that names it."""
    (tmp_path / "out").write_text("")

    with pytest.raises(AncloraOtelError, match=r"out cannot be written .*: pass --output"):
        written(tmp_path / "out")
