"""The routes for log levels of a FastAPI application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from anclora_otel.integrations.log_levels import add_log_level_routes, log_levels_router
from anclora_otel.logs.control import LevelControl
from anclora_otel.logs.current import use_control
from anclora_otel.logs.levels import LevelTable

TOKEN = "correct-horse-battery-staple"
PATH = "/admin/log-levels"

Build = Callable[[Path], FastAPI]


def with_router(token_file: Path) -> FastAPI:
    """Serve by the router."""
    app = FastAPI()
    app.include_router(log_levels_router(token_file))
    return app


def with_routes(token_file: Path) -> FastAPI:
    """Serve by routes that stand first, where a mounted application would hide others."""
    app = FastAPI()
    app.mount("/", FastAPI())
    assert add_log_level_routes(app, token_file)
    return app


BOTH = pytest.mark.parametrize("build", [with_router, with_routes])


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Give a file with the token."""
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def control(tmp_path: Path) -> Iterator[LevelControl]:
    """Take levels of the test's own into use."""
    own = LevelControl(LevelTable(15, {}), tmp_path / "levels.json")
    before = use_control(own)
    yield own
    use_control(before)
    own.stop()


def ask(app: FastAPI, method: str, path: str, content: bytes = b"", token: str = TOKEN) -> httpx.Response:
    """Send a request to an application in this process."""

    async def send() -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(send())


@BOTH
def test_a_level_is_shown_changed_and_reset(token_file: Path, build: Build, control: LevelControl) -> None:
    """By three methods, at the path and below it."""
    app = build(token_file)

    assert ask(app, "GET", PATH).json() == {"levels": {"all": "http"}, "changed": {}}
    assert ask(app, "PUT", f"{PATH}/routes.queue", b'{"level": "debug"}').json()["changed"] == {"routes.queue": "debug"}
    assert control.table.changes == {"routes.queue": "debug"}
    assert ask(app, "DELETE", PATH).json()["changed"] == {}


@BOTH
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("token", ["", "wrong-token-of-some-length"])
def test_nothing_without_the_token(
    token_file: Path, build: Build, control: LevelControl, method: str, token: str
) -> None:
    """401, whatever is asked; the body is not even read."""
    answer = ask(build(token_file), method, f"{PATH}/queue", b'{"level": "debug"}', token)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert control.table.changes == {}


@BOTH
def test_what_cannot_be_taken(token_file: Path, build: Build, control: LevelControl) -> None:
    """A wrong level, an endless body."""
    app = build(token_file)

    wrong = ask(app, "PUT", f"{PATH}/queue", b'{"level": "debgu"}')
    assert (wrong.status_code, "did you mean debug?" in wrong.json()["error"]) == (400, True)
    assert ask(app, "PUT", f"{PATH}/queue", b" " * 100_000).status_code == 413
    assert control.table.changes == {}


def test_other_methods(token_file: Path) -> None:
    """They are refused."""
    assert ask(with_router(token_file), "POST", PATH).status_code == 405


@BOTH
def test_a_token_file_that_is_not_there(tmp_path: Path, build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """503, one line in the log, and the application serves on."""
    app = build(tmp_path / "missing")

    assert [ask(app, "GET", PATH).status_code for _ in range(2)] == [503, 503]
    assert sum(str(tmp_path / "missing") in message for message in caplog.messages) == 1


def test_the_schema_does_not_change(token_file: Path) -> None:
    """Levels are no part of the application's interface."""
    assert with_router(token_file).openapi()["paths"] == {}
    assert with_routes(token_file).openapi()["paths"] == {}


def test_routes_of_the_applications_own_stay(token_file: Path) -> None:
    """Nothing is added where it has one of them."""
    app = FastAPI()

    @app.get(PATH)
    def own() -> str:
        return "mine"

    assert not add_log_level_routes(app, token_file)
    assert ask(app, "GET", PATH).json() == "mine"
