"""From the builders to the files: what is committed, thresholds of one's own, and what cannot be rendered."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.cli import main
from anclora_otel.cli.dashboards import dashboard_files
from tests.dashboard_files import FOLDER, panels

PROJECT = FOLDER.parent


def test_committed_files_follow_from_the_builders() -> None:
    """Each file is what its builder gives, and there is no other; `anclora-otel dashboards render` repairs it."""
    committed = {file.name: file.read_text() for file in FOLDER.glob("*.json")}

    assert dict(dashboard_files(PROJECT, Scope())) == committed


def test_check_names_a_file_that_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --check nothing is written, and the command that repairs it is said."""
    for file in FOLDER.glob("*.json"):
        shutil.copy(file, tmp_path)
    (tmp_path / "queue.json").write_text("{}")

    assert main(["dashboards", "render", "--check", "--output", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "queue.json" in line
    assert "anclora-otel dashboards render" in line
    assert (tmp_path / "queue.json").read_text() == "{}"


def test_settings_need_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Thresholds of one's own never go into the committed files."""
    assert main(["dashboards", "render", "--settings", "mine.toml"]) == 2
    assert "--output" in capsys.readouterr().err


def test_one_command_moves_rule_panel_and_reference(tmp_path: Path) -> None:
    """Thresholds of one's own go into rules, dashboards and the reference of alerts at once."""
    settings = tmp_path / "thresholds.toml"
    settings.write_text("[queue]\nbacklog_warning_messages = 7654\n")
    assert main(["thresholds", "--settings", str(settings), "--output", str(tmp_path / "out")]) == 0

    rule = (tmp_path / "out" / "rules" / "alerts.yaml").read_text()
    queue = json.loads((tmp_path / "out" / "dashboards" / "queue.json").read_text())
    (panel,) = (panel for panel in panels(queue) if panel["title"] == "Backlog")
    steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    assert "waiting_messages:sum > 7654" in rule
    assert steps == [None, 7654, 50_000]
    assert "7,654" in (tmp_path / "out" / "alerts.md").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a copy of what the builders need, to be broken."""
    shutil.copytree(PROJECT / "dashboards", tmp_path / "dashboards", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "collector").symlink_to(PROJECT / "collector")
    (tmp_path / "compose").symlink_to(PROJECT / "compose")
    return tmp_path


BREAKS = {
    "a syntax error": ("def build(scope", "def build((scope", ["queue.py, line", "SyntaxError"]),
    "a metric without a constant": ("m.QUEUE_MESSAGES_FAILED", "m.QUEUE_MESSAGES_FALLEN", ["queue.py, line", "FALLEN"]),
    "an unknown metric": (
        'per_second(m.QUEUE_ERRORS, "error_type")',
        '"anclora_queue_eror_total"',
        ['panel "Errors by type"', "anclora_queue_eror_total", "did you mean anclora_queue_errors_total?"],
    ),
    "a label that is not there": ('"error_type"', '"eror_type"', ['panel "Errors by type"', "sums by eror_type"]),
    "no PromQL": ('per_second(m.QUEUE_ERRORS, "error_type")', '"sum(("', ['panel "Errors by type"', "no PromQL"]),
    "a variable that is not there": (
        "variables(with_queue=True)",
        "variables()",
        ['panel "Messages today"', "$queue", "no variable of the dashboard"],
    ),
}
"""What is written into queue.py instead of what, and what the line must say."""


def _render(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "anclora_otel.cli", "dashboards", "render", "--project-dir", str(checkout)]
    return subprocess.run([*command, "--output", str(checkout / "out")], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", BREAKS)
def test_broken_source_is_one_line(checkout: Path, name: str) -> None:
    """What is wrong, where, and what is written nothing of."""
    before, after, expected = BREAKS[name]
    source = checkout / "dashboards" / "builders" / "queue.py"
    assert before in source.read_text()
    source.write_text(source.read_text().replace(before, after))
    done = _render(checkout)

    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    for part in expected:
        assert part in done.stderr.splitlines()[0], done.stderr
    assert not (checkout / "out").exists()


def test_missing_data_source_is_one_line_for_each_query(checkout: Path) -> None:
    """A panel of log lines on a dashboard without Loki is refused."""
    source = checkout / "dashboards" / "builders" / "model.py"
    source.write_text(
        source.read_text().replace("(Source.PROMETHEUS, Source.LOKI, Source.TEMPO)", "(Source.PROMETHEUS,)")
    )
    done = _render(checkout)

    assert done.returncode == 2
    assert "asks loki, and the dashboard has no such data source (prometheus)" in done.stderr.splitlines()[0]


def test_without_the_library_it_is_said_how_to_get_it(checkout: Path) -> None:
    """Where the builders' library is missing, the line names what to install."""
    blocked = (
        "import importlib.util, sys; found = importlib.util.find_spec;"
        "importlib.util.find_spec = lambda name, *more: None if name.startswith('grafana') else found(name, *more);"
        "from anclora_otel.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", blocked, "dashboards", "render", "--project-dir", str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "pip install grafana-foundation-sdk==0.0.21" in done.stderr


def test_elsewhere_it_is_said_where_to_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a checkout there are no builders."""
    assert main(["dashboards", "render", "--project-dir", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
