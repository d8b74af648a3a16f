"""The policy in the collector's engine, Go's RE2."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from anclora_otel.redaction import PATTERNS, Pattern, redact_text
from anclora_otel.redaction.keys import KEY_EXPRESSIONS, kind_of_key
from anclora_otel.stack.golang import find_go, go_environment
from tests.unit.redaction.corpus import FOUND, LEFT_ALONE
from tests.unit.redaction.negatives import negatives
from tests.unit.redaction.planted import planted

PROJECT = Path(__file__).parents[3]
PARTS = (*FOUND, *LEFT_ALONE, *"+- ()./:,\"'=@%é\u202f\\", "00", "+34", "phone", "to ", "bearer ", "eyJ", "%2B", "://")


def in_go(patterns: Sequence[Pattern], texts: Sequence[str]) -> list[str]:
    """Apply patterns to texts with Go's engine."""
    given = {"patterns": [(rule.expression, rule.go_replacement) for rule in patterns], "texts": texts}
    go = find_go(PROJECT / ".tools", lambda _: None)
    answer = subprocess.run(
        [str(go), "run", str(Path(__file__).with_name("engine.go"))],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        env=go_environment(go),
    )
    assert answer.stderr == ""
    found: list[str] = json.loads(answer.stdout)
    return found


def mixture(source: random.Random) -> str:
    """Put parts of the corpus, single signs and random numbers side by side."""
    parts = [
        source.choice(PARTS) if source.random() < 0.6 else str(source.randrange(10 ** source.randint(1, 14)))
        for _ in range(source.randint(1, 6))
    ]
    return "".join(parts)


def corpus() -> list[str]:
    """Give the corpus, seeded mixtures of it, planted secrets and negatives."""
    source = random.Random(2026)  # noqa: S311  a seed makes the test repeatable
    texts = [*FOUND, *LEFT_ALONE, *(mixture(source) for _ in range(4000))]
    texts += dict.fromkeys(each.text for each in planted())
    return [*texts, *(text for _, text in negatives(20_000))]


@pytest.fixture(scope="module")
def both() -> list[tuple[str, str, str]]:
    """Give each text of the corpus with what Python's and what Go's engine make of it."""
    texts = corpus()
    return list(zip(texts, map(redact_text, texts), in_go(PATTERNS, texts), strict=True))


def test_both_engines_mask_the_same(both: list[tuple[str, str, str]]) -> None:
    """On the whole corpus Go's engine gives what Python's gives, letter for letter."""
    different = [(text, python, go) for text, python, go in both if python != go]

    assert different == []


def test_what_is_skipped_in_python_finds_nothing(both: list[tuple[str, str, str]]) -> None:
    """Triggers and preconditions only save time: without them the expressions give the same."""

    def plainly(text: str) -> str:
        for pattern in PATTERNS:
            text = re.sub(pattern.expression, pattern.replacement, text, flags=re.ASCII)
        return text

    assert [text for text, python, _ in both if plainly(text) != python] == []


def test_patterns_avoid_what_go_does_not_know() -> None:
    """No rule uses look-around, back references, or more than a thousand repetitions."""
    for pattern in PATTERNS:
        unknown = ("(?=", "(?!", "(?<", "(?P", "\\Z", "[\\u")
        assert not any(part in pattern.expression for part in unknown), pattern.name


def test_go_replacement_has_the_same_groups() -> None:
    """The collector's replacement names the same groups in Go's way."""
    pattern = next(pattern for pattern in PATTERNS if pattern.name == "phone number with 00")

    assert pattern.go_replacement == "${1}${2}*****${3}"


KEYS = {
    "secret": "password db.password x-api-key apiKey http.request.header.authorization proxy_authorization Set-Cookie "
    "clientSecret AWS_SECRET_ACCESS_KEY refreshToken accessToken csrf_token contraseña private_key",
    "phone": "phone customer.phone customerPhone phone_number phoneNumber phones userphone msisdn tel Tlf mobile "
    "customerMobile móvil teléfono telefono remoteJid remote_jid jid wa_id whatsapp whatsappNumber phone.id",
    "weak": "to from number sender recipient numero message.to messageFrom jobNumber call.number",
    "plain": "token_count secretary phone.model hotel hotel_id total phone_number_id tokens email wait iowa "
    "mobile.version to_queue keys monkey http.route server.port user.id photo",
}


def test_keys_are_read_alike_in_both_engines() -> None:
    """What a key says of its value is the same in Python and in Go, for every kind of key."""
    patterns = [Pattern(kind, "own", f"(?:.*)(?:{expression})", f"<{kind}>") for kind, expression in KEY_EXPRESSIONS]
    keys = [(kind, key) for kind, names in KEYS.items() for key in names.split()]
    in_python = [(kind_of_key(key), key) for _, key in keys]
    by_go = in_go(patterns, [key for _, key in keys])

    assert keys == in_python
    assert by_go == [key if kind == "plain" else f"<{kind}>" for kind, key in keys]
