"""
The one place that speaks to sentry-sdk: starts it, gives it events, ends it.

Its own instrumentation stays off. Traces go by OpenTelemetry and the collector, log lines by ours, so that nothing is
sent twice; what is on links an error to its trace and hears of uncaught exceptions.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.modules import ModulesIntegration
from sentry_sdk.integrations.otlp import OTLPIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.utils import event_from_exception

from anclora_otel import sightings
from anclora_otel._guard import report_fault
from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.sentry.levels import SentryLevel
from anclora_otel.sentry.limits import bounded_extra, bounded_tags
from anclora_otel.sentry.losses import count_dropped
from anclora_otel.sentry.noise import NoiseFilter, NoiseRule
from anclora_otel.sentry.scrubbing import scrub_event, scrub_user
from anclora_otel.sentry.transport import CountingTransport, quieten_http

BeforeSend = Callable[[dict[str, Any], dict[str, Any]], "dict[str, Any] | None"]
"""What may change an event before it is scrubbed, or leave it out by giving None."""

_QUEUE_SIZE = 100
_CRUMBS = 50
_CRUMB_CHARACTERS = 1000

_by_us = contextvars.ContextVar("anclora_otel_sentry_by_us", default=False)


@dataclass(frozen=True)
class SentryOptions:
    """
    How errors go to Sentry.

    Args:
        dsn: the project.
        environment, release: of the issues; empty where there is none.
        noise: names and rules of the errors that become no issue.
        before_send: the application's own hook.
        witness: is told of an error that the SDK found by itself, so that log and trace have it too.

    """

    dsn: str = field(repr=False)
    environment: str
    release: str
    noise: tuple[str | NoiseRule, ...]
    before_send: BeforeSend | None
    witness: Callable[[BaseException], None]


class SentryClient:
    """
    Send errors to one project of Sentry.

    Args:
        options: where to, and what is left out.

    """

    def __init__(self, options: SentryOptions) -> None:
        self._options = options
        self._noise = NoiseFilter(options.noise)
        self.account = ExportAccount("sentry", _QUEUE_SIZE)
        self._start()

    def capture(self, error: BaseException, **about: Any) -> str | None:
        """Send an exception as an issue; see `_exception_event` for what may be told about it."""
        if not sightings.first(error, "issue"):
            return None
        if self._noise.is_noise(error):
            count_dropped()
            return None
        event, hint = _exception_event(error, **about)
        return self._send(event, hint, about.get("tags"), about.get("extra"))

    def capture_message(self, message: str, level: SentryLevel) -> str | None:
        """Send a message as an issue."""
        return self._send({"message": message, "level": level}, {}, None, None)

    def set_user(self, user: object) -> None:
        """Say whom the errors of this request or job concern; the id alone is kept."""
        sentry_sdk.set_user(scrub_user(user) or None)

    def add_breadcrumb(
        self, message: str, category: str, level: SentryLevel, data: Mapping[str, object] | None
    ) -> None:
        """
        Remember what happened on the way to an error.

        Personal data is taken out when an event takes the breadcrumbs along, and not for each log line.
        """
        crumb: dict[str, Any] = {"message": message[:_CRUMB_CHARACTERS], "category": category, "level": level}
        if data:
            crumb["data"] = bounded_extra(data)
        sentry_sdk.add_breadcrumb(crumb)

    @contextlib.contextmanager
    def isolated(self) -> Iterator[None]:
        """Keep user and breadcrumbs of a request or a job to itself."""
        with sentry_sdk.isolation_scope():
            yield

    def flush(self, timeout_seconds: float) -> bool:
        """Send what waits, and say whether nothing waits any more."""
        sentry_sdk.flush(timeout=timeout_seconds)
        return not self.account.counts().waiting

    def close(self, timeout_seconds: float) -> None:
        """Send what waits and end."""
        sentry_sdk.get_client().close(timeout=timeout_seconds)
        CountingTransport.account = None

    def after_fork(self) -> None:
        """Start anew in a forked child, which must send nothing that its parent sends."""
        self.account.clear()
        self._start()

    def _start(self) -> None:
        CountingTransport.account = self.account
        quieten_http()
        sentry_sdk.init(
            dsn=self._options.dsn,
            environment=self._options.environment or "production",
            # An empty one keeps the SDK from asking git; it is left out of the events.
            release=self._options.release,
            # Errors are never sampled. What is sampled for Sentry is its traces, in the collector.
            sample_rate=1.0,
            traces_sample_rate=None,
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[
                # The exporter would go past the collector, and the propagator replace the global one.
                OTLPIntegration(setup_otlp_traces_exporter=False, setup_propagator=False, capture_exceptions=False),
                ExcepthookIntegration(),
                ModulesIntegration(),
                ThreadingIntegration(),
            ],
            include_local_variables=False,
            max_breadcrumbs=_CRUMBS,
            max_request_body_size="never",
            auto_session_tracking=False,
            enable_metrics=False,
            spotlight=False,
            transport=CountingTransport,
            transport_queue_size=_QUEUE_SIZE,
            before_send=self._before_send,  # type: ignore[arg-type]
        )

    def _send(
        self,
        event: dict[str, Any],
        hint: dict[str, Any],
        tags: Mapping[str, object] | None,
        extra: Mapping[str, object] | None,
    ) -> str | None:
        token = _by_us.set(True)
        try:
            with sentry_sdk.new_scope() as scope:
                for key, value in bounded_tags(tags).items():
                    scope.set_tag(key, value)
                for key, each in bounded_extra(extra).items():
                    scope.set_extra(key, each)
                return scope.capture_event(event, hint)  # type: ignore[arg-type]
        finally:
            _by_us.reset(token)

    def _before_send(self, event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any] | None:
        """Decide about an event of ours, of the SDK or of the application, and scrub it; a fault drops it."""
        try:
            error = _error_of(hint)
            if error is not None and not _by_us.get() and not self._is_new(error):
                return None
            if self._options.before_send is not None:
                changed = self._options.before_send(event, hint)
                if changed is None:
                    return None
                event = changed
            # Files cannot be examined.
            hint["attachments"] = []
            return scrub_event(_with_trace(event, error))
        except Exception as fault:
            count_dropped("encoding")
            report_fault("before_send of Sentry", fault)
            return None

    def _is_new(self, error: BaseException) -> bool:
        """Do for an error that the SDK found by itself what is done for those that pass through us."""
        if not sightings.first(error, "issue"):
            return False
        self._options.witness(error)
        if self._noise.is_noise(error):
            count_dropped()
            return False
        return True


def _exception_event(
    error: BaseException,
    *,
    level: SentryLevel = "error",
    handled: bool = True,
    message: str = "",
    logger: str = "",
    **_: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    event, hint = event_from_exception(
        error,
        client_options=sentry_sdk.get_client().options,
        mechanism={"type": "anclora_otel", "handled": handled},
    )
    found: dict[str, Any] = {**event, "level": level}
    if message:
        found["logentry"] = {"formatted": message}
    if logger:
        found["logger"] = logger
    transaction = sightings.transaction_of(error)
    if transaction:
        found["transaction"] = transaction
    return found, dict(hint)


def _with_trace(event: dict[str, Any], error: BaseException | None) -> dict[str, Any]:
    """Link an event to the span in which its error was seen, which may have ended since."""
    span = sightings.span_of(error)
    if span is None:
        return event
    context = span.get_span_context()
    trace = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    contexts = event.get("contexts") or {}
    return {**event, "contexts": {**contexts, "trace": {**(contexts.get("trace") or {}), **trace}}}


def _error_of(hint: Mapping[str, Any]) -> BaseException | None:
    information: Sequence[Any] | None = hint.get("exc_info")
    error = information[1] if information else None
    return error if isinstance(error, BaseException) else None
