"""A million texts that hold nothing personal, from a seed: bare values and the log lines they stand in."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

Source = random.Random
Maker = Callable[[Source], str]


def negatives(count: int) -> Iterator[tuple[str, str]]:
    """Give the kind and the text of so many negatives, each kind as often as every other; the seed is fixed."""
    source = random.Random(20261125)  # noqa: S311  a seed makes the test repeatable
    kinds = list(KINDS.items())
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        value = make(source)
        # Every other one bare, the others in a line.
        yield kind, value if source.random() < 0.5 else source.choice(FRAMES).format(value)


def _iso_time(source: Source) -> str:
    offset = timezone(timedelta(hours=source.randint(-11, 13), minutes=source.choice((0, 30))))
    moment = datetime.fromtimestamp(source.uniform(1e9, 2e9), offset)
    precision = source.choice(("seconds", "milliseconds", "microseconds"))
    return moment.isoformat(sep=source.choice("T "), timespec=precision)


def _spanish_price(source: Source) -> str:
    whole = f"{source.randint(100, 50_000_000):,}".replace(",", ".")
    return (
        f"{whole}{source.choice((',00', f',{source.randint(0, 99):02d}', ''))} {source.choice(('€', 'EUR', 'euros'))}"
    )


def _english_price(source: Source) -> str:
    amount = f"{source.randint(100, 50_000_000):,}{source.choice(('.00', f'.{source.randint(0, 99):02d}', ''))}"
    return source.choice(("€{}", "EUR {}", "{} EUR", "€ {}")).format(amount)


def _uuid(source: Source) -> str:
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def _address(source: Source) -> str:
    return ".".join(str(source.randint(0, 255)) for _ in range(4))


def _redis_key(source: Source) -> str:
    return source.choice(
        (
            f"bull:messages:{source.randint(1, 9_999_999)}",
            f"bull:analytics:{_uuid(source)}",
            f"bull:messages:repeat:{source.getrandbits(128):032x}:{source.randint(16 * 10**11, 2 * 10**12)}",
            f"conversation:{_uuid(source)}:state",
            f"anclora:message:3EB0{source.getrandbits(64):016X}",
            f"session:{source.getrandbits(160):040x}",
        )
    )


def _reference(source: Source) -> str:
    return source.choice(
        (
            f"REF-{source.randint(1, 99_999)}",
            f"REF{source.randint(1000, 9_999_999)}",
            f"V{source.randint(1000, 9999)}-{source.choice('ABCDE')}",
            f"ANC-2026-{source.randint(1, 99_999):05d}",
            f"property {source.randint(1000, 99_999)}",
        )
    )


def _version(source: Source) -> str:
    numbers = ".".join(str(source.randint(0, 99)) for _ in range(source.choice((2, 3, 3, 4))))
    return source.choice(("{}", "v{}", "python/{}", "{}-rc.1", "{}+build.7", "node@{}")).format(numbers)


def _of_any_length(source: Source, digits: int) -> int:
    """Give a number of one digit to so many, each length as often as the others."""
    return int(10 ** source.uniform(0, digits))


def _duration(source: Source) -> str:
    return source.choice(
        (
            f"{source.uniform(0, 100):.6f}",
            f"{source.random()!r} s",
            f"{source.randint(0, 60_000)} ms",
            f"{source.uniform(0, 900):.3f}ms",
            f"{_of_any_length(source, 10)} ns",
            f"{source.randint(0, 23)}:{source.randint(0, 59):02d}:{source.random() * 60:09.6f}",
        )
    )


def _size(source: Source) -> str:
    return source.choice(
        (
            f"{_of_any_length(source, 12)} bytes",
            f"{source.uniform(0, 1024):.1f} MiB",
            f"{_of_any_length(source, 9)}",
            f"rss={_of_any_length(source, 10)}",
        )
    )


KINDS: dict[str, Maker] = {
    "trace id": lambda source: f"{source.getrandbits(128):032x}",
    "span id": lambda source: f"{source.getrandbits(64):016x}",
    "traceparent": lambda source: f"00-{source.getrandbits(128):032x}-{source.getrandbits(64):016x}-01",
    "uuid": _uuid,
    "ISO time": _iso_time,
    "Unix time in s": lambda source: str(source.randint(1_000_000_000, 1_999_999_999)),
    "Unix time in ms": lambda source: str(source.randint(1_000_000_000_000, 1_999_999_999_999)),
    "Unix time in µs": lambda source: str(source.randint(10**15, 2 * 10**15 - 1)),
    "Unix time in ns": lambda source: str(source.randint(10**18, 2 * 10**18 - 1)),
    "Unix time with a fraction": lambda source: f"{source.uniform(1e9, 2e9):.{source.randint(1, 7)}f}",
    "price in Spanish": _spanish_price,
    "price in English": _english_price,
    "plain price": lambda source: str(source.randint(50_000, 20_000_000)),
    "property reference": _reference,
    "port": lambda source: f"{source.choice(('localhost', '127.0.0.1', 'redis', '[::1]'))}:{source.randint(1, 65_535)}",
    "version": _version,
    "IP address": _address,
    "address and port": lambda source: f"{_address(source)}:{source.randint(1, 65_535)}",
    "duration": _duration,
    "size": _size,
    "Redis key": _redis_key,
    "BullMQ id": lambda source: str(source.randint(1, 9_999_999)),
    "WhatsApp message id": lambda source: f"3EB0{source.getrandbits(72):018X}",
    "date": lambda source: f"{source.randint(1, 28):02d}/{source.randint(1, 12):02d}/{source.randint(2000, 2035)}",
}
"""What is made, by the name that is printed."""

FRAMES = (
    "{}",
    "id={} ok",
    '{{"value": "{}", "n": 1}}',
    '{{"from": "{}", "status": 200}}',
    "from {} to now",
    "sent to {}",
    "({})",
    "[{}]",
    "a,{},b",
    "from: {}",
    "GET /properties/{}?page=2 200 12ms",
    "2026-11-24 00:02:13,123 INFO queue=messages job done in 0.123 s: {}",
    '{{"timestamp": "2026-11-24T00:02:13.123Z", "level": "info", "message": "took {}", "process_id": 4711}}',
    '127.0.0.1:41234 - "POST /webhook/{} HTTP/1.1" 200 OK',
    '  File "/app/worker.py", line 88, in send\nValueError: cannot read {}',
    "INFO: worker 3 of 4 took {}",
    "job 4711 {} attempts=1",
    'level=info msg="done" value={} component=queue',
    "evicted {} after 30 s",
    "whatsapp api answered: {} in 23 ms",
    "captured lead {} of campaign spring-2026",
)
"""Lines in which a value stands."""
