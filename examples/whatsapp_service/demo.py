"""
The demo: stack, stand-in API, service, worker and traffic, and what of it arrives.

    DEMO_SECONDS=60 make demo

Without ``DEMO_SECONDS`` it runs until Ctrl-C. It exits with 1 if a signal did not arrive, and names it.
``DEMO_STATE_DIR`` takes the place of the stack's state folder, ``DEMO_RATE`` of 8 requests a second.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from anclora_otel.errors import AncloraOtelError
from anclora_otel.stack import Places, Ports, Stack, Started, find_project
from anclora_otel.stack.owners import named_owner
from anclora_otel.stack.ports import is_free
from examples.whatsapp_service.arrivals import SERVICE, WORKER, Arrivals, Witnesses
from examples.whatsapp_service.board import Board
from examples.whatsapp_service.children import Children, DemoError
from examples.whatsapp_service.dashboards import served_dashboards
from examples.whatsapp_service.notifications import Notifications
from examples.whatsapp_service.sentry_stub import project
from examples.whatsapp_service.settings import ExampleSettings, SettingsError, variable_name
from examples.whatsapp_service.trace_file import TraceFile

SHOW_SECONDS = 3.0
START_SECONDS = 30.0
FINISH_SECONDS = 40.0
"""How long after the traffic's end all may take to arrive: retries, receipts and two export intervals."""

TRAFFIC_SHARE = 0.6
"""Share of the demo's time that has traffic; the rest lets delays, retries and receipts come to their end."""


@dataclass(frozen=True)
class DemoOptions:
    """Hold ``DEMO_SECONDS`` (None: for ever) and ``DEMO_RATE``, in requests a second."""

    seconds: float | None
    rate: float

    @classmethod
    def from_environment(cls) -> DemoOptions:
        """
        Read the variables.

        Raises:
            DemoError: one is no positive number.
        """
        return cls(_positive("DEMO_SECONDS"), _positive("DEMO_RATE") or 8.0)


def _positive(variable: str) -> float | None:
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise DemoError(f"{variable} is {text!r}; expected a number above 0")
    return value


class Demo:
    """
    Run the demo.

    Args:
        settings: the example's settings.
        options: how long, and how much traffic.
        stack: the stack, which is stopped in the end if the demo started it.
        board: where things are shown.
        sentry_dsn: where errors go.
    """

    def __init__(
        self, settings: ExampleSettings, options: DemoOptions, stack: Stack, board: Board, sentry_dsn: str
    ) -> None:
        self._sentry_dsn = sentry_dsn
        self._settings = settings
        self._options = options
        self._stack = stack
        self._board = board
        self._children = Children(stack.places.logs)
        self._notifications = Notifications(stack.places.notifications_file)
        self._began_at_seconds = time.time()
        self._began = time.monotonic()

    def run(self) -> int:
        """Start everything, watch, stop everything; give the exit code."""
        self._refuse_taken_ports()
        with ExitStack() as cleanup:
            cleanup.enter_context(self._running_stack())
            cleanup.callback(self._children.stop_all)
            trace_file = TraceFile(self._stack.places.trace_file)
            witnesses = Witnesses(
                self._stack.url("prometheus"), self._stack.url("loki"), trace_file, self._began_at_seconds
            )
            cleanup.callback(witnesses.close)
            dashboards = cleanup.enter_context(served_dashboards(self._stack))
            # Runs first: a second Ctrl-C must not leave anything behind.
            cleanup.callback(_ignore_signals)
            self._start_children()
            self._wait_for_first_figure(witnesses)
            self._say_urls(dashboards)
            try:
                self._watch(witnesses)
            except KeyboardInterrupt:
                self._board.show_final(witnesses.ask())
                if self._options.seconds is None:
                    return 0
                raise
            return self._finish(witnesses)

    def _refuse_taken_ports(self) -> None:
        for name in ("service_port", "api_port"):
            number = getattr(self._settings, name)
            if not is_free(number):
                remedy = f"stop it, or choose another by {variable_name(name)}"
                raise DemoError(
                    f"port {number} ({name.removesuffix('_port')}) is taken by {named_owner(number)}: {remedy}"
                )

    @contextmanager
    def _running_stack(self) -> Iterator[None]:
        self._board.say("starting the stack")
        ours: list[str] = []

        def progress(started: Started) -> None:
            if started.how != "running":
                ours.append(started.name)
            self._board.say(f"  {started.name:<12} {started.how} after {started.seconds:.1f} s  {started.url}")

        self._stack.up(progress)
        try:
            yield
        finally:
            for name in ours:
                self._stack.stop(name)

    def _start_children(self) -> None:
        settings, python = self._settings, sys.executable
        wrapper = [str(Path(python).parent / "anclora-otel"), "run", "--"]
        module = "examples.whatsapp_service"
        web = [python, "-m", "uvicorn", f"{module}.app:app", "--port", str(settings.service_port)]
        self._children.start("whatsapp-api", [python, "-m", f"{module}.whatsapp_api"], self._environment())
        self._children.start(
            SERVICE, [*wrapper, *web], {**self._environment(SERVICE), "ANCLORA_METRICS_PATH": "/metrics"}
        )
        self._children.start(WORKER, [*wrapper, python, "-m", f"{module}.worker"], self._environment(WORKER))
        self._children.wait_until_answers("whatsapp-api", f"{settings.api_url}/", START_SECONDS)
        self._children.wait_until_answers(SERVICE, f"{settings.service_url}/health", START_SECONDS)
        traffic = [python, "-m", f"{module}.traffic", "--json", "--rate", str(self._options.rate)]
        if self._options.seconds is not None:
            traffic += ["--seconds", str(self._options.seconds * TRAFFIC_SHARE)]
        self._children.start("traffic", traffic, self._environment())

    def _environment(self, service_name: str | None = None) -> dict[str, str]:
        grpc = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc"
        port = self._stack.ports.number("otlp_grpc" if grpc else "otlp_http")
        environment = {
            "REDIS_URL": f"{self._stack.url('redis')}/0",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "ANCLORA_ENVIRONMENT": "demo",
            "SENTRY_DSN": self._sentry_dsn,
        }
        return {**environment, "OTEL_SERVICE_NAME": service_name} if service_name else environment

    def _wait_for_first_figure(self, witnesses: Witnesses) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not witnesses.first_figure_arrived():
            self._children.check()
            if time.monotonic() > deadline:
                self._board.say(f"no figure from Prometheus within {START_SECONDS:.0f} s; going on")
                return
            time.sleep(0.2)
        self._board.say(f"first figure from Prometheus after {time.monotonic() - self._began:.1f} s")

    def _say_urls(self, dashboards: str) -> None:
        self._board.say(f"dashboards   {dashboards}")
        self._board.say(f"service      {self._settings.service_url}/docs and /metrics")
        for name in ("prometheus", "loki", "alertmanager"):
            self._board.say(f"{name:<12} {self._stack.url(name)}")
        self._board.say(
            f"notified     stand-ins for Slack, mail, PagerDuty: {self._stack.url('receivers')}/notifications"
        )
        self._board.say(f"traces       {self._stack.places.trace_file}")
        self._board.say(f"logs         {self._stack.places.logs}")

    def _watch(self, witnesses: Witnesses) -> None:
        end = None if self._options.seconds is None else time.monotonic() + self._options.seconds
        while end is None or time.monotonic() < end:
            self._children.check()
            self._say_notifications()
            self._board.show(time.monotonic() - self._began, witnesses.ask())
            time.sleep(SHOW_SECONDS if end is None else max(min(SHOW_SECONDS, end - time.monotonic()), 0.0))

    def _say_notifications(self) -> None:
        for line in self._notifications.new_lines():
            self._board.say(f"notified  {line}")

    def _finish(self, witnesses: Witnesses) -> int:
        deadline = time.monotonic() + FINISH_SECONDS
        accepted = self._accepted_by_traffic()
        arrivals = witnesses.ask()
        while not _is_complete(arrivals, accepted) and time.monotonic() < deadline:
            time.sleep(1.0)
            arrivals = witnesses.ask()
        self._say_notifications()
        self._board.show_final(arrivals)
        self._board.say(f"  accepted according to the traffic's own count: {accepted}")
        for name in arrivals.missing:
            self._board.say(f"did not arrive: {name}")
        return 1 if arrivals.missing else 0

    def _accepted_by_traffic(self) -> int | None:
        self._children.stop("traffic")
        try:
            return int(json.loads(self._children.output_file("traffic").read_text())["accepted"])
        except (OSError, ValueError, KeyError):
            return None


def _is_complete(arrivals: Arrivals, accepted: int | None) -> bool:
    done = (arrivals.figures["messages processed"] or 0) + (arrivals.figures["messages failed"] or 0)
    return not arrivals.missing and (accepted is None or done >= accepted)


class _Terminated(BaseException):
    """Raised by SIGTERM, so that everything is stopped on the way out."""


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise _Terminated


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def main() -> int:
    """Run the demo as the environment says."""
    signal.signal(signal.SIGTERM, _terminate)
    # A shell that starts the demo in the background has SIGINT ignored; it must stop the demo all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        state = os.environ.get("DEMO_STATE_DIR")
        places = Places.choose(find_project(Path.cwd()), os.environ, Path(state) if state else None)
        settings, options = ExampleSettings.from_environment(), DemoOptions.from_environment()
        board = Board(sys.stdout)
        with project(os.environ, board.say) as dsn:
            stack = Stack(places, Ports.choose(os.environ), {"ANCLORA_ENVIRONMENT": "demo", "SENTRY_DSN": dsn})
            return Demo(settings, options, stack, board, dsn).run()
    except (AncloraOtelError, DemoError, SettingsError) as error:
        sys.stderr.write(f"demo: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except _Terminated:
        return 128 + signal.SIGTERM


if __name__ == "__main__":
    sys.exit(main())
