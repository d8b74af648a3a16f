"""The stand-ins that are reached over HTTP, on one port."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import Any

from anclora_otel.errors import StackError
from anclora_otel.stack.http_server import BackgroundServer
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.receivers.deadman import Deadman
from anclora_otel.stack.receivers.inbox import Inbox, Verdict
from anclora_otel.stack.receivers.pagerduty import judge_pagerduty
from anclora_otel.stack.receivers.slack import judge_slack

SLACK_PATH = "/services/"
PAGERDUTY_PATH = "/v2/enqueue"
DEADMAN_PATH = "/deadman/"
_LATE_SECONDS = 30.0
_MAX_BODY_BYTES = 4 * 1024 * 1024


class WebStandIns:
    """
    Slack, PagerDuty and the dead man's switch.

    Besides, ``GET /notifications`` gives what arrived, ``GET /deadman`` the switch's state, and ``POST /failures``
    with ``{"slack": "error"}`` makes one fail.

    Args:
        inbox: where it is kept.
        deadman: the switch.
        port: where it listens.

    """

    def __init__(self, inbox: Inbox, deadman: Deadman, port: int) -> None:
        self.inbox = inbox
        self.deadman = deadman
        self.stopping = threading.Event()
        self._port = port
        self._server: _Server | None = None

    def start(self) -> None:
        """
        Listen.

        Raises:
            StackError: the port is taken.

        """
        try:
            self._server = _Server((HOST, self._port), _Handler)
        except OSError as error:
            raise StackError(f"port {self._port} of the stand-ins cannot be opened: {error.strerror}") from error
        self._server.stand_ins = self
        self._server.begin("receivers")

    def stop(self) -> None:
        """Listen no longer."""
        self.stopping.set()
        if self._server is not None:
            self._server.end()

    def judge(self, path: str) -> tuple[str, Callable[[bytes], Verdict]] | None:
        """Give the stand-in of a path, and what judges its requests."""
        if path.startswith(SLACK_PATH) and len(path.split("/")) == 5:
            return "slack", judge_slack
        if path == PAGERDUTY_PATH:
            return "pagerduty", judge_pagerduty
        if path.startswith(DEADMAN_PATH):
            return "deadman", self.deadman.ping
        return None


class _Server(BackgroundServer):
    stand_ins: WebStandIns


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Tell what arrived, or that the stand-ins are there."""
        inbox = self.server.stand_ins.inbox
        if self.path == "/ready":
            self._answer(200, "ready")
        elif self.path == "/notifications":
            self._answer_json(200, [asdict(each) for each in inbox.all()])
        elif self.path == "/deadman":
            self._answer_json(200, self.server.stand_ins.deadman.state())
        else:
            self._answer(404, "not found")

    def do_POST(self) -> None:
        """Take a notification, or an order to fail."""
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), _MAX_BODY_BYTES))
        if self.path == "/failures":
            self._order(body)
            return
        found = self.server.stand_ins.judge(self.path)
        if found is None:
            self._answer(404, "no_service")
            return
        name, judge = found
        if self._fails(name):
            return
        verdict = judge(body)
        self.server.stand_ins.inbox.add(verdict.notification)
        self._answer(verdict.status, verdict.text, verdict.content_type)

    def _fails(self, name: str) -> bool:
        failure = self.server.stand_ins.inbox.failure(name)
        if failure == "slow":
            self.server.stand_ins.stopping.wait(_LATE_SECONDS)
        elif failure == "down":
            self.close_connection = True
        elif failure == "error":
            self._answer(500, "server_error")
        elif failure == "limited":
            self._answer(429, "rate_limited", extra={"Retry-After": "1"})
        return failure in ("down", "error", "limited")

    def _order(self, body: bytes) -> None:
        try:
            orders = json.loads(body)
            for name, failure in orders.items():
                self.server.stand_ins.inbox.fail(name, failure)
        except (ValueError, AttributeError, StackError) as error:
            self._answer(400, f"{error}\n")
            return
        self._answer_json(200, orders)

    def _answer_json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value, ensure_ascii=False), "application/json")

    def _answer(
        self, status: int, text: str, content_type: str = "text/plain", extra: dict[str, str] | None = None
    ) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(data)), **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing: what arrives is printed by the inbox, and a path holds a secret."""
