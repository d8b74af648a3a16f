"""The versions and the make-up of what is built."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.stack import versions

PROJECT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "builder.yaml").read_text())
CONFIGURATION: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "config.yaml").read_text())
CLASSES = ("extensions", "receivers", "processors", "exporters")
MODULES = [tuple(entry["gomod"].split()) for section in (*CLASSES, "providers") for entry in MANIFEST.get(section, [])]


@pytest.mark.parametrize(("module", "version"), MODULES)
def test_manifest_has_the_version_of_the_one_place(module: str, version: str) -> None:
    """Every component of the manifest stands at the version that `versions` says."""
    usual = versions.COLLECTOR_STABLE if "/provider/" in module else versions.COLLECTOR
    expected = versions.COLLECTOR_EXCEPTIONS.get(module, usual)

    assert f"v{expected}" == version


@pytest.mark.parametrize(("module", "version"), MODULES)
def test_go_mod_requires_what_the_manifest_names(module: str, version: str) -> None:
    """The committed go.mod requires every component at the manifest's version."""
    required = _required(PROJECT / "collector" / "go.mod")

    assert version == required[module]


def test_the_distribution_takes_its_number_from_its_components() -> None:
    """The manifest gives our distribution the components' version."""
    assert MANIFEST["dist"]["version"] == versions.COLLECTOR


def test_loki_module_requires_the_version_of_the_one_place() -> None:
    """The go.mod that builds Loki requires the version that `versions` says."""
    required = _required(PROJECT / "compose" / "loki" / "go.mod")

    assert f"v{versions.LOKI}" == required["github.com/grafana/loki/v3"]


@pytest.mark.parametrize("section", CLASSES)
def test_only_components_that_are_used_are_built(section: str) -> None:
    """The manifest holds exactly the components that the configuration declares."""
    built = {entry["gomod"].split()[0].rsplit("/", 1)[1] for entry in MANIFEST[section]}
    declared = {_module_name(name.split("/")[0], section) for name in CONFIGURATION[section]}

    assert declared == built


@pytest.mark.parametrize("section", CLASSES)
def test_every_declared_component_works(section: str) -> None:
    """What the configuration declares stands in a pipeline, or among the extensions of the service."""
    service = CONFIGURATION["service"]
    pipelines = service["pipelines"].values()
    used = service["extensions"] if section == "extensions" else [n for p in pipelines for n in p[section]]

    assert set(CONFIGURATION[section]) == set(used)


def test_memory_limiter_is_first_in_every_pipeline() -> None:
    """Every pipeline refuses under memory pressure before it does any work."""
    first = {pipeline["processors"][0] for pipeline in CONFIGURATION["service"]["pipelines"].values()}

    assert first == {"memory_limiter"}


def test_no_metrics_pipeline_redacts() -> None:
    """Labels are never masked in the collector, where two series could become equal."""
    pipelines = CONFIGURATION["service"]["pipelines"]
    redacting = {name for name, pipeline in pipelines.items() if "redaction" in pipeline["processors"]}

    assert redacting == {"traces", "logs", "logs/files"}


@pytest.mark.parametrize("exporter", ["otlp_http/prometheus", "otlp_http/loki"])
def test_queue_survives_and_never_gives_up(exporter: str) -> None:
    """The exporters keep their queue on disk and try for ever."""
    configuration = CONFIGURATION["exporters"][exporter]

    assert configuration["sending_queue"]["storage"] == "file_storage"
    assert configuration["retry_on_failure"]["max_elapsed_time"] == "0s"


def _required(file: Path) -> dict[str, str]:
    pattern = re.compile(r"^(?:require)?\s*(\S+)\s+(v\S+)", re.MULTILINE)
    return dict(pattern.findall(file.read_text()))


def _module_name(kind: str, section: str) -> str:
    if kind == "file_storage":
        return "filestorage"
    return kind.replace("_", "") + section.removesuffix("s")
