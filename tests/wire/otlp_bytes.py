"""OTLP requests as bytes: real ones, mutated ones by a seed, and how they are sent."""

from __future__ import annotations

import http.client
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS: dict[str, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "logs": ExportLogsServiceRequest,
}
_METHODS = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}
_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """
    What was said to a request.

    Args:
        taken: whether it was accepted.
        status: status of HTTP or name of gRPC's.
    """

    taken: bool
    status: str


class Mutator:
    """
    Give mutations of real requests.

    Args:
        seed: of what is done to which.
        payloads: the real ones.
    """

    def __init__(self, seed: int, payloads: list[bytes]) -> None:
        self._random = random.Random(seed)  # noqa: S311  a seed makes the test repeatable
        self._payloads = payloads
        self._ways: tuple[Callable[[bytearray], bytearray], ...] = (
            self._flip,
            self._cut,
            self._drop,
            self._insert,
            self._repeat,
            self._splice,
            self._lengthen,
            self._overwrite,
            self._letters,
            self._letters,
        )

    def next(self) -> bytes:
        """Give the next one: one or two changes of a real request."""
        data = bytearray(self._random.choice(self._payloads))
        for _ in range(self._random.randint(1, 2)):
            data = self._random.choice(self._ways)(data)
        return bytes(data)

    def _at(self, data: bytearray) -> int:
        return self._random.randrange(len(data) + 1)

    def _piece(self, data: bytearray) -> bytearray:
        start = self._at(data)
        return data[start : start + self._random.randint(1, 40)]

    def _flip(self, data: bytearray) -> bytearray:
        for _ in range(self._random.randint(1, 4)):
            if data:
                data[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
        return data

    def _cut(self, data: bytearray) -> bytearray:
        return data[: self._at(data)]

    def _drop(self, data: bytearray) -> bytearray:
        start = self._at(data)
        return data[:start] + data[start + self._random.randint(1, 20) :]

    def _insert(self, data: bytearray) -> bytearray:
        at = self._at(data)
        return data[:at] + self._random.randbytes(self._random.randint(1, 20)) + data[at:]

    def _repeat(self, data: bytearray) -> bytearray:
        at = self._at(data)
        return data[:at] + self._piece(data) * self._random.randint(1, 30) + data[at:]

    def _splice(self, data: bytearray) -> bytearray:
        other = bytearray(self._random.choice(self._payloads))
        return data[: self._at(data)] + other[self._at(other) :]

    def _lengthen(self, data: bytearray) -> bytearray:
        # A length, or any number, that says far more than there is.
        at = self._at(data)
        return data[:at] + b"\xff" * self._random.randint(1, 10) + b"\x7f" + data[at + 1 :]

    def _overwrite(self, data: bytearray) -> bytearray:
        at = self._at(data)
        value = self._random.choice((b"\x00", b"\xff", b"\x80\x80\x80\x80\x10", b"\xc3\x28"))
        return data[:at] + value + data[at + len(value) :]

    def _letters(self, data: bytearray) -> bytearray:
        # Most others break the structure; these leave it, and change what it says.
        places = [at for at, value in enumerate(data) if 97 <= value <= 122]
        for at in self._random.sample(places, min(len(places), 5)):
            data[at] = self._random.randint(97, 122)
        return data


def nested(levels: int) -> bytes:
    """Give a request of one log line whose resource has an array in an array, and so on."""
    parts = [_field(1, b"x")]
    length = len(parts[0])
    for _ in range(levels):
        for number in (1, 5):
            parts.append(_head(number, length))
            length += len(parts[-1])
    attribute = _field(1, b"deep") + _field(2, b"".join(reversed(parts)))
    record = _field(2, _field(5, _field(1, b"text")))
    return _field(1, _field(1, _field(1, attribute)) + _field(2, record))


def post(port: int, signal: str, body: bytes, **headers: str) -> Answer:
    """Send a request over HTTP."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", f"/v1/{signal}", body, {"content-type": "application/x-protobuf", **named})
        response = connection.getresponse()
        response.read()
        return Answer(response.status == 200, str(response.status))
    finally:
        connection.close()


def call(channel: grpc.Channel, signal: str, body: bytes, **metadata: str) -> Answer:
    """Send a request over gRPC, as the bytes that it is."""
    method = channel.unary_unary(_METHODS[signal], request_serializer=bytes, response_deserializer=bytes)
    try:
        method(body, timeout=_SECONDS, metadata=tuple(metadata.items()), wait_for_ready=True)
    except grpc.RpcError as error:
        return Answer(taken=False, status=str(error.code().name))
    return Answer(taken=True, status="OK")


def decoded(signal: str, body: bytes) -> Message | None:
    """
    Decode a request as Google's library does; None where it cannot.

    Without the fields that OTLP does not know, and without messages that are there and empty: the collector writes a
    resource, a scope and a status even where none came.
    """
    message = REQUESTS[signal]()
    try:
        message.ParseFromString(body)
    except DecodeError:
        return None
    message.DiscardUnknownFields()
    _drop_empty(message)
    return message


def comes_out_as(sent: Message, kept: Message) -> bool:
    """
    Say whether a request came out as it was sent.

    Of a list of numbers that comes in parts, which no encoder does, the collector keeps the last: there the end counts.
    """
    if sent == kept:
        return True
    before, after = list(_take_lists(sent)), list(_take_lists(kept))
    ends = [whole[len(whole) - len(end) :] for whole, end in zip(before, after, strict=False)]
    return bool(sent == kept) and len(before) == len(after) and ends == after


def _take_lists(message: Message) -> Iterator[list[float]]:
    """Take the lists of numbers out of the data points of histograms, and give them."""
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.name in ("bucket_counts", "explicit_bounds"):
            yield list(value)
            message.ClearField(field.name)
        elif field.message_type is None:
            continue
        elif isinstance(value, Message):
            if message.HasField(field.name):
                yield from _take_lists(value)
        else:
            for each in value:
                yield from _take_lists(each)


def _drop_empty(message: Message) -> None:
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if isinstance(value, Message):
            _drop_empty(value)
            if field.containing_oneof is None and not value.ListFields():
                message.ClearField(field.name)
        else:
            for each in value:
                _drop_empty(each)


def written(file: Path, offset: int) -> Iterator[bytes]:
    """Give the messages that the collector's file exporter wrote behind a place: each with its length before it."""
    with file.open("rb") as opened:
        opened.seek(offset)
        while head := opened.read(4):
            (length,) = struct.unpack(">I", head)
            yield opened.read(length)


def _field(number: int, body: bytes) -> bytes:
    return _head(number, len(body)) + body


def _head(number: int, length: int) -> bytes:
    return bytes([number << 3 | 2]) + _varint(length)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
