"""All stand-ins, over real sockets."""

from __future__ import annotations

import http.client
import json
import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.ports import Ports
from anclora_otel.stack.receivers import Notification, Receivers

SLACK = "/services/T0/B0/secret-token"


@pytest.fixture
def ports() -> Ports:
    """Pick free ports."""
    return Ports.free()


@pytest.fixture
def seen() -> list[Notification]:
    """Hold what the stand-ins tell as it arrives."""
    return []


@pytest.fixture
def receivers(ports: Ports, seen: list[Notification], tmp_path: Path) -> Iterator[Receivers]:
    """Run the stand-ins."""
    file = tmp_path / "state" / "notifications.jsonl"
    with Receivers(
        ports.receivers, ports.receivers_smtp, file=file, notify=seen.append, deadman_limit_seconds=3600
    ) as running:
        yield running


def _ask(ports: Ports, method: str, path: str, body: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", ports.receivers, timeout=10)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "am@anclora.test", "oncall@anclora.test", "Störung · 1"
    message.set_content("plain text")
    message.add_alternative("<p>HTML text</p>", subtype="html")
    return message


def _send(ports: Ports) -> None:
    with smtplib.SMTP("127.0.0.1", ports.receivers_smtp, timeout=10) as server:
        server.send_message(_mail())


def test_what_arrives_is_kept_and_told(
    receivers: Receivers, ports: Ports, seen: list[Notification], tmp_path: Path
) -> None:
    """A message is answered, told at once, kept in memory and as a JSON line, without the secret of its path."""
    assert _ask(ports, "POST", SLACK, '{"text": "hello", "channel": "#c"}') == (200, "ok")

    lines = (tmp_path / "state" / "notifications.jsonl").read_text().splitlines()
    assert [each.title for each in seen] == ["hello"]
    assert Notification(**json.loads(lines[0])) == receivers.inbox.all("slack")[0]
    assert "secret-token" not in lines[0]
    assert "#c  hello" in seen[0].line()


def test_mail_is_parsed(receivers: Receivers, ports: Ports) -> None:
    """A mail is kept with subject, recipients, text and HTML."""
    _send(ports)
    content = receivers.inbox.all("email")[0].content

    assert content["subject"] == "Störung · 1"
    assert content["to"] == ["oncall@anclora.test"]
    assert content["plain"] == "plain text\n"
    assert content["html"] == "<p>HTML text</p>\n"


def test_deadman_counts_pings(receivers: Receivers, ports: Ports) -> None:
    """The switch tells how many pings there were, and that the next one is not late."""
    body = json.dumps({"alerts": [{"labels": {"alertname": "Watchdog"}}]})
    assert _ask(ports, "POST", "/deadman/x", body) == (200, "OK")
    state = json.loads(_ask(ports, "GET", "/deadman")[1])

    assert (state["pings"], state["late"]) == (1, False)
    assert receivers.inbox.all("deadman")[0].title == "Watchdog"


def test_silence_is_late(ports: Ports) -> None:
    """A switch that was not pinged within its limit says so."""
    with Receivers(ports.receivers, ports.receivers_smtp, deadman_limit_seconds=0):
        assert json.loads(_ask(ports, "GET", "/deadman")[1])["late"] is True


@pytest.mark.parametrize(("failure", "status"), [("error", 500), ("limited", 429)])
def test_web_stand_in_fails_as_told(receivers: Receivers, ports: Ports, failure: str, status: int) -> None:
    """A stand-in answers 500 or 429 while it is told to, keeps nothing meanwhile, and works again after."""
    assert _ask(ports, "POST", "/failures", json.dumps({"slack": failure}))[0] == 200
    failed = _ask(ports, "POST", SLACK, '{"text": "x"}')[0]
    _ask(ports, "POST", "/failures", '{"slack": "none"}')

    assert (failed, receivers.inbox.all()) == (status, [])
    assert _ask(ports, "POST", SLACK, '{"text": "x"}')[0] == 200


@pytest.mark.usefixtures("receivers")
def test_web_stand_in_hangs_up(ports: Ports) -> None:
    """A stand-in that is down closes the connection without a word."""
    _ask(ports, "POST", "/failures", '{"pagerduty": "down"}')

    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        _ask(ports, "POST", "/v2/enqueue", "{}")


@pytest.mark.parametrize(("failure", "code"), [("down", 421), ("error", 554), ("limited", 452)])
def test_mail_stand_in_fails_as_told(receivers: Receivers, ports: Ports, failure: str, code: int) -> None:
    """The mail server refuses with the code of the failure, and keeps nothing."""
    receivers.inbox.fail("email", failure)

    with pytest.raises(smtplib.SMTPResponseException) as caught:
        _send(ports)
    assert (caught.value.smtp_code, receivers.inbox.all()) == (code, [])


@pytest.mark.usefixtures("receivers")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"slak": "error"}', "'slak' is no stand-in: expected one of slack, email, pagerduty, deadman"),
        ('{"slack": "broken"}', "'broken' is no failure: expected one of none, down, error, limited, slow"),
        ("[]", "items"),
        ("{", "Expecting"),
    ],
)
def test_orders_that_cannot_be_meant(ports: Ports, body: str, expected: str) -> None:
    """A misspelt stand-in or failure is told, and nothing changes."""
    status, text = _ask(ports, "POST", "/failures", body)

    assert status == 400
    assert expected in text


@pytest.mark.usefixtures("receivers")
@pytest.mark.parametrize("path", ["/services/T0/B0", "/v1/enqueue", "/"])
def test_paths_that_nobody_serves(ports: Ports, path: str) -> None:
    """Whatever is no address of a stand-in is 404, as a wrong webhook is."""
    assert _ask(ports, "POST", path, '{"text": "x"}')[0] == 404


def test_taken_port_is_told(ports: Ports) -> None:
    """A port that somebody holds is one clear line, and nothing is left running."""
    expected = f"port {ports.receivers} of the stand-ins cannot be opened"
    with socket.create_server(("127.0.0.1", ports.receivers)), pytest.raises(StackError, match=expected):
        Receivers(ports.receivers, ports.receivers_smtp).start()
    with Receivers(ports.receivers, ports.receivers_smtp):
        assert _ask(ports, "GET", "/ready") == (200, "ready")
