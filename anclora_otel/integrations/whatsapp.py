"""Record the calls of a WhatsApp API client: one metric, one span and one outcome for each attempt."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.trace import Span, Status, StatusCode

from anclora_otel._guard import complaints, guarded
from anclora_otel.catalogue.labels import REDACTED_VALUE, Method
from anclora_otel.catalogue.labels import StatusCode as StatusLabel
from anclora_otel.recorders.whatsapp import record_rate_limit_hit, record_whatsapp_api_call
from anclora_otel.redaction import contains_personal_data, looks_like_identifier
from anclora_otel.tracing import span

__all__ = ["WhatsAppCall", "whatsapp_call"]

RATE_LIMITED = 429
"""Source: RFC 6585, "429 Too Many Requests"."""

_FIRST_ERROR = 400
_RAW_NUMBER = re.compile("[0-9]{6}")


class WhatsAppCall:
    """What is known of a call under way; `whatsapp_call` gives one."""

    def __init__(self) -> None:
        self.status_code: int | None = None

    def answered(self, status_code: int) -> None:
        """
        Tell the HTTP status of the answer.

        Args:
            status_code: such as 200.

        """
        self.status_code = status_code


@contextmanager
def whatsapp_call(
    endpoint: str, method: Method = "POST", *, instance_name: str = "", server_address: str = ""
) -> Iterator[WhatsAppCall]:
    """
    Record one attempt of a call to the WhatsApp API, whatever becomes of it, in synchronous and asynchronous code.

    Tell the answer's status by ``call.answered(response.status_code)``. An exception that leaves the block counts as
    ``timeout`` or ``connection_error``; it goes through. A 429 counts as a hit of the rate limit as well. The span of
    the HTTP client itself is left out, since its URL may hold what the route template does not, such as a number.

    Args:
        endpoint: the route template, such as ``/message/sendText/{instance}``; never a raw path.
        method: HTTP method.
        instance_name: the WhatsApp instance, for the rate limit.
        server_address: host of the API, or an empty string.

    Source of the attributes: OpenTelemetry semantic conventions, "HTTP client span".
    """
    template = _checked(endpoint)
    call = WhatsAppCall()
    attributes = {"http.request.method": method, "url.template": template}
    if server_address:
        attributes["server.address"] = server_address
    with span(f"{method} {template}", attributes, kind="client") as current:
        started = time.perf_counter()
        failure: BaseException | None = None
        try:
            with suppress_http_instrumentation():
                yield call
        except BaseException as error:
            failure = error
            raise
        finally:
            status = status_label(call.status_code, failure)
            record_whatsapp_api_call(template, method, status, time.perf_counter() - started)
            if call.status_code == RATE_LIMITED:
                record_rate_limit_hit(instance_name or "unknown")
            _describe(current, call.status_code, status)


def status_label(status_code: int | None, failure: BaseException | None) -> int | StatusLabel:
    """Give the status of a call: that of its answer, or what kept it from having one."""
    if isinstance(status_code, int):
        return status_code
    if failure is None:
        complaints.say("whatsapp_call", "a call of whatsapp_call has no status: call answered(response.status_code)")
        return "other"
    names = [kind.__name__ for kind in type(failure).__mro__]
    if any("Timeout" in name for name in names):
        return "timeout"
    # httpx and requests have no exception of the standard library in common.
    is_network = isinstance(failure, OSError) or any(name in ("TransportError", "ConnectionError") for name in names)
    return "connection_error" if is_network else "other"


@guarded
def _describe(current: Span, status_code: int | None, status: int | StatusLabel) -> None:
    if isinstance(status_code, int):
        current.set_attribute("http.response.status_code", status_code)
    if isinstance(status, str) or status >= _FIRST_ERROR:
        current.set_attribute("error.type", str(status))
        current.set_status(Status(StatusCode.ERROR))


def _checked(endpoint: str) -> str:
    if isinstance(endpoint, str) and not (
        _RAW_NUMBER.search(endpoint) or contains_personal_data(endpoint) or looks_like_identifier(endpoint)
    ):
        return endpoint
    complaints.say(
        "whatsapp_call endpoint",
        "the endpoint of whatsapp_call is no route template: give one such as /message/sendText/{instance}, never a "
        "raw path with a number or an id",
    )
    return REDACTED_VALUE
