"""The stack in containers is the native one: flags, variables, ports, versions and builds agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel import environment_variables as env
from anclora_otel.settings.env_file import read_env_file
from anclora_otel.stack import Alerting, Ports, Toolbox, tools, versions
from anclora_otel.stack.components import COLLECTOR_GATES, Wishes, find_component
from anclora_otel.stack.compose.files import published_ports
from anclora_otel.stack.compose.variables import READERS
from tests.unit.stack.compose.projects import PLACES, PROJECT, loaded, services

ELSEWHERE = {
    "prometheus": {"--config.file", "--storage.tsdb.path", "--web.listen-address"},
    "alertmanager": {"--config.file", "--storage.path", "--web.listen-address"},
    "loki": {"-config.file"},
}
"""Flags whose value is a folder or an address, which a container has its own of."""

PUBLISHED = {
    3000: "service",
    3001: "grafana",
    Ports().prometheus: "prometheus",
    Ports().alertmanager: "alertmanager",
    Ports().loki: "loki",
    Ports().otlp_grpc: "collector",
    Ports().otlp_http: "collector",
}
DOCKERFILES = [PROJECT / "collector", PROJECT / "compose" / "tempo", PROJECT / "examples" / "whatsapp_service"]


def _flags(name: str) -> dict[str, str]:
    launch = find_component(name).launch(PLACES, Toolbox(PLACES.tools, PROJECT), Ports(), Wishes({}, Alerting()))
    return dict(_pair(argument) for argument in launch.command[1:])


def _pair(argument: str) -> tuple[str, str]:
    name, _, value = argument.partition("=")
    return name, value


@pytest.mark.parametrize("name", ELSEWHERE)
def test_flags_are_those_of_the_native_stack(name: str) -> None:
    """A backend is started with the same flags as natively, folders and addresses excepted."""
    native, contained = _flags(name), dict(map(_pair, services(())[name]["command"]))

    assert set(native) == set(contained)
    assert {flag for flag in native if native[flag] != contained[flag]} <= ELSEWHERE[name]


def test_ports_are_those_of_the_native_stack() -> None:
    """The published ports are the native ones, with the service on 3000 and Grafana on 3001."""
    assert published_ports(loaded()) == PUBLISHED


@pytest.mark.parametrize("overlays", [(), ("sentry",)])
def test_collector_is_started_as_natively(overlays: tuple[str, ...]) -> None:
    """The gate that keeps lines safe is on, and the variables are those that its files read."""
    collector = services(overlays)["collector"]
    texts = [Path(mount["source"]).read_text() for mount in collector["volumes"] if mount["type"] == "bind"]
    read = set(re.findall(r"\$\{env:(ANCLORA_\w+)", "".join(texts)))
    without_default = set(re.findall(r"\$\{env:(ANCLORA_\w+)\}", "".join(texts)))
    given = {name for name in collector["environment"] if name.startswith("ANCLORA_")}

    assert collector["command"][0] == COLLECTOR_GATES
    assert given <= read
    assert without_default <= given


def test_collector_has_room_below_its_limit() -> None:
    """The limit of the container lies above the one at which the collector refuses, as does the garbage collector's."""
    collector = services(())["collector"]
    limit = int(collector["environment"]["ANCLORA_COLLECTOR_MEMORY_LIMIT_MIB"])

    assert int(collector["mem_limit"]) > limit * 1024**2 > _mebibytes(collector["environment"]["GOMEMLIMIT"])


@pytest.mark.parametrize("name", ["prometheus", "alertmanager", "loki", "tempo"])
def test_garbage_collector_knows_the_limit(name: str) -> None:
    """GOMEMLIMIT is about 80 % of the container's memory at most, so that it is not killed for garbage."""
    service = services(())[name]

    assert _mebibytes(service["environment"]["GOMEMLIMIT"]) <= 0.81 * int(service["mem_limit"])


def test_loki_reads_the_same_variables() -> None:
    """Loki's configuration gets the variables that it gets natively."""
    launch = find_component("loki").launch(PLACES, Toolbox(PLACES.tools, PROJECT), Ports(), Wishes({}, Alerting()))

    assert set(services(())["loki"]["environment"]) == set(launch.environment)
    assert services(())["loki"]["environment"]["LOKI_PORT"] == launch.environment["LOKI_PORT"]


def test_configuration_names_the_services() -> None:
    """Prometheus' targets, which the native stack replaces, are services of the files."""
    configuration: dict[str, Any] = yaml.safe_load((PROJECT / "compose" / "prometheus" / "prometheus.yml").read_text())
    targets = [
        target.partition(":")[0]
        for job in configuration["scrape_configs"]
        for each in job["static_configs"]
        for target in each["targets"]
    ]

    assert set(targets) <= set(services(()))


def test_image_of_the_collector_is_built_as_natively() -> None:
    """The Dockerfile has the builder's version, the flags and the sources of the native build."""
    text = (PROJECT / "collector" / "Dockerfile").read_text()
    flags = re.sub(r"-ldflags -s -w", '-ldflags "-s -w"', " ".join(tools.LINK_FLAGS))

    assert f"cmd/builder@v{versions.OCB}\n" in text
    assert f"go build -mod=readonly {flags} {' '.join(tools.COLLECTOR.flags)} -o" in text
    assert f"COPY {' '.join(tools.COLLECTOR.sources)} ./" in text
    assert "--skip-compilation --skip-get-modules --skip-strict-versioning" in text
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == [versions.GO_IMAGE, "scratch"]


def test_image_of_tempo_has_the_version_of_the_one_place() -> None:
    """Tempo's image and the one it is made of have one number."""
    base = re.findall(r"^FROM (\S+)", (PROJECT / "compose" / "tempo" / "Dockerfile").read_text(), re.MULTILINE)

    assert base == [versions.GO_IMAGE, versions.IMAGES["tempo"].replace("anclora-otel/", "grafana/")]


@pytest.mark.parametrize("folder", DOCKERFILES, ids=lambda folder: folder.name)
def test_dockerfile_has_no_finding(folder: Path) -> None:
    """Hadolint finds nothing, and the last stage does not run as root."""
    file = folder / "Dockerfile"
    hadolint = Path(sys.executable).parent / "hadolint"
    answer = subprocess.run([str(hadolint), str(file)], capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stdout) == (0, "")
    assert re.findall(r"^USER (\S+)", file.read_text(), re.MULTILINE)[-1] == "10001:10001"


@pytest.mark.parametrize("folder", DOCKERFILES, ids=lambda folder: folder.name)
def test_what_is_copied_reaches_the_builder(folder: Path) -> None:
    """Every source of a COPY exists, and .dockerignore lets it through."""
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", (folder / "Dockerfile").read_text(), re.MULTILINE)
    sources = [source for copy in copies for source in copy.split()]
    allowed = [line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert sources
    assert [source for source in sources if not (PROJECT / source).exists()] == []
    assert [source for source in sources if not any((source + "/").startswith(f"{each}/") for each in allowed)] == []


def test_example_of_the_settings_names_every_variable(tmp_path: Path) -> None:
    """The example of .env.monitoring has exactly the variables that are read, each secret as a file."""
    text = (PROJECT / "compose" / ".env.monitoring.example").read_text()
    file = tmp_path / "env"
    file.write_text(re.sub(r"^# ([A-Z_]+=)", r"\1", text, flags=re.MULTILINE))
    named = read_env_file(file)
    receivers = {f"{each.name}_FILE" if each.secret else each.name for each in env.ALERTING}

    assert set(named) == receivers | set(READERS) | {"SENTRY_DSN_FILE"}
    assert read_env_file(PROJECT / "compose" / ".env.monitoring.example") == {}


def _mebibytes(text: str) -> int:
    return int(text.removesuffix("MiB")) * 1024**2
