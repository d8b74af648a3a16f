"""
Take personal data and secrets out of what goes to Sentry, by the one policy of `anclora_otel.redaction`.

An event is read after the SDK has turned it into plain values. What cannot be examined is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from anclora_otel.pipeline.plain_values import safe_text, well_formed
from anclora_otel.redaction import FAILURE_MASK, contains_personal_data, redact_text, redact_value

_LEFT_ALONE = frozenset(
    {"event_id", "timestamp", "platform", "level", "type", "sdk", "modules", "release", "environment", "dist", "_meta"}
)
_OF_THE_PROCESS = frozenset({"trace", "runtime", "os"})
_MASKED_ID = "[id]"
_MAX_DEPTH = 30


class ScrubbingError(Exception):
    """Raised when an event cannot be examined, so that it must not be sent."""


def scrub_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """
    Give a copy of an event without personal data and secrets.

    Cookies, request bodies, the process's variables and the values of local variables are left out; of the user the id
    alone is kept.

    Raises:
        ScrubbingError: a part of it could not be examined.

    """
    found = _well_formed(event, 0)
    scrubbed: dict[str, Any] = {}
    for key, value in found.items():
        if key == "user":
            scrubbed[key] = scrub_user(value)
        elif key == "request":
            scrubbed[key] = _scrub_request(value)
        elif key == "contexts" and isinstance(value, dict):
            scrubbed[key] = {
                name: each if name in _OF_THE_PROCESS else _scrub(name, each) for name, each in value.items()
            }
        else:
            scrubbed[key] = value if key in _LEFT_ALONE else _scrub(key, value)
    return {key: value for key, value in scrubbed.items() if value not in ("", {})}


def scrub_user(user: object) -> dict[str, str]:
    """Keep the id of a user and nothing else; an id that is a telephone number or an e-mail address is masked."""
    found = user.get("id") if isinstance(user, Mapping) else user
    if found is None or isinstance(found, bool):
        return {}
    text = safe_text(found)
    masked = redact_text(text)
    if masked == text and contains_personal_data(text):
        masked = safe_text(redact_value("phone", text))
        if masked == text:
            masked = _MASKED_ID
    return {"id": masked} if masked else {}


def _scrub(key: str, value: Any) -> Any:
    result = redact_value(key, value)
    if result == FAILURE_MASK or (isinstance(result, Mapping) and result.get("redaction") == FAILURE_MASK):
        raise ScrubbingError(f"the event's {key} cannot be examined")
    return result


def _scrub_request(request: Any) -> dict[str, Any]:
    if not isinstance(request, dict):
        return {}
    kept: dict[str, Any] = {}
    if isinstance(request.get("method"), str):
        kept["method"] = redact_text(request["method"])
    if isinstance(request.get("url"), str):
        kept["url"] = redact_text(request["url"].partition("?")[0])
    query = _pairs(request.get("query_string"))
    if query:
        kept["query_string"] = urlencode([(redact_text(name), safe_text(_scrub(name, value))) for name, value in query])
    headers = dict(_pairs(request.get("headers")))
    if headers:
        kept["headers"] = {redact_text(name): _scrub(name, value) for name, value in headers.items()}
    return kept


def _pairs(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return parse_qsl(value.removeprefix("?"), keep_blank_values=True, max_num_fields=None)
    if isinstance(value, dict):
        return [(safe_text(name), safe_text(each)) for name, each in value.items()]
    if isinstance(value, list):
        return [(safe_text(pair[0]), safe_text(pair[1])) for pair in value if isinstance(pair, list) and len(pair) == 2]
    return []


def _well_formed(value: Any, depth: int) -> Any:
    """Copy plain values, with lone surrogates as escapes and without local variables."""
    if depth > _MAX_DEPTH:
        raise ScrubbingError("the event is nested too deeply to be examined")
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Mapping):
        is_frame = "lineno" in value and "vars" in value
        return {
            safe_text(key): _well_formed(each, depth + 1)
            for key, each in value.items()
            if not (is_frame and key == "vars")
        }
    if isinstance(value, (list, tuple)):
        return [_well_formed(each, depth + 1) for each in value]
    return value
