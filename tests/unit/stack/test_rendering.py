"""The configuration that Prometheus runs with, held against Prometheus' own checker."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from anclora_otel.errors import StackError
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import Ports
from anclora_otel.stack.rendering import prometheus_configuration
from anclora_otel.stack.tools import PROMETHEUS, Toolbox

PROJECT = Path(__file__).parents[3]
PORTS = Ports(prometheus=19090, loki=13100, collector_telemetry=18888, alertmanager=19093)


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """Render the configuration into a file."""
    file = tmp_path / "prometheus.yml"
    file.write_text(prometheus_configuration(_places(tmp_path), PORTS))
    return file


def _places(state: Path) -> Places:
    return Places.choose(PROJECT, os.environ, state=state)


def _promtool(*arguments: str) -> str:
    places = _places(PROJECT)
    promtool = Toolbox(places.tools, PROJECT).executable(PROMETHEUS, "promtool")
    answer = subprocess.run([str(promtool), *arguments], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_prometheus_accepts_the_rendered_configuration(rendered: Path) -> None:
    """Promtool finds the rendered configuration valid and its rules readable."""
    output = _promtool("check", "config", str(rendered))

    assert "is valid prometheus config file syntax" in output


@pytest.mark.parametrize("file", sorted((PROJECT / "rules").glob("*.yaml")), ids=lambda file: file.name)
def test_prometheus_accepts_the_rules(file: Path) -> None:
    """Promtool finds every rules file valid."""
    assert "SUCCESS" in _promtool("check", "rules", str(file))


def test_targets_are_on_this_machine(rendered: Path) -> None:
    """Every target is an address of this machine, at the port of this stack."""
    configuration = yaml.safe_load(rendered.read_text())
    jobs = configuration["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in jobs}

    expected = {
        "prometheus": ["127.0.0.1:19090"],
        "collector": ["127.0.0.1:18888"],
        "loki": ["127.0.0.1:13100"],
        "alertmanager": ["127.0.0.1:19093"],
    }
    assert expected == targets
    assert configuration["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["127.0.0.1:19093"]}]}]


def test_resource_attributes_are_promoted_as_the_contract_says(rendered: Path) -> None:
    """The labels by which alerts are grouped are promoted from the resource."""
    promoted = yaml.safe_load(rendered.read_text())["otlp"]["promote_resource_attributes"]
    header = (PROJECT / "tests" / "contract" / "alerts.yaml").read_text().replace("\n# ", " ")

    assert "promotes the resource attributes" in header
    assert all(attribute in header for attribute in promoted)
    assert len(promoted) == 5


def test_configuration_without_the_expected_name_is_refused(tmp_path: Path) -> None:
    """A configuration that does not name a service is refused rather than half replaced."""
    folder = tmp_path / "compose" / "prometheus"
    folder.mkdir(parents=True)
    (folder / "prometheus.yml").write_text("scrape_configs: []\n")

    with pytest.raises(StackError, match="does not name prometheus:9090"):
        prometheus_configuration(Places.choose(tmp_path, {}), PORTS)
