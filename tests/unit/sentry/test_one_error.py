"""One error is one issue, one log line and one span event, whatever it passes through."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from anclora_otel.logs import log_error
from anclora_otel.sentry import capture_exception, with_queue_processor, with_sentry, with_whatsapp_call
from tests.unit.sentry.conftest import Seen

log = logging.getLogger("bot")


class Job:
    """A job as BullMQ hands it out."""

    def __init__(self, attempts: int = 1, made: int = 0) -> None:
        self.id = "17"
        self.name = "send"
        self.attemptsMade = made
        self.opts = {"attempts": attempts}


@with_queue_processor("messages")
@with_sentry("message.send")
@with_whatsapp_call("/message/sendText/{instance}")
async def process(_job: Job, _token: str) -> None:
    """Fail below three wrappers."""
    raise RuntimeError("the view is broken")


def raised(seen: Seen, *, logged: bool = False) -> RuntimeError:
    """Raise through three wrappers within a span, and catch."""
    try:
        with seen.tracer.start_as_current_span("outer"), seen.tracer.start_as_current_span("inner"):
            asyncio.run(process(Job(), "token"))
    except RuntimeError as error:
        if logged:
            log.exception("the job failed")
        return error
    raise AssertionError


def test_three_wrappers(seen: Seen) -> None:
    """Raised on through three wrappers and two spans."""
    raised(seen)

    seen.assert_one_each()
    assert seen.span_events[0][0].name == "inner"


def test_tags_are_those_of_the_innermost_wrapper(seen: Seen) -> None:
    """The wrapper nearest to the fault says what was going on."""
    raised(seen)

    expected = {"operation": "whatsapp.call", "whatsapp.endpoint": "/message/sendText/{instance}"}
    assert expected.items() <= dict(seen.only_issue()["tags"]).items()


def test_every_way_there_is(seen: Seen) -> None:
    """Logged, captured and logged by the web server after the wrappers."""
    error = raised(seen, logged=True)
    log_error(error)
    capture_exception(error)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)

    seen.assert_one_each()


def test_logged_first(seen: Seen) -> None:
    """The application logs within a wrapper: its own line stays, and no other is written."""

    @with_sentry("outer")
    def run() -> None:
        try:
            raise RuntimeError("broken")
        except RuntimeError:
            log.exception("caught")
            raise

    with pytest.raises(RuntimeError), seen.tracer.start_as_current_span("work"):
        run()

    seen.assert_one_each()
    assert [line.message for line in seen.lines] == ["caught"]


def test_a_line_after_the_end_of_the_span(seen: Seen) -> None:
    """What a web server logs when the request's span has ended has the trace all the same."""
    caught: list[RuntimeError] = []
    try:
        with seen.tracer.start_as_current_span("GET /failing"):
            raise RuntimeError("broken")
    except RuntimeError as error:
        caught.append(error)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=caught[0])

    seen.assert_one_each()
    assert seen.only_issue()["transaction"] == "GET /failing"


def test_an_exception_from_another_is_another_error(seen: Seen) -> None:
    """A chained exception is a new error, with its cause in the same issue."""

    @with_sentry("outer")
    def run() -> None:
        try:
            with with_sentry("inner"):
                raise RuntimeError("first")
        except RuntimeError as error:
            raise LookupError("second") from error

    with pytest.raises(LookupError), seen.tracer.start_as_current_span("work"):
        run()

    assert [[value["type"] for value in issue["exception"]["values"]] for issue in seen.issues] == [
        ["RuntimeError"],
        ["RuntimeError", "LookupError"],
    ]
    assert 2 == len(seen.lines) == len(seen.span_events)


def test_one_object_in_two_traces_is_two_errors(seen: Seen) -> None:
    """An exception object that is kept and raised in each request is reported for each."""
    kept = RuntimeError("kept")
    for _ in range(2):
        with pytest.raises(RuntimeError), seen.tracer.start_as_current_span("request"), with_sentry("work"):
            raise kept

    assert 2 == len(seen.issues) == len(seen.lines) == len(seen.span_events)


def test_two_equal_errors_are_two(seen: Seen) -> None:
    """Two objects with the same text are two errors."""
    for _ in range(2):
        with pytest.raises(RuntimeError), with_sentry("work"):
            raise RuntimeError("again")

    assert 2 == len(seen.issues) == len(seen.lines)


def test_without_a_trace(seen: Seen) -> None:
    """Where nothing is traced, an error is one issue and one line."""
    with pytest.raises(RuntimeError), with_sentry("outer"), with_sentry("inner"):
        raise RuntimeError("broken")

    assert 1 == len(seen.issues) == len(seen.lines)


def test_generators_of_both_kinds(seen: Seen) -> None:
    """A generator and an asynchronous one report what they raise, and pass values both ways."""

    @with_sentry("numbers")
    def numbers() -> Iterator[int]:
        yield 1
        raise RuntimeError("no more numbers")

    @with_sentry("letters")
    async def letters() -> AsyncIterator[str]:
        yield "a"
        raise RuntimeError("no more letters")

    async def read() -> list[str]:
        return [letter async for letter in letters()]

    with pytest.raises(RuntimeError, match="numbers"):
        list(numbers())
    with pytest.raises(RuntimeError, match="letters"):
        asyncio.run(read())

    assert [dict(issue["tags"])["operation"] for issue in seen.issues] == ["numbers", "letters"]


def test_cancellation_and_exit_are_no_errors(seen: Seen) -> None:
    """What ends a task or a process on purpose is not reported."""
    for kind in (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
        with pytest.raises(kind), with_sentry("work"):
            raise kind

    assert seen.issues == []
    assert seen.lines == []


@pytest.mark.parametrize("attempt", [1, 2, 3, 4])
def test_a_job_is_an_issue_when_it_failed_for_good(seen: Seen, attempt: int) -> None:
    """A failure after which the job is tried again is a line of level warn, the last one an issue."""
    with pytest.raises(RuntimeError), seen.tracer.start_as_current_span("job"):
        asyncio.run(process(Job(attempts=4, made=attempt - 1), "token"))

    is_last = attempt == 4
    assert (1 if is_last else 0) == len(seen.issues)
    assert ["error" if is_last else "warn"] == [line.level.name for line in seen.lines]
    assert len(seen.span_events) == 1


def test_what_the_application_reports_in_a_job_does_not_wait(seen: Seen) -> None:
    """Captured or logged by the application, an error is an issue even if the job will be tried again."""

    @with_queue_processor("messages")
    def run(_job: Job) -> None:
        capture_exception(RuntimeError("captured"))
        try:
            raise LookupError("logged")
        except LookupError:
            log.exception("it failed")

    run(Job(attempts=4))

    assert 2 == len(seen.issues) == len(seen.lines)


def test_a_job_that_must_not_be_tried_again(seen: Seen) -> None:
    """BullMQ's UnrecoverableError fails a job for good at its first attempt."""
    from bullmq import UnrecoverableError

    @with_queue_processor("messages")
    def run(_job: Job) -> None:
        raise UnrecoverableError("no such instance")

    with pytest.raises(UnrecoverableError):
        run(Job(attempts=4))

    tags = dict(seen.only_issue()["tags"])
    assert tags == {"queue": "messages", "job_name": "send", "attempt": "1"}


class Group(Exception):  # noqa: N818 - stands for ExceptionGroup, which Python 3.10 lacks
    """An exception with members, as ExceptionGroup is one."""

    def __init__(self, *members: Exception) -> None:
        super().__init__("several")
        self.exceptions = members


def test_a_group_whose_members_are_known(seen: Seen) -> None:
    """A group tells nothing new when each of its members was reported."""
    member = RuntimeError("member")
    with pytest.raises(RuntimeError), with_sentry("member"):
        raise member
    with pytest.raises(Group), with_sentry("group"):
        raise Group(member)

    assert len(seen.issues) == 1


def test_a_group_with_a_new_member(seen: Seen) -> None:
    """A group with a member that nobody has seen is a new error."""
    member = RuntimeError("member")
    with pytest.raises(RuntimeError), with_sentry("member"):
        raise member
    with pytest.raises(Group), with_sentry("group"):
        raise Group(member, LookupError("new"))

    assert len(seen.issues) == 2
