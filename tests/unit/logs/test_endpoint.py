"""What is answered to those who ask for levels or change them."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.logs.control import LevelControl
from anclora_otel.logs.current import use_control
from anclora_otel.logs.endpoint import MAX_BODY_BYTES, TokenFileError, answer, read_token, refusal
from anclora_otel.logs.levels import LevelTable

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    """Give a file with the token that only its owner may read."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def control(tmp_path: Path, bare_root: logging.Logger) -> Iterator[LevelControl]:  # noqa: ARG001 - put back last
    """Take levels of the test's own into use."""
    own = LevelControl(LevelTable(15, {}), tmp_path / "levels.json")
    before = use_control(own)
    yield own
    use_control(before)
    own.stop()


class TestToken:
    """Nothing without the right token."""

    @pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
    def test_the_right_one(self, token_file: Path, header: str) -> None:
        """It lets the request pass."""
        assert refusal(token_file, header) is None

    @pytest.mark.parametrize(
        "header",
        ["", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \udcff"],
    )
    def test_a_wrong_one(self, token_file: Path, header: str) -> None:
        """401, with the scheme that is expected and without a word about the token."""
        found = refusal(token_file, header)

        assert found is not None
        assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")
        assert TOKEN not in found.body.decode()

    def test_a_new_token_holds_at_once(self, token_file: Path) -> None:
        """The old one no longer does."""
        token_file.write_text("another-token-of-the-same-kind")

        assert refusal(token_file, f"Bearer {TOKEN}") is not None
        assert refusal(token_file, "Bearer another-token-of-the-same-kind") is None

    @pytest.mark.parametrize(
        ("content", "mode", "said"),
        [
            (TOKEN, 0o604, "run: chmod o="),
            (TOKEN, 0o602, "run: chmod o="),
            ("", 0o600, "expected one line of 16 characters or more"),
            ("short", 0o600, "expected one line of 16 characters or more"),
            ("two words of many characters", 0o600, "expected one line"),
            ("two-lines-of-many\ncharacters", 0o600, "expected one line"),
        ],
    )
    def test_a_file_that_cannot_be_used(
        self, token_file: Path, content: str, mode: int, said: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Nobody passes, and one line in the log says what to do; the answer and the log keep the content back."""
        token_file.write_text(content)
        token_file.chmod(mode)
        answers = [refusal(token_file, f"Bearer {content}") for _ in range(3)]

        assert [found.status_code for found in answers if found] == [503, 503, 503]
        assert [said in message for message in caplog.messages] == [True]
        assert not content or content not in caplog.text
        assert answers[0] is not None
        assert str(token_file) not in answers[0].body.decode()

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        """Missing, a folder, a pipe: each is one line, and nothing waits."""
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe"):
            with pytest.raises(TokenFileError, match=str(path)):
                read_token(path)

    def test_a_group_may_read_it(self, token_file: Path) -> None:
        """As with secrets that a platform mounts for a service's group."""
        token_file.chmod(0o440)

        assert read_token(token_file) == TOKEN


class TestAnswers:
    """What is told and changed."""

    def test_levels_are_told(self, control: LevelControl) -> None:
        """Those that hold, and those that were changed."""
        control.set_level("endpoint.queue", "debug")
        found = answer("GET", "")

        assert found.status_code == 200
        assert json.loads(found.body) == {
            "levels": {"all": "http", "endpoint.queue": "debug"},
            "changed": {"endpoint.queue": "debug"},
        }
        assert found.headers == {"content-type": "application/json", "cache-control": "no-store"}

    def test_a_level_is_changed_and_reset(self, control: LevelControl) -> None:
        """Of one component, and of all."""
        for component, levels in (("endpoint.queue", {"endpoint.queue": "trace"}), ("", {"all": "trace"})):
            assert answer("PUT", component, b'{"level": "trace"}').content["changed"] == levels
            assert answer("DELETE", component).content["changed"] == {}
        assert control.table.changes == {}

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b'{"level": "debgu"}', "did you mean debug?"),
            (b"", "expected"),
            (b"debug", "expected"),
            (b'{"level": 7}', "expected"),
            (b"[]", "expected"),
            (b"\xff", "expected"),
            (b"[" * 4000, "expected"),
        ],
    )
    def test_a_body_that_is_none(self, control: LevelControl, body: bytes, said: str) -> None:
        """400, and what was expected."""
        found = answer("PUT", "endpoint.queue", body)

        assert found.status_code == 400
        assert said in str(found.content["error"])
        assert control.table.changes == {}

    @pytest.mark.parametrize(
        ("method", "component", "body", "status"),
        [
            ("PUT", "q" * 300, b'{"level": "debug"}', 400),
            ("DELETE", "\x00", b"", 400),
            ("PUT", "", b" " * (MAX_BODY_BYTES + 1), 413),
            ("POST", "", b"", 405),
        ],
    )
    def test_other_requests(self, control: LevelControl, method: str, component: str, body: bytes, status: int) -> None:
        """Each is refused and changes nothing."""
        assert answer(method, component, body).status_code == status
        assert control.table.changes == {}

    @pytest.mark.usefixtures("bare_root")
    def test_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        """The answer says that the other processes do not follow."""
        own = LevelControl(LevelTable(15, {}), tmp_path / "no" / "such" / "file")
        before = use_control(own)
        try:
            assert answer("PUT", "endpoint.queue", b'{"level": "debug"}').content["note"] == (
                "changed in this process alone"
            )
        finally:
            use_control(before)
            own.stop()
