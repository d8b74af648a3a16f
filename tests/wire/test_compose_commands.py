"""The compose stack as far as it goes without an engine: commands, what the collector makes of its variables, Redis."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from anclora_otel.errors import StackError
from anclora_otel.stack import Places, Toolbox, tools
from anclora_otel.stack.compose.client import refuse_taken_by_others
from anclora_otel.stack.compose.files import all_combinations, load_project
from anclora_otel.stack.compose.secret_files import make_secrets, read_secret, write_secret
from anclora_otel.stack.redis_server import find_redis_server
from tests.wire.running import environment, free_port, poll

PROJECT = Path(__file__).parents[2]
PLACES = Places.choose(PROJECT, os.environ)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout of its own."""
    folder = tmp_path / "checkout"
    for name in ("compose", "collector", "rules"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns(".secrets", "backups"))
    return folder


def _run(
    checkout: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "anclora_otel.cli", "compose", *arguments, "--project-dir", str(checkout)]
    own = environment(ANCLORA_TOOLS_DIR=str(PLACES.tools), **(variables or {}))
    return subprocess.run(command, env=own, cwd=checkout, capture_output=True, text=True, timeout=120, check=False)


def test_check_loads_every_combination() -> None:
    """Every combination of the files is loaded, a line each."""
    answer = _run(PROJECT, "check")

    assert answer.returncode == 0, answer.stderr
    assert len(answer.stdout.splitlines()) == len(all_combinations()) == 16


def test_check_refuses_a_broken_file(checkout: Path) -> None:
    """A file with a misspelt key is one line on stderr."""
    file = checkout / "compose" / "host.yaml"
    file.write_text(file.read_text().replace("environment:", "enviroment:"))
    answer = _run(checkout, "check")

    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1
    assert "enviroment" in answer.stderr


def test_up_without_docker_says_so(checkout: Path) -> None:
    """Without Docker's client the secrets are made, and the way without containers is told."""
    answer = _run(checkout, "up", variables={"PATH": str(checkout)})

    assert answer.returncode == 2
    assert answer.stderr.splitlines()[-1].endswith("or run the stack without Docker: anclora-otel stack up")
    assert "Traceback" not in answer.stderr


def test_prepare_says_where_the_secrets_are_and_shows_none(checkout: Path) -> None:
    """The command names folder and files; no secret is printed."""
    answer = _run(checkout, "prepare")
    folder = checkout / "compose" / ".secrets"
    made = [read_secret(folder / name) for name in ("redis_password", "grafana_admin_password", "grafana_secret_key")]

    assert answer.returncode == 0, answer.stderr
    assert f"secrets in {folder}" in answer.stdout
    assert [secret for secret in made if secret in answer.stdout + answer.stderr] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("prepare", "--env-file", "absent"), "absent cannot be read (No such file or directory)"),
        (("restore", "../../etc/passwd"), "is no backup: expected the name of a .tar.gz file in"),
        (("restore", "absent.tar.gz"), "is no backup: expected the name of a .tar.gz file in"),
    ],
)
def test_bad_input_is_one_line(checkout: Path, arguments: tuple[str, ...], told: str) -> None:
    """A missing file of settings and a name that is no backup are told."""
    answer = _run(checkout, *arguments)
    lines = [line for line in answer.stderr.splitlines() if not line.startswith("warning: ")]

    assert answer.returncode == 2
    assert len(lines) == 1
    assert told in lines[0]


def test_emptied_secret_is_one_line(checkout: Path) -> None:
    """A secret that lost its content starts nothing."""
    _run(checkout, "prepare")
    file = checkout / "compose" / ".secrets" / "redis_password"
    file.write_text("")
    answer = _run(checkout, "prepare")

    assert answer.returncode == 2
    assert answer.stderr.splitlines()[-1].endswith(f"{file} is empty: remove it, then run: make compose-up")


def test_taken_port_is_told_with_its_owner() -> None:
    """A port that somebody else holds is told with the service and the owner."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(
            StackError, match=rf"^port {port} \(grafana\) is taken by .*\(pid {os.getpid()}\): stop it$"
        ):
            refuse_taken_by_others({port: "grafana", free_port(): "prometheus"})


def test_redis_asks_for_the_password_that_was_made(tmp_path: Path) -> None:
    """A real server, started as its container is, refuses strangers and takes the made password."""
    make_secrets(tmp_path)
    port = free_port()
    contained = load_project(PLACES)["services"]["redis"]["command"]
    places = {"/run/secrets": str(tmp_path), "/data": str(tmp_path)}
    command = [str(find_redis_server()), *(_here(part, places) for part in contained[1:])]
    own = ["--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen([*command, *own], stdout=subprocess.DEVNULL)
    url = read_secret(tmp_path / "redis_url").replace("@redis:6379", f"@127.0.0.1:{port}")
    try:
        poll(lambda: _listens(port), 30, "Redis to listen")
        with redis.Redis.from_url(url) as known, redis.Redis(port=port) as stranger:
            assert known.ping()
            with pytest.raises(redis.AuthenticationError):
                stranger.ping()
    finally:
        process.terminate()
        process.wait()


def test_docker_is_called_with_what_was_prepared(checkout: Path, tmp_path: Path) -> None:
    """Files of the chosen overlays and the made variables are named; the start waits until all is healthy."""
    calls = _stub_docker(tmp_path)
    variables = {"PATH": str(calls.parent), "ANCLORA_COMPOSE_HOST_DISKS": "true"}
    answer = _run(checkout, "up", variables=variables)
    up = calls.read_text().splitlines()[-1]
    folder = checkout / "compose"

    assert answer.returncode == 0, answer.stderr
    assert up.startswith(f"compose --env-file {folder}/.secrets/compose.env --file {folder}/compose.yaml --file ")
    assert up.endswith(f" --file {folder}/host.yaml up --detach --build --wait --remove-orphans")
    assert f"password in {folder}/.secrets/grafana_admin_password" in answer.stdout


@pytest.mark.parametrize("exit_code", [0, 3])
def test_backup_stops_copies_and_starts_again(checkout: Path, tmp_path: Path, exit_code: int) -> None:
    """The three that own data stand still while they are copied, and run again even if the copy failed."""
    calls = _stub_docker(tmp_path, run_exit_code=exit_code)
    answer = _run(checkout, "backup", variables={"PATH": str(calls.parent)})
    last = [line.split("compose.yaml ")[1] for line in calls.read_text().splitlines() if "compose.yaml" in line][-3:]

    assert last[0] == "stop prometheus loki grafana"
    assert last[1].startswith("run --rm --no-deps backup anclora-")
    assert last[2] == "start prometheus loki grafana"
    assert answer.returncode == (2 if exit_code else 0)
    assert ("docker compose run failed with exit code 3" in answer.stderr) is bool(exit_code)


def _stub_docker(folder: Path, run_exit_code: int = 0) -> Path:
    """Put a stand-in of Docker's client, which cannot be had here, on a PATH; give the file of what it was asked."""
    programs = folder / "programs"
    programs.mkdir()
    calls = programs / "calls"
    script = programs / "docker"
    script.write_text(
        f'#!/bin/sh\necho "$* $ANCLORA_COMPOSE_BACKUP_FILE" | /bin/sed "s/ $//" >> {calls}\n'
        f'case "$*" in *" ps "*) echo 0123;; *" run "*) exit {run_exit_code};; esac\n'
    )
    script.chmod(0o700)
    return calls


@pytest.mark.parametrize(
    ("status", "exit_code"), [("200 OK", 0), ("503 Service Unavailable", 1), ("302 Found\r\nLocation: http://x/", 1)]
)
def test_probe_of_images_without_a_shell(status: str, exit_code: int) -> None:
    """The probe ends with 0 for 200 alone."""
    probe = Toolbox(PLACES.tools, PROJECT).executable(tools.PROBE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        process = subprocess.Popen([str(probe), url], stderr=subprocess.DEVNULL)
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
            assert process.wait(30) == exit_code
    gone = subprocess.run([str(probe), url], capture_output=True, text=True, check=False)

    assert (gone.returncode, len(gone.stderr.splitlines())) == (1, 1)


@pytest.mark.parametrize("overlays", [(), ("sentry",)])
def test_collector_accepts_what_its_container_gets(tmp_path: Path, overlays: tuple[str, ...]) -> None:
    """The real collector reads files, variables and secrets as the container has them, and sends traces to all."""
    secrets = {"redis_password": "s0123", "sentry_auth": "sentry sentry_key=abc, sentry_version=7"}
    for name, text in secrets.items():
        write_secret(tmp_path / name, text)
    collector = load_project(PLACES, overlays)["services"]["collector"]
    mounts = {mount["target"]: mount["source"] for mount in collector["volumes"] if mount["type"] == "bind"}
    arguments = [_here(argument, mounts) for argument in collector["command"]]
    variables = {key: _here(value, {"/run/secrets": str(tmp_path)}) for key, value in collector["environment"].items()}
    program = Toolbox(PLACES.tools, PROJECT).executable(tools.COLLECTOR)
    answer = subprocess.run(
        [str(program), "print-config", "--mode", "unredacted", *arguments],
        env={**variables, "ANCLORA_COLLECTOR_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    configuration: dict[str, Any] = yaml.safe_load(answer.stdout)
    exporters = configuration["service"]["pipelines"]["traces"]["exporters"]

    assert configuration["receivers"]["redis"]["password"] == "s0123"
    assert exporters == ["file/traces", "otlp_http/tempo", *(["forward/sentry"] if overlays else [])]
    if overlays:
        headers = configuration["exporters"]["otlp_http/sentry"]["headers"]
        assert headers == [{"name": "x-sentry-auth", "value": secrets["sentry_auth"]}]


@pytest.mark.parametrize("broken", [False, True])
def test_restore_of_volumes(tmp_path: Path, *, broken: bool) -> None:
    """The script of the container puts back exactly what the backup holds; a damaged archive changes nothing."""
    volumes, archive = tmp_path / "volumes", tmp_path / "one.tar.gz"
    for name in ("prometheus", "loki", "grafana"):
        (volumes / name / "deep").mkdir(parents=True)
        (volumes / name / "deep" / "data").write_text("then")
        (volumes / name / ".hidden").write_text("then")
    backup = load_project(PLACES)["services"]["backup"]["command"]
    command = [_here(part, {"/backups/none.tar.gz": str(archive), "/volumes": str(volumes)}) for part in backup]
    subprocess.run(command, check=True)
    for name in ("prometheus", "loki", "grafana"):
        (volumes / name / "deep" / "data").write_text("now")
        (volumes / name / "newer").write_text("now")
    if broken:
        archive.write_bytes(archive.read_bytes()[:-60])
    script = PROJECT / "compose" / "restore.sh"
    done = subprocess.run(["sh", str(script), str(archive), str(volumes)], capture_output=True, check=False)
    found = {str(file.relative_to(volumes)): file.read_text() for file in volumes.rglob("*") if file.is_file()}

    assert (done.returncode == 0) is not broken
    if broken:
        assert {path: text for path, text in found.items() if "data" in path and ".restoring" not in path} == {
            f"{name}/deep/data": "now" for name in ("prometheus", "loki", "grafana")
        }
    else:
        assert found == {
            f"{name}/{path}": "then" for name in ("prometheus", "loki", "grafana") for path in ("deep/data", ".hidden")
        }


def _here(text: str, places: Mapping[str, str]) -> str:
    for there, here in places.items():
        text = text.replace(there, here)
    return text


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
