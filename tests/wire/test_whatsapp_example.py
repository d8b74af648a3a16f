"""The example's service over real sockets: what it takes, what it refuses, and what it counts."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import redis

from tests.wire.running import BIN, free_port, get, started

INSTANCE = "anclora-main"
CLIENT = "34600000001@s.whatsapp.net"
MESSAGE = {"to": "+34600000001", "text": "hello", "type": "image", "priority": "high", "campaign": "sea-view"}


@pytest.fixture(scope="module")
def service(redis_url: str) -> Iterator[str]:
    """Start the service under the wrapper, with /metrics and without exporters."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        "REDIS_URL": redis_url,
        "ANCLORA_METRICS_PATH": "/metrics",
        "OTEL_SERVICE_NAME": "whatsapp-service",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    }
    command = [str(BIN / "anclora-otel"), "run", "--", sys.executable, "-m", "uvicorn", "--port", str(port)]
    with started([*command, "examples.whatsapp_service.app:app"], variables, ready_url=f"{url}/health"):
        yield url


@pytest.fixture
def client(empty_redis_url: str) -> Iterator[redis.Redis]:
    """Give a client of the service's emptied Redis."""
    with redis.Redis.from_url(empty_redis_url) as client:
        yield client


def _webhook(service: str, event: object, data: object, instance: object = INSTANCE) -> httpx.Response:
    envelope = {
        "event": event,
        "instance": instance,
        "data": data,
        "destination": f"{service}/webhooks/whatsapp",
        "date_time": "2026-11-24T00:00:00.000Z",
        "sender": CLIENT,
        "server_url": "http://127.0.0.1:8090",
        "apikey": None,
    }
    return httpx.post(f"{service}/webhooks/whatsapp", json=envelope, timeout=10, trust_env=False)


def _receipt(message_id: object, status: object, **more: object) -> dict[str, object]:
    return {"keyId": message_id, "remoteJid": CLIENT, "fromMe": True, "participant": CLIENT, "status": status, **more}


def _remember(client: redis.Redis, message_id: str, message_type: str, campaign: str) -> None:
    client.hset(f"whatsapp:message:{message_id}", "type", message_type)
    client.hset(f"whatsapp:message:{message_id}", "campaign", campaign)


def _counts(service: str, metric: str, **labels: str) -> float:
    total = 0.0
    for line in get(f"{service}/metrics").splitlines():
        found = re.fullmatch(rf"{metric}(?:\{{(.*)\}})? (\S+)(?: .*)?", line)
        if found is None:
            continue
        has = dict(re.findall(r'(\w+)="([^"]*)"', found[1] or ""))
        if labels.items() <= has.items():
            total += float(found[2])
    return total


class TestMessages:
    """Messages on their way into the queue."""

    def test_accepted(self, service: str, client: redis.Redis) -> None:
        """A message becomes a BullMQ job with priority and trace context, and is counted."""
        labels = {"queue": "whatsapp-messages", "priority": "high", "message_type": "image"}
        before = _counts(service, "anclora_queue_messages_total", **labels)
        answer = httpx.post(f"{service}/messages", json=MESSAGE, trust_env=False)

        assert answer.status_code == 202
        jobs: list[Any] = list(client.zrange("bull:whatsapp-messages:prioritized", 0, -1, withscores=True))
        (job_id, score), *others = jobs
        options = json.loads(client.hget(f"bull:whatsapp-messages:{job_id.decode()}", "opts") or b"{}")
        assert not others
        assert int(score) // 2**32 == 5
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]", json.loads(options["tm"])["traceparent"])
        assert _counts(service, "anclora_queue_messages_total", **labels) == before + 1
        assert _counts(service, "anclora_queue_waiting_messages", priority="high") == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"to": None},
            {"to": "nobody"},
            {"to": 34600000001},
            {"type": "fax"},
            {"priority": "urgent"},
            {"priority": 1},
            {"campaign": ""},
            {"campaign": "Sea View!"},
            {"delay_seconds": -1},
            {"delay_seconds": "soon"},
            {"reference": "a b"},
            {"text": "x" * 5000},
            {"cc": "+34600000002"},
        ],
        ids=str,
    )
    def test_refused(self, service: str, client: redis.Redis, wrong: dict[str, Any]) -> None:
        """A wrong field is refused, and nothing is queued."""
        answer = httpx.post(f"{service}/messages", json={**MESSAGE, **wrong}, trust_env=False)

        assert answer.status_code == 422
        assert next(iter(wrong)) in answer.text
        assert not client.keys("bull:*")

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"'], ids=repr)
    def test_no_object(self, service: str, body: bytes) -> None:
        """A body that is no JSON object is refused at both doors."""
        headers = {"content-type": "application/json"}
        for path in ("messages", "webhooks/whatsapp"):
            answer = httpx.post(f"{service}/{path}", content=body, headers=headers, trust_env=False)

            assert answer.status_code in {400, 422}


@pytest.mark.usefixtures("client")
class TestReceipts:
    """Receipts of sent messages."""

    def test_known_message(self, service: str, client: redis.Redis) -> None:
        """Acknowledgement, delivery and read count under the type and campaign of the message, each once."""
        _remember(client, "3EB0A1", "video", "receipts")
        labels = {"message_type": "video", "campaign_id": "receipts"}
        for status in ("PENDING", "SERVER_ACK", "DELIVERY_ACK", "DELIVERY_ACK", "READ", "PLAYED", "READ"):
            assert _webhook(service, "messages.update", _receipt("3EB0A1", status)).status_code == 200

        for name in ("sent", "delivered", "read"):
            assert _counts(service, f"anclora_analytics_messages_{name}_total", **labels) == 1

    def test_read_alone(self, service: str, client: redis.Redis) -> None:
        """A message whose earlier webhooks are missing was sent and delivered if it was read."""
        _remember(client, "3EB0A2", "audio", "read-alone")
        _webhook(service, "messages.update", _receipt("3EB0A2", "READ"))

        for name in ("sent", "delivered", "read"):
            assert _counts(service, f"anclora_analytics_messages_{name}_total", campaign_id="read-alone") == 1

    def test_list_of_receipts(self, service: str, client: redis.Redis) -> None:
        """Some versions send several receipts at once, and events in capitals."""
        for number in range(3):
            _remember(client, f"3EB0B{number}", "text", "listed")
        data = [_receipt(f"3EB0B{number}", "SERVER_ACK") for number in range(3)]
        answer = _webhook(service, "MESSAGES_UPDATE", data)

        assert answer.json() == {"understood": 3}
        assert _counts(service, "anclora_analytics_messages_sent_total", campaign_id="listed") == 3

    def test_unknown_id(self, service: str) -> None:
        """A message that nobody remembers counts as type other, campaign none."""
        labels = {"message_type": "other", "campaign_id": "none"}
        before = _counts(service, "anclora_analytics_messages_sent_total", **labels)
        answer = _webhook(service, "messages.update", _receipt("3EB0UNKNOWN", "SERVER_ACK"))

        assert answer.json() == {"understood": 1}
        assert _counts(service, "anclora_analytics_messages_sent_total", **labels) == before + 1

    @pytest.mark.parametrize(
        "item",
        [
            {},
            _receipt(None, "READ"),
            _receipt("", "READ"),
            _receipt(7, "READ"),
            _receipt("3EB0C1", "ERROR"),
            _receipt("3EB0C1", None),
            _receipt("3EB0C1", ["READ"]),
            _receipt("3EB0C1", "READ", fromMe=False),
            _receipt("3EB0C1", "READ", fromMe="yes"),
        ],
        ids=str,
    )
    def test_meaningless_receipt(self, service: str, item: dict[str, object]) -> None:
        """A receipt of another's message, of no message or of no status is taken and means nothing."""
        answer = _webhook(service, "messages.update", item)

        assert (answer.status_code, answer.json()) == (200, {"understood": 0})


@pytest.mark.usefixtures("client")
class TestOtherEvents:
    """Clients' messages, connections, and events that mean nothing here."""

    def test_client_message(self, service: str) -> None:
        """A client's message counts once, opens a conversation, and its number is nowhere in /metrics."""
        received = _counts(service, "anclora_analytics_messages_received_total", message_type="image")
        conversations = _counts(service, "anclora_analytics_active_conversations")
        data = {
            "key": {"remoteJid": "34699999999@s.whatsapp.net", "fromMe": False, "id": "3EB0D1"},
            "pushName": "Client",
            "message": {"imageMessage": {"caption": "this one?"}},
            "messageType": "imageMessage",
            "messageTimestamp": 1_790_000_000,
        }
        first, again = _webhook(service, "messages.upsert", data), _webhook(service, "messages.upsert", data)

        assert [first.json(), again.json()] == [{"understood": 1}, {"understood": 0}]
        assert _counts(service, "anclora_analytics_messages_received_total", message_type="image") == received + 1
        assert _counts(service, "anclora_analytics_active_conversations") in {conversations, conversations + 1}
        assert "34699999999" not in get(f"{service}/metrics")

    @pytest.mark.parametrize(
        "data",
        [
            {"key": "3EB0D2"},
            {"key": {"fromMe": True, "id": "3EB0D2", "remoteJid": CLIENT}},
            {"key": {"fromMe": False, "id": 5, "remoteJid": CLIENT}},
            {"key": {"fromMe": False, "id": "3EB0D2", "remoteJid": None}},
            ["3EB0D2", None, 7],
        ],
        ids=str,
    )
    def test_meaningless_message(self, service: str, data: object) -> None:
        """Our own messages and what is no message mean nothing."""
        assert _webhook(service, "messages.upsert", data).json() == {"understood": 0}

    def test_connection(self, service: str) -> None:
        """The gauge of instances follows their connections."""
        seen = []
        for state in ("open", "open", "connecting", "open", "close"):
            _webhook(service, "connection.update", {"instance": INSTANCE, "state": state, "statusReason": 200})
            seen.append(_counts(service, "anclora_whatsapp_active_instances"))

        assert seen == [1, 1, 0, 1, 0]

    def test_unknown_event(self, service: str) -> None:
        """An event that nobody knows is taken, counted as other, and means nothing."""
        before = _counts(service, "anclora_whatsapp_webhooks_received_total", event_type="other")
        answer = _webhook(service, "labels.edit", {"a": 1})

        assert (answer.status_code, answer.json()) == (200, {"understood": 0})
        assert _counts(service, "anclora_whatsapp_webhooks_received_total", event_type="other") == before + 1

    @pytest.mark.parametrize(
        ("event", "instance", "data"),
        [
            (None, INSTANCE, {}),
            ("", INSTANCE, {}),
            (7, INSTANCE, {}),
            ("messages.update", None, {}),
            ("messages.update", {}, {}),
            ("messages.update", INSTANCE, "READ"),
            ("messages.update", INSTANCE, 7),
            ("x" * 101, INSTANCE, {}),
        ],
        ids=str,
    )
    def test_wrong_envelope(self, service: str, event: object, instance: object, data: object) -> None:
        """An envelope of wrong types is refused with the field's name, never with a server error."""
        assert _webhook(service, event, data, instance).status_code == 422
