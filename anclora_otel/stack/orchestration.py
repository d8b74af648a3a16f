"""The stack as a whole: up, down, status, and single components for tests."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack.alerting import Alerting
from anclora_otel.stack.components import COMPONENTS, Component, Launch, Wishes, find_component
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import Ports, refuse_taken
from anclora_otel.stack.processes import ProcessBook, ProcessRecord
from anclora_otel.stack.readiness import is_ready
from anclora_otel.stack.sentry_target import SENTRY_FILE, sentry_variables
from anclora_otel.stack.tools import Toolbox

READY_SECONDS = 60.0
"""How long a component may take until it is ready."""

_POLL_SECONDS = 0.05
_LOG_LINES_SHOWN = 10
_INHERITED = ("PATH", "HOME", "TZ", "TMPDIR")


@dataclass(frozen=True)
class Started:
    """
    How a component came up.

    Args:
        name: the component.
        how: ``started``, ``restarted`` because its configuration changed, or ``running`` already.
        seconds: from the start of the process until it was ready.
        url: its address.

    """

    name: str
    how: str
    seconds: float
    url: str


@dataclass(frozen=True)
class ComponentStatus:
    """
    How a component is.

    Args:
        name: the component.
        state: ``ready``, ``starting`` (runs, does not answer) or ``stopped``.
        version: empty where it is the machine's own.
        pid: `None` where it does not run.
        url: its address.
        uptime_seconds: since its process was started.
        resident_bytes: its memory.
        log: the file of its output.

    """

    name: str
    state: str
    version: str
    pid: int | None
    url: str
    uptime_seconds: float
    resident_bytes: int
    log: str


Progress = Callable[[Started], None]


class Stack:
    """
    Redis, Alertmanager, Prometheus, Loki and the collector on this machine.

    Args:
        places: its folders.
        ports: its ports; those of the last `up` where none are given.
        environment: the deployment environment's name goes to the collector from ``ANCLORA_ENVIRONMENT``, what
            ``SENTRY_DSN`` or ``SENTRY_DSN_FILE`` names gets traces and logs, and the variables of `tailed_files` say
            which files are read.
        alerting: where notifications go, and how fast; to the stand-ins unless told.

    """

    def __init__(
        self,
        places: Places,
        ports: Ports | None = None,
        environment: Mapping[str, str] | None = None,
        alerting: Alerting | None = None,
    ) -> None:
        self.places = places
        self.ports = ports or Ports.load(self._ports_file) or Ports()
        self._environment = dict(environment or {})
        self.alerting = alerting or Alerting()
        self._book = ProcessBook(places.run)
        self._toolbox = Toolbox(places.tools, places.project)

    def up(self, progress: Progress | None = None) -> tuple[Started, ...]:
        """
        Start what does not run, start anew what runs in another way, and wait until everything is ready.

        Args:
            progress: is called for each component once it is ready.

        Raises:
            StackError: a program is missing, a port is taken, or a component did not become ready; what this
                call started is stopped again.

        """
        with self._lock():
            launches = {component.name: self._launch(component) for component in COMPONENTS}
            how = self._prepare(launches)
            self.ports.save(self._ports_file)
            fresh = [component for component in COMPONENTS if how[component.name] != "running"]
            try:
                for component in fresh:
                    self._spawn(component, launches[component.name])
                return self._await(COMPONENTS, how, progress)
            except BaseException:
                for component in reversed(fresh):
                    self._book.stop(component.name)
                raise

    def down(self) -> tuple[str, ...]:
        """Stop what this stack started and nothing else; give the names of what ran."""
        with self._lock():
            return tuple(each.name for each in reversed(COMPONENTS) if self._book.stop(each.name))

    def status(self) -> tuple[ComponentStatus, ...]:
        """Tell how each component is."""
        return tuple(self._status(component) for component in COMPONENTS)

    def start(self, name: str) -> Started:
        """
        Start one component and wait until it is ready.

        Raises:
            StackError: as `up`.

        """
        component = find_component(name)
        how = "running" if self._book.find(name) else "started"
        if how == "started":
            refuse_taken(self.ports, component.ports)
            self._spawn(component, self._launch(component))
        return self._await((component,), {name: how}, None)[0]

    def stop(self, name: str) -> bool:
        """Stop one component and say whether it ran."""
        return self._book.stop(find_component(name).name)

    def kill(self, name: str) -> bool:
        """Kill one component by SIGKILL, as a crash would, and say whether it ran."""
        return self._book.kill(find_component(name).name)

    def process_id(self, name: str) -> int | None:
        """Give the process id of a component, or `None` where it does not run."""
        record = self._book.find(find_component(name).name)
        return record.pid if record else None

    def write_files(self, name: str) -> None:
        """Render the files of a component anew, without starting it."""
        _write_files(self._launch(find_component(name)))

    def ready_url(self, name: str) -> str:
        """Give the address that tells whether a component can be used."""
        return find_component(name).ready_url(self.ports)

    def url(self, name: str) -> str:
        """Give the address of a component; the collector's is that of OTLP over HTTP."""
        return find_component(name).url(self.ports)

    def log_file(self, name: str) -> Path:
        """Give the file of a component's output."""
        return self.places.logs / f"{name}.log"

    @property
    def _ports_file(self) -> Path:
        return self.places.state / "ports.json"

    def _launch(self, component: Component) -> Launch:
        launch = component.launch(self.places, self._toolbox, self.ports, Wishes(self._environment, self.alerting))
        variables = sentry_variables(self._environment) if component.name == "collector" else {}
        return launch.with_configuration(self.places.project / SENTRY_FILE, variables) if variables else launch

    def _full_environment(self, launch: Launch) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        own = {key: value for key, value in self._environment.items() if key == "ANCLORA_ENVIRONMENT"}
        return {**inherited, **own, **launch.environment}

    def _prepare(self, launches: Mapping[str, Launch]) -> dict[str, str]:
        records = {component.name: self._book.find(component.name) for component in COMPONENTS}
        how: dict[str, str] = {}
        for name, record in records.items():
            same = record is not None and record.fingerprint == launches[name].fingerprint
            how[name] = "running" if same else "restarted" if record else "started"
        for component in reversed(COMPONENTS):
            if how[component.name] == "restarted":
                self._book.stop(component.name)
        fresh = [component for component in COMPONENTS if how[component.name] != "running"]
        refuse_taken(self.ports, [port for component in fresh for port in component.ports])
        return how

    def _spawn(self, component: Component, launch: Launch) -> ProcessRecord:
        _write_files(launch)
        environment = self._full_environment(launch)
        log = self.log_file(component.name)
        return self._book.start(component.name, launch.command, environment, log, launch.fingerprint)

    def _await(
        self, components: Sequence[Component], how: Mapping[str, str], progress: Progress | None
    ) -> tuple[Started, ...]:
        began = time.monotonic()
        waiting, ready = list(components), []
        while waiting:
            for component in tuple(waiting):
                seconds = time.monotonic() - began
                if self._is_ready(component, seconds):
                    waiting.remove(component)
                    ready.append(Started(component.name, how[component.name], seconds, component.url(self.ports)))
                    if progress is not None:
                        progress(ready[-1])
            if waiting:
                time.sleep(_POLL_SECONDS)
        return tuple(ready)

    def _is_ready(self, component: Component, seconds: float) -> bool:
        if self._book.find(component.name) is None:
            raise StackError(self._failure(component.name, "ended while it started"))
        if is_ready(component.ready_url(self.ports)):
            return True
        if seconds > READY_SECONDS:
            raise StackError(self._failure(component.name, f"is not ready after {READY_SECONDS:.0f} s"))
        return False

    def _failure(self, name: str, what: str) -> str:
        log = self.log_file(name)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        tail = "".join(f"\n  {line}" for line in lines[-_LOG_LINES_SHOWN:])
        return f"{name} {what}; the last lines of {log}:{tail}"

    def _status(self, component: Component) -> ComponentStatus:
        record = self._book.find(component.name)
        state = "stopped"
        if record is not None:
            state = "ready" if is_ready(component.ready_url(self.ports)) else "starting"
        return ComponentStatus(
            component.name,
            state,
            component.version,
            record.pid if record else None,
            component.url(self.ports),
            time.time() - record.started_at if record else 0.0,
            record.resident_bytes if record else 0,
            str(self.log_file(component.name)),
        )

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self.places.run.mkdir(parents=True, exist_ok=True)
        with (self.places.run / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(
                    f"another `anclora-otel stack` is at work in {self.places.state}: wait for it"
                ) from None
            yield


def _write_files(launch: Launch) -> None:
    for folder in launch.folders:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file, text in launch.files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(text)
