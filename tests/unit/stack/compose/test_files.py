"""What every combination of the compose files keeps to: loaded by the library of the compose specification."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack import Places, versions
from anclora_otel.stack.compose.files import OVERLAYS, load_project
from tests.unit.stack.compose.projects import ALL, COMBINATIONS, PLACES, PROJECT, loaded, named, services

ONE_SHOT = "runs once and ends"
WITHOUT_HEALTH_CHECK = {
    "volume-owner": ONE_SHOT,
    "backup": ONE_SHOT,
    "restore": ONE_SHOT,
    "worker": "listens nowhere; a probe of the process would say little, the alert on its heartbeat says more",
}
AS_ROOT = {"volume-owner": "gives the new volumes, which belong to root, to the user of the others"}
CAPABILITIES = {
    "volume-owner": {"CHOWN", "DAC_OVERRIDE"},  # the same
    "proxy": {"NET_BIND_SERVICE"},  # its program carries it and does not start where it may not have it
}
WRITABLE_BINDS = {("backup", "/backups")}
MADE_AT_START = ("/compose/.secrets/", "/compose/backups")
"""Mounted paths that `anclora-otel compose` makes."""

PINNED = re.compile(r"[a-z0-9./-]+:v?\d+(?:\.\d+){1,2}(?:-[a-z0-9.]+)?\Z")


@pytest.mark.parametrize("overlays", COMBINATIONS, ids=named)
def test_nothing_is_published_beyond_this_machine(overlays: tuple[str, ...]) -> None:
    """Every published port stands on 127.0.0.1, and no service shares the host's network."""
    ports = [(name, port) for name, each in services(overlays).items() for port in each.get("ports", ())]
    published = [port["published"] for _, port in ports]

    assert [name for name, port in ports if port.get("host_ip") != "127.0.0.1"] == []
    assert len(published) == len(set(published))
    assert {each.get("network_mode") for each in services(overlays).values()} <= {None, "none"}


@pytest.mark.parametrize("name", services())
def test_image_is_pinned(name: str) -> None:
    """Every image has the exact version that `versions` says; the example's own is built from this checkout."""
    service = services()[name]
    image = service["image"]

    if image == "anclora-otel/whatsapp-service":
        assert service["build"]["dockerfile"] == "examples/whatsapp_service/Dockerfile"
    else:
        assert PINNED.match(image)
        assert versions.IMAGES.get(name, versions.IMAGES["backup"]) == image


@pytest.mark.parametrize("name", services())
def test_service_is_hardened(name: str) -> None:
    """No service runs as root, writes outside its volumes, or gains or keeps a capability."""
    service = services()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", ())) == CAPABILITIES.get(name, set())
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("privileged", False) is False
    assert (service["user"] == "0:0") == (name in AS_ROOT)


@pytest.mark.parametrize("name", services())
def test_service_has_limits(name: str) -> None:
    """Memory, processors, processes and logs of every service have an end."""
    service = services()[name]

    assert int(service["mem_limit"]) <= 2 * 1024**3
    assert 0 < service["cpus"] <= 2
    assert 0 < service["pids_limit"] <= 256
    assert service["logging"]["options"]["max-size"] == "10m"


@pytest.mark.parametrize("name", services())
def test_service_has_a_health_check(name: str) -> None:
    """Every service is asked whether it works, those excepted that have a reason."""
    assert ("healthcheck" in services()[name]) == (name not in WITHOUT_HEALTH_CHECK)


@pytest.mark.parametrize("overlays", COMBINATIONS, ids=named)
def test_mounted_files_exist(overlays: tuple[str, ...]) -> None:
    """What is mounted from the checkout is there, and is mounted read-only."""
    mounts = [(name, mount) for name, each in services(overlays).items() for mount in each.get("volumes", ())]
    binds = [(name, mount) for name, mount in mounts if mount["type"] == "bind"]
    own = [mount["source"] for _, mount in binds if mount["source"].startswith(f"{PROJECT}/")]
    writable = {(name, mount["target"]) for name, mount in binds if not mount.get("read_only")}

    assert [path for path in own if not Path(path).exists() and not _is_made_at_start(path)] == []
    assert writable == WRITABLE_BINDS


@pytest.mark.parametrize("overlays", COMBINATIONS, ids=named)
def test_volumes_and_secrets_are_declared_and_used(overlays: tuple[str, ...]) -> None:
    """Every named volume is given to its user by the one-shot service, every secret lies in the secrets' folder."""
    project = loaded(overlays)
    owned = {mount["source"] for mount in project["services"]["volume-owner"]["volumes"]}
    used = {secret["source"] for each in project["services"].values() for secret in each.get("secrets", ())}
    files = {name: secret["file"] for name, secret in project["secrets"].items()}

    assert set(project["volumes"]) == owned
    assert set(files) == used
    assert [file for file in files.values() if "/compose/.secrets/" not in file] == []


def test_no_secret_stands_in_the_files() -> None:
    """No environment of a container has a password; those that need one name its file."""
    environments = {name: each.get("environment", {}) for name, each in services().items()}
    suspicious = re.compile(r"PASSWORD|SECRET|TOKEN|DSN|_AUTH\b|KEY")
    values = {
        f"{name}.{key}": value
        for name, each in environments.items()
        for key, value in each.items()
        if suspicious.search(key)
    }

    assert len(values) >= 6
    assert [key for key, value in values.items() if "/run/secrets/" not in value] == []


def test_grafana_lets_nobody_in_unasked() -> None:
    """Anonymous access and registration are off, nothing calls home, the cookie is safe behind HTTPS."""
    plain, behind_https = services(())["grafana"]["environment"], services(("https",))["grafana"]["environment"]

    assert plain["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert plain["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert plain["GF_ANALYTICS_REPORTING_ENABLED"] == "false"
    assert behind_https["GF_SECURITY_COOKIE_SECURE"] == "true"


def test_what_needs_no_way_out_has_none() -> None:
    """Redis, Tempo and the stand-in are on the internal network alone."""
    networks = {name: set(each.get("networks", {})) for name, each in services().items()}

    assert loaded(ALL)["networks"]["inside"]["internal"] is True
    assert [networks[name] for name in ("redis", "tempo", "whatsapp-api")] == [{"inside"}] * 3


def test_there_is_an_overlay_for_every_file() -> None:
    """Every YAML file of the folder is the base or an overlay."""
    files = {file.name for file in (PROJECT / "compose").glob("*.yaml")}

    assert files == {"compose.yaml", *OVERLAYS.values()}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("read_only: true", "read_onyl: true", "read_onyl"),
        ("condition: service_healthy", "condition: service_wealthy", "depends_on.redis.condition"),
        ("secrets: [redis_url]", "secrets: [redis_uri]", "redis_uri"),
    ],
)
def test_broken_file_is_told_in_one_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    """A misspelt key, a wrong value and an undeclared secret are refused, and named."""
    for folder in ("compose", "collector"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".secrets", "backups"))
    file = tmp_path / "compose" / "compose.yaml"
    file.write_text(file.read_text().replace(right, wrong, 1))

    with pytest.raises(StackError) as caught:
        load_project(Places(tmp_path, tmp_path, PLACES.tools))

    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_missing_variable_says_what_to_do() -> None:
    """Started without a preparation, the files say which command makes it."""
    with pytest.raises(StackError, match="run make compose-up"):
        load_project(PLACES, (), {})


def test_datasources_are_those_that_dashboards_name() -> None:
    """The provisioned uids are fixed, and each address is a service of the files."""
    import yaml

    folder = PROJECT / "compose" / "grafana" / "provisioning"
    sources: list[dict[str, Any]] = yaml.safe_load((folder / "datasources" / "datasources.yaml").read_text())[
        "datasources"
    ]
    named_by_links = set(re.findall(r'"datasourceUid": "([a-z]+)"', json.dumps(sources)))
    hosts = {re.match(r"http://([a-z]+):\d+\Z", source["url"])[1] for source in sources}  # type: ignore[index]

    assert [source["uid"] for source in sources] == ["prometheus", "loki", "tempo", "alertmanager"]
    assert named_by_links <= {source["uid"] for source in sources}
    assert hosts <= set(services(()))
    assert {source["editable"] for source in sources} == {False}


def _is_made_at_start(path: str) -> bool:
    return any(part in path for part in MADE_AT_START)
