"""The versions and the make-up of what is built."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.stack import versions

PROJECT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "builder.yaml").read_text())
CONFIGURATION: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "config.yaml").read_text())
SENTRY: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "sentry.yaml").read_text())
AUTH: dict[str, Any] = yaml.safe_load((PROJECT / "collector" / "auth.yaml").read_text())
CLASSES = ("extensions", "receivers", "processors", "exporters", "connectors")
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
    declared = {_module_name(name.split("/")[0], section) for name in _declared(section)}

    assert declared == built


@pytest.mark.parametrize("section", CLASSES)
def test_every_declared_component_works(section: str) -> None:
    """What the files declare stands in a pipeline, or among the extensions of the service."""
    service = CONFIGURATION["service"]
    pipelines = [*service["pipelines"].values(), *SENTRY["service"]["pipelines"].values()]
    used = set(service["extensions"]) | set(AUTH["service"]["extensions"])
    used |= {name for each in pipelines for names in each.values() for name in names}
    declared = set(_declared(section))

    assert declared == declared & used


@pytest.mark.parametrize("pipeline", ["traces", "logs"])
def test_sentry_is_added_to_what_there_is(pipeline: str) -> None:
    """Lists replace each other when files are merged: the one with Sentry repeats the exporters without it."""
    exporters = CONFIGURATION["service"]["pipelines"][pipeline]["exporters"]

    assert {"exporters": [*exporters, "forward/sentry"]} == SENTRY["service"]["pipelines"][pipeline]


@pytest.mark.parametrize("pipeline", ["traces/sentry", "logs/sentry"])
def test_errors_of_sentry_reach_nobody_else(pipeline: str) -> None:
    """Before Sentry stands a batch processor, which swallows errors; traces alone are sampled."""
    found = SENTRY["service"]["pipelines"][pipeline]

    assert found["processors"][-1] == "batch/sentry"
    assert found["exporters"] == ["otlp_http/sentry"]
    assert (pipeline == "traces/sentry") == ("probabilistic_sampler/sentry" in found["processors"])


def test_queues_are_looked_at_with_the_store_that_writes_them() -> None:
    """The check of the queues is built with the same bbolt as the collector."""
    required = [_required(PROJECT / "collector" / place / "go.mod") for place in ("", "queuecheck")]

    assert {f"v{versions.BBOLT}"} == {each["go.etcd.io/bbolt"] for each in required}


def test_memory_limiter_is_first_in_every_pipeline() -> None:
    """Every pipeline refuses under memory pressure before it does any work."""
    first = {pipeline["processors"][0] for pipeline in CONFIGURATION["service"]["pipelines"].values()}

    assert first == {"memory_limiter"}


def test_no_metrics_pipeline_redacts() -> None:
    """Labels are never masked in the collector, where two series could become equal."""
    pipelines = CONFIGURATION["service"]["pipelines"]
    redacting = {name for name, pipeline in pipelines.items() if "redaction" in pipeline["processors"]}

    assert redacting == {"traces", "logs", "logs/files"}


@pytest.mark.parametrize("exporter", ["otlp_http/prometheus", "otlp_http/loki", "otlp_http/sentry"])
def test_queue_survives_and_never_gives_up(exporter: str) -> None:
    """The exporters keep their queue on disk and try for ever."""
    configuration = {**CONFIGURATION["exporters"], **SENTRY["exporters"]}[exporter]

    assert configuration["sending_queue"]["storage"] == "file_storage"
    assert configuration["retry_on_failure"]["max_elapsed_time"] == "0s"


def _declared(section: str) -> dict[str, Any]:
    """Give the components of all files."""
    return {**CONFIGURATION.get(section, {}), **SENTRY.get(section, {}), **AUTH.get(section, {})}


def _required(file: Path) -> dict[str, str]:
    pattern = re.compile(r"^(?:require)?\s*(\S+)\s+(v\S+)", re.MULTILINE)
    return dict(pattern.findall(file.read_text()))


def _module_name(kind: str, section: str) -> str:
    if kind in ("file_storage", "bearertokenauth"):
        return {"file_storage": "filestorage", "bearertokenauth": "bearertokenauthextension"}[kind]
    return kind.replace("_", "") + section.removesuffix("s")


def test_libraries_of_the_tests_stand_at_their_versions() -> None:
    """The lock files of the queue tests have the versions that `versions` says, and name no host to fetch them from."""
    node = PROJECT / "tests" / "wire" / "programs" / "node"
    packages = json.loads((node / "package-lock.json").read_text())["packages"]
    arq = (PROJECT / "requirements" / "arq.txt").read_text()

    assert packages["node_modules/bullmq"]["version"] == versions.NODE_BULLMQ
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert f"\narq=={versions.ARQ} " in arq
    assert "://" not in arq
