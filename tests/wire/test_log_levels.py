"""Levels of a running service change in all its workers, whichever way they are changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anclora_otel.testing import OtlpReceiver
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, started

TOKEN = "correct-horse-battery-staple"
WORKERS = 2


class Service:
    """
    A service of two workers under the wrapper.

    Args:
        url: its address.
        folder: where its files are.
        receiver: takes what it exports.
        process: the supervisor of the workers.

    """

    def __init__(self, url: str, folder: Path, receiver: OtlpReceiver, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.folder = folder
        self.receiver = receiver
        self.process = process

    def workers(self) -> dict[int, dict[str, str]]:
        """Ask until every worker has answered, and give the levels of each."""
        found: dict[int, dict[str, str]] = {}

        def all_answered() -> bool:
            answer = json.loads(get(f"{self.url}/state"))
            found[int(answer["pid"])] = dict(answer["levels"])
            return len(found) == WORKERS

        poll(all_answered, 60, "every worker to answer")
        return found

    def becomes(self, levels: dict[str, str]) -> None:
        """Wait until every worker has these levels."""
        poll(lambda: list(self.workers().values()) == [levels] * WORKERS, 60, f"{levels} in every worker")

    def request(self, method: str, path: str, body: bytes | None = None, token: str = "") -> tuple[int, str]:
        """Send a request; give status and body."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"{self.url}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def command(self, *arguments: str) -> None:
        """Run the command as an operator of this host does."""
        variables = environment(ANCLORA_LOG_LEVELS_FILE=str(self.folder / "levels.json"))
        subprocess.run([str(BIN / "anclora-otel"), "log-level", *arguments], env=variables, timeout=60, check=True)


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[Service]:
    """Run the service with a receiver of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    uvicorn = ("uvicorn", "talking_service:app", "--app-dir", str(PROGRAMS), "--port", str(port), *options)
    # Into a file: nobody reads a pipe while the service talks.
    command = ("sh", "-c", 'exec "$@" >"$0" 2>&1', str(folder / "output"), str(BIN / "anclora-otel"), "run", "--")
    with OtlpReceiver() as receiver:
        given = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_BLRP_SCHEDULE_DELAY": "100",
            "ANCLORA_LOG_LEVELS_FILE": str(folder / "levels.json"),
            "ANCLORA_ADMIN_TOKEN_FILE": str(folder / "token"),
            **variables,
        }
        with started((*command, *uvicorn), given, ready_url=f"{url}/state") as process:
            yield Service(url, folder, receiver, process)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the service with two workers."""
    folder = tmp_path_factory.mktemp("levels")
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    with serving(folder, "--workers", str(WORKERS), "--no-access-log") as running:
        yield running


def signal_one(service: Service, number: int) -> None:
    """Send a signal to one worker."""
    os.kill(next(iter(service.workers())), number)


def signal_all(service: Service, number: int) -> None:
    """Send a signal to each worker."""
    for pid in service.workers():
        os.kill(pid, number)


Act = Callable[[Service], object]
LOUDER_BY: dict[str, tuple[dict[str, str], Act, Act]] = {
    "function": (
        {"queue": "debug"},
        lambda service: service.request("POST", "/levels/queue/debug"),
        lambda service: service.request("POST", "/reset"),
    ),
    "endpoint": (
        {"queue": "debug"},
        lambda service: service.request("PUT", "/admin/log-levels/queue", b'{"level": "debug"}', TOKEN),
        lambda service: service.request("DELETE", "/admin/log-levels", None, TOKEN),
    ),
    "command": (
        {"queue": "debug"},
        lambda service: service.command("queue", "debug"),
        lambda service: service.command("--reset"),
    ),
    "signal to one worker": (
        {"all": "debug"},
        lambda service: signal_one(service, signal.SIGUSR1),
        lambda service: signal_one(service, signal.SIGUSR2),
    ),
    "signal to every worker": (
        {"all": "debug"},
        lambda service: signal_all(service, signal.SIGUSR1),
        lambda service: signal_all(service, signal.SIGUSR2),
    ),
}


@pytest.mark.parametrize("way", LOUDER_BY)
def test_levels_change_in_every_worker(service: Service, way: str) -> None:
    """Lines of the new level are exported by each of them, and no longer once it is reset."""
    changed, louder, reset = LOUDER_BY[way]
    service.becomes({"all": "http"})
    pids = service.workers().keys()
    service.receiver.received.logs.clear()

    louder(service)
    service.becomes({"all": "http", **changed})
    service.workers()
    for pid in pids:
        assert service.receiver.wait_for("logs", f"said at debug by {pid}", 60)
    assert not [line for line in service.receiver.received.logs if "said at trace" in line.body.string_value]
    assert service.workers().keys() == pids

    reset(service)
    service.becomes({"all": "http"})


def test_nothing_without_the_token(service: Service) -> None:
    """Neither by a wrong one; and the endpoint leaves neither a span nor a line of the schema."""
    for token in ("", "wrong-token-of-some-length"):
        assert service.request("GET", "/admin/log-levels", None, token)[0] == 401
        assert service.request("PUT", "/admin/log-levels/queue", b'{"level": "debug"}', token)[0] == 401
    assert service.request("GET", "/admin/log-levels", None, TOKEN)[0] == 200
    assert "log-levels" not in get(f"{service.url}/openapi.json")
    get(f"{service.url}/state?last")
    assert service.receiver.wait_for("spans", "GET /openapi.json", 60)
    assert not [span.name for span in service.receiver.received.spans if "log-levels" in span.name]


def test_a_typing_error_changes_nothing(service: Service) -> None:
    """By HTTP it is 400 with what was meant."""
    status, body = service.request("PUT", "/admin/log-levels/queue", b'{"level": "debgu"}', TOKEN)

    assert (status, "did you mean debug?" in body) == (400, True)
    service.becomes({"all": "http"})


def test_a_new_token_holds_at_once(service: Service) -> None:
    """In every worker, and the old one no longer."""
    (service.folder / "token").write_text("another-token-of-the-same-kind")
    try:
        assert service.request("GET", "/admin/log-levels", None, TOKEN)[0] == 401
        assert service.request("GET", "/admin/log-levels", None, "another-token-of-the-same-kind")[0] == 200
    finally:
        (service.folder / "token").write_text(TOKEN)


def test_the_application_has_no_such_route_by_default(tmp_path: Path) -> None:
    """Only who names a file with a token has it."""
    with serving(tmp_path, ANCLORA_ADMIN_TOKEN_FILE="") as running:
        assert running.request("GET", "/admin/log-levels", None, TOKEN)[0] == 404


def lines_of(running: Service, part: str) -> list[str]:
    """Stop a service and give the lines of its output that hold a text."""
    running.process.terminate()
    running.process.wait(timeout=60)
    return [line for line in (running.folder / "output").read_text().splitlines() if part in line]


@pytest.mark.parametrize(
    ("file", "content", "mode", "said"),
    [
        ("token", TOKEN, 0o644, "run: chmod o="),
        ("token", "short", 0o600, "expected one line of 16 characters"),
        ("levels.json", '{"queue": "debgu"}', 0o600, "did you mean debug?"),
        ("levels.json", "rubbish", 0o600, "holds something else"),
        ("levels.json", '{"queue": "debug"}', 0o666, "run: chmod 600"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, file: str, content: str, mode: int, said: str) -> None:
    """The service serves on with the levels of its settings, and says in one line what to do."""
    (tmp_path / file).write_text(content)
    (tmp_path / file).chmod(mode)
    with serving(tmp_path) as running:
        for _ in range(3):
            status = running.request("GET", "/admin/log-levels", None, TOKEN)[0]
            assert json.loads(get(f"{running.url}/state"))["levels"] == {"all": "http"}
        lines = lines_of(running, said)

    assert status == 503
    assert len(lines) == 1
    assert str(tmp_path / file) in lines[0]


def test_a_file_of_levels_that_cannot_be_written(tmp_path: Path) -> None:
    """The level changes in the process that was asked, which says that the others do not follow."""
    (tmp_path / "file").write_text("")
    with serving(tmp_path, ANCLORA_LOG_LEVELS_FILE=str(tmp_path / "file" / "levels.json")) as running:
        for _ in range(3):
            assert running.request("POST", "/levels/queue/debug")[0] == 200
        assert json.loads(get(f"{running.url}/state"))["levels"]["queue"] == "debug"
        lines = lines_of(running, "levels change in this process alone")

    assert len(lines) == 1
    assert "set ANCLORA_LOG_LEVELS_FILE" in lines[0]
