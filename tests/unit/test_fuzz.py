"""Whatever comes from outside is read or refused, and never ends who reads it; `make fuzz` tries many times as much."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import ValidationError

from anclora_otel import environment_variables as env
from anclora_otel.alertmanager import render_configuration
from anclora_otel.errors import AncloraOtelError
from anclora_otel.logs.level_file import LevelFileError, read_levels
from anclora_otel.pipeline.baggage import BaggageGuard
from anclora_otel.queues.bullmq import extract_context
from anclora_otel.settings import AlertingSettings, load_alerting_settings, load_settings
from anclora_otel.settings.env_file import read_env_file
from anclora_otel.stack.receivers.deadman import Deadman
from anclora_otel.stack.receivers.pagerduty import judge_pagerduty
from anclora_otel.stack.receivers.slack import judge_slack
from anclora_otel.stack.trace_file import parse_trace_id, read_trace
from examples.whatsapp_service.webhook_shapes import Envelope, client_message, receipt

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SECRET = "planted-secret-4711"
ALLOWED = frozenset({"tenant", "campaign"})

fuzzed = settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")), deadline=None)

TEXTS = st.text(max_size=60) | st.sampled_from(["", "0", "-1", "1e309", "NaN", "true", "a=b,c=d", "%", "%zz", "\0"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
HEX = st.text("0123456789abcdefABCDEF-", max_size=60)
TRACEPARENTS = TEXTS | HEX | HEX.map(lambda tail: f"00-{TRACE_ID}-{tail}")
BAGGAGE = st.lists(st.tuples(st.sampled_from([*ALLOWED, "other", ""]) | TEXTS, TEXTS), max_size=6).map(
    lambda pairs: ",".join(f"{key}={value}" for key, value in pairs)
)
BODIES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
ITEMS = st.dictionaries(st.sampled_from(["keyId", "status", "fromMe", "key", "messageType"]), JSON, max_size=5)
WEBHOOKS = st.fixed_dictionaries(
    {"event": st.text(min_size=1, max_size=20), "instance": st.just("i"), "data": ITEMS | st.lists(ITEMS | JSON)}
)
VARIABLES = st.dictionaries(st.sampled_from(sorted(env.known_names() - {"SENTRY_DSN_FILE"})), TEXTS, max_size=8)
ALERTING = st.dictionaries(st.sampled_from([variable.name for variable in env.ALERTING]), TEXTS, max_size=8)


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Give what an environment can hold of it."""
    return {name: value.replace("\0", "") for name, value in variables.items()}


@given(traceparent=TRACEPARENTS, entries=BAGGAGE | TEXTS, state=TEXTS)
@fuzzed
def test_headers_of_a_request(traceparent: str, entries: str, state: str) -> None:
    """No traceparent, tracestate or baggage raises, and no entry that is not allowed comes in or goes out."""
    guard = BaggageGuard(CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()]), ALLOWED)
    context = guard.extract({"traceparent": traceparent, "tracestate": state, "baggage": entries})
    sent: dict[str, str] = {}
    guard.inject(sent, context)

    assert set(baggage.get_all(context)) <= ALLOWED
    assert {part.partition("=")[0].strip() for part in sent.get("baggage", "").split(",") if part} <= ALLOWED


@given(st.dictionaries(st.sampled_from(["tm", "omc", "telemetry"]) | TEXTS, JSON | TRACEPARENTS, max_size=4))
@fuzzed
def test_context_in_a_job(options: dict[str, Any]) -> None:
    """No options of a job raise, whatever stands where the context of the trace does."""
    extract_context(options)


@given(TRACEPARENTS)
@fuzzed
def test_trace_ids_that_people_paste(text: str) -> None:
    """A text is a trace id of 32 digits, or it is refused by one error."""
    try:
        found = parse_trace_id(text)
    except AncloraOtelError:
        return
    assert len(found) == len(bytes.fromhex(found)) * 2 == 32


@given(VARIABLES)
@fuzzed
def test_settings(variables: dict[str, str]) -> None:
    """No value of any variable raises; each that cannot be used becomes a problem, and no problem shows a secret."""
    secrets = {"OTEL_EXPORTER_OTLP_HEADERS": f"\x7f{SECRET}", "SENTRY_DSN": f"http://{SECRET}"}
    _, problems = load_settings({**_environment(variables), **secrets})

    assert not [problem for problem in problems if SECRET in str(problem)]


@given(ALERTING)
@fuzzed
def test_settings_of_alerting(variables: dict[str, str]) -> None:
    """No value raises; where there is no problem the configuration renders, as YAML without a secret."""
    loaded, problems = load_alerting_settings(_environment(variables))
    if not problems:
        rendered = render_configuration(loaded, folder="/etc/alertmanager")
        assert isinstance(yaml.safe_load(rendered.text), dict)


@given(webhook=TEXTS, addresses=st.lists(TEXTS, max_size=3), host=TEXTS, user=TEXTS, zone=TEXTS)
@fuzzed
def test_rendered_configuration(webhook: str, addresses: list[str], host: str, user: str, zone: str) -> None:
    """Whatever the settings hold, the configuration is YAML, and secrets stand in their files alone."""
    found = AlertingSettings(
        slack_webhooks={"default": f"{webhook}{SECRET}"},
        email_to=tuple(addresses),
        email_from=user,
        smtp_host=host,
        smtp_username=user,
        smtp_password=SECRET,
        timezone=zone,
    )
    rendered = render_configuration(found, folder="/etc/alertmanager")

    assert isinstance(yaml.safe_load(rendered.text), dict)
    assert SECRET not in rendered.text


@given(BODIES)
@fuzzed
def test_what_stand_ins_are_sent(body: bytes) -> None:
    """The stand-ins of Slack, PagerDuty and the dead man's switch have an answer for every body."""
    verdicts = [judge_slack(body), judge_pagerduty(body), Deadman().ping(body)]

    assert len(verdicts) == 3


@given(BODIES | WEBHOOKS.map(lambda each: json.dumps(each).encode()))
@fuzzed
def test_webhooks_of_the_example(body: bytes) -> None:
    """A webhook is understood, passed over, or refused as not valid."""
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError:
        return
    assert envelope.event_type
    for item in envelope.items:
        receipt(item)
        client_message(item)


@given(st.lists(BODIES, max_size=5), st.booleans(), st.integers(0, 400))
@fuzzed
def test_trace_files(lines: list[bytes], packed: bool, cut: int) -> None:
    """Lines that are no traces, and a backup that is cut or damaged, are passed over."""
    span = {"traceId": TRACE_ID, "spanId": "1" * 16, "name": "found"}
    whole = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()
    noise = [line.replace(b"\n", b" ") + TRACE_ID.encode() for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "traces.jsonl"
        file.write_bytes(b"\n".join([*noise, whole, b""]))
        if packed:
            data = gzip.compress(b"\n".join(noise))
            (Path(folder) / "traces-old.jsonl.gz").write_bytes(data[: cut % len(data)] + b"x" * (cut % 9))
        spans = read_trace(file, TRACE_ID)

    assert "found" in [span.name for span in spans]


def test_a_line_of_a_trace_that_is_nested_very_deep() -> None:
    """A line whose JSON is nested deeper than Python reads is passed over."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "traces.jsonl"
        file.write_bytes(TRACE_ID.encode() + b"[" * 200_000 + b"\n" + b"[" * 200_000 + TRACE_ID.encode() + b"\n")

        assert read_trace(file, TRACE_ID) == []


@given(BODIES)
@fuzzed
def test_files_of_levels(content: bytes) -> None:
    """A file of levels is read, or refused by one error."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "levels.json"
        file.write_bytes(content)
        file.chmod(0o600)
        try:
            found = read_levels(file)
        except LevelFileError:
            return
    assert all(isinstance(level, str) for level in found.values())


@given(st.binary(max_size=200) | TEXTS.map(lambda text: f"A={text}".encode("utf-8", "surrogatepass")))
@fuzzed
def test_files_of_variables(content: bytes) -> None:
    """A file of variables is read, or refused by one error."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_bytes(content)
        try:
            read_env_file(file)
        except AncloraOtelError:
            return
