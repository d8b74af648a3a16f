"""Reading a trace from the collector's file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack.trace_file import parse_trace_id, read_trace, trace_files

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OTHER = "a" * 32


def otlp_line(service: str, *spans: dict[str, object]) -> str:
    """Write spans as the collector's file exporter does, one batch a line."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return (
        json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]})
        + "\n"
    )


def otlp_span(
    span_id: str, parent_id: str = "", start: int = 0, trace_id: str = TRACE, **more: object
) -> dict[str, object]:
    """Write one span of OTLP JSON; times in ms."""
    span: dict[str, object] = {
        "traceId": trace_id,
        "spanId": span_id,
        "parentSpanId": parent_id,
        "name": f"span {span_id}",
        "kind": 2,
        "startTimeUnixNano": str(start * 1_000_000),
        "endTimeUnixNano": str((start + 5) * 1_000_000),
        "attributes": [],
        "status": {},
    }
    return span | more


def test_span_is_read_with_all_its_fields(tmp_path: Path) -> None:
    """Names, kind, times, status and attributes of every type come from OTLP JSON."""
    attributes = [
        {"key": "text", "value": {"stringValue": "a"}},
        {"key": "number", "value": {"intValue": "42"}},
        {"key": "share", "value": {"doubleValue": 0.5}},
        {"key": "flag", "value": {"boolValue": True}},
        {"key": "list", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "b"}]}}},
        {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}},
        {"key": "empty", "value": {}},
    ]
    file = tmp_path / "traces.jsonl"
    span = otlp_span("b" * 16, "c" * 16, 7, attributes=attributes, kind=4, status={"code": 2, "message": "no"})
    file.write_text(otlp_line("api", span))

    (read,) = read_trace(file, TRACE)

    assert (read.service, read.name, read.kind) == ("api", f"span {'b' * 16}", "producer")
    assert (read.span_id, read.parent_id) == ("b" * 16, "c" * 16)
    assert (read.start_nanoseconds, read.duration_nanoseconds) == (7_000_000, 5_000_000)
    assert (read.status, read.status_message) == ("error", "no")
    assert read.attributes == {
        "text": "a",
        "number": 42,
        "share": 0.5,
        "flag": True,
        "list": [1, "b"],
        "map": {"k": "v"},
        "empty": None,
    }


def test_only_the_trace_is_read_by_start(tmp_path: Path) -> None:
    """Spans of other traces in the same batch are left out, the rest is sorted."""
    file = tmp_path / "traces.jsonl"
    file.write_text(
        otlp_line(
            "api",
            otlp_span("2" * 16, start=9),
            otlp_span("3" * 16, trace_id=OTHER),
            otlp_span("1" * 16, start=3),
        )
    )

    assert [span.span_id for span in read_trace(file, TRACE)] == ["1" * 16, "2" * 16]


def test_backups_are_read_and_doubles_given_once(tmp_path: Path) -> None:
    """Rotated files, packed or not, belong to the trace; a span in two of them counts once."""
    file = tmp_path / "traces.jsonl"
    (tmp_path / "traces-2026-11-24T00-02-13.123-size.jsonl").write_text(otlp_line("api", otlp_span("1" * 16, start=1)))
    with gzip.open(tmp_path / "traces-2026-11-23T00-02-13.123-size.jsonl.gz", "wt") as packed:
        packed.write(otlp_line("api", otlp_span("0" * 16)))
    file.write_text(otlp_line("api", otlp_span("1" * 16, start=1), otlp_span("2" * 16, start=2)))
    (tmp_path / "other.jsonl").write_text(otlp_line("api", otlp_span("9" * 16)))

    assert [character * 16 for character in "012"] == [span.span_id for span in read_trace(file, TRACE)]
    assert len(trace_files(file)) == 3


@pytest.mark.parametrize(
    "damage",
    [
        otlp_line("api", otlp_span("f" * 16))[:-40],
        f'"{TRACE}"\n',
        f'[{{"traceId": "{TRACE}"}}]\n',
        f'{{"resourceSpans": "{TRACE}"}}\n',
        f'{{"resourceSpans": [1, {{"scopeSpans": [{{"spans": ["{TRACE}"]}}]}}]}}\n',
        f"\x00\x00{TRACE}\n",
    ],
)
def test_damaged_lines_are_passed_over(tmp_path: Path, damage: str) -> None:
    """A half-written or foreign line costs nothing but itself."""
    file = tmp_path / "traces.jsonl"
    file.write_text(otlp_line("api", otlp_span("1" * 16)) + damage)

    assert [span.span_id for span in read_trace(file, TRACE)] == ["1" * 16]


def test_span_without_fields_is_read(tmp_path: Path) -> None:
    """Missing and odd fields have defaults."""
    file = tmp_path / "traces.jsonl"
    file.write_text(
        json.dumps(
            {
                "resourceSpans": [
                    {
                        "scopeSpans": [
                            {"spans": [{"traceId": TRACE, "kind": "SPAN_KIND_CLIENT", "endTimeUnixNano": "x"}]}
                        ]
                    }
                ]
            }
        )
    )

    (span,) = read_trace(file, TRACE)

    assert (span.service, span.name, span.kind, span.status) == ("unknown", "(no name)", "client", "unset")
    assert (span.start_nanoseconds, span.duration_nanoseconds) == (0, 0)


def test_missing_file_gives_no_spans(tmp_path: Path) -> None:
    """Where there is no file there is no trace."""
    file = tmp_path / "missing" / "traces.jsonl"

    assert read_trace(file, TRACE) == []
    assert trace_files(file) == []


@pytest.mark.parametrize(
    "text",
    [
        TRACE,
        TRACE.upper(),
        f" {TRACE}\n",
        f"00-{TRACE}-00f067aa0ba902b7-01",
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
    ],
)
def test_trace_ids_are_taken_as_people_paste_them(text: str) -> None:
    """Upper case, spaces, dashes and a traceparent give the same id."""
    assert parse_trace_id(text) == TRACE


@pytest.mark.parametrize("text", ["", "xyz", TRACE[:-1], TRACE + "0", "g" * 32, "0" * 32, "x" * 1000])
def test_wrong_trace_ids_are_refused_in_one_line(text: str) -> None:
    """What is no trace id is said with what was expected."""
    with pytest.raises(AncloraOtelError, match=r"expected") as caught:
        parse_trace_id(text)

    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 250
