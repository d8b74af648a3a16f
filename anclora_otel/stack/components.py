"""What the stack consists of, and how each component is started."""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from anclora_otel.catalogue.alerts.declarations import EXPORT_INTERVAL
from anclora_otel.errors import StackError
from anclora_otel.stack import tools, versions
from anclora_otel.stack.alerting import Alerting, alertmanager_folder
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import HOST, Ports
from anclora_otel.stack.redis_server import find_redis_server
from anclora_otel.stack.rendering import prometheus_configuration
from anclora_otel.stack.scaled_prometheus import clock_options, on_the_clock, own_rules, scope_of
from anclora_otel.stack.tailed_files import tailed_environment
from anclora_otel.stack.tools import Toolbox

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
"""No variables."""


@dataclass(frozen=True)
class Launch:
    """
    Everything that it takes to start a component.

    Args:
        command: program and arguments.
        environment: what it sees of the environment, besides what every component sees.
        folders: are created first.
        files: text by path, written first; nobody else can read them.
        configuration: further text that decides how it runs, so that a change of it starts it anew.

    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    files: Mapping[Path, str] = field(default_factory=dict)
    configuration: str = ""

    def with_configuration(self, file: Path, environment: Mapping[str, str] = NO_VARIABLES) -> Launch:
        """Give the same with one more file of configuration, and the variables that it reads."""
        return replace(
            self,
            command=(*self.command, f"--config={file}"),
            environment={**self.environment, **environment},
            configuration=self.configuration + file.read_text(),
        )

    @property
    def fingerprint(self) -> str:
        """Give what changes when the component would be started in another way."""
        parts = (self.command, sorted(self.environment.items()), sorted(map(str, self.files.items())))
        return hashlib.sha256(repr((parts, self.configuration)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Wishes:
    """
    What the user of a stack wants of it.

    Args:
        environment: the user's environment, from which some components take variables.
        alerting: where notifications go, and how fast.

    """

    environment: Mapping[str, str]
    alerting: Alerting


@dataclass(frozen=True)
class Component:
    """
    A component of the stack.

    Args:
        name: what the user calls it.
        version: its version, as far as it is ours to choose.
        ports: names of its ports in `Ports`, the one that users know first.
        launch: says how it is started, the last argument being what the user wants of the stack.
        ready_port: name of the port that tells whether it can be used.
        ready_path: answers 200 on that port once it can; empty where PONG is awaited as from Redis.

    """

    name: str
    version: str
    ports: tuple[str, ...]
    launch: Callable[[Places, Toolbox, Ports, Wishes], Launch]
    ready_port: str
    ready_path: str = ""

    @property
    def scheme(self) -> str:
        """Give the scheme of the component's address."""
        return "http" if self.ready_path else "redis"

    def url(self, ports: Ports) -> str:
        """Give the component's address; the collector's is that of OTLP over HTTP."""
        return f"{self.scheme}://{HOST}:{ports.number(self.ports[0])}"

    def ready_url(self, ports: Ports) -> str:
        """Give the address that tells whether the component can be used."""
        return f"{self.scheme}://{HOST}:{ports.number(self.ready_port)}{self.ready_path}"


def _redis(places: Places, _toolbox: Toolbox, ports: Ports, _wishes: Wishes) -> Launch:
    folder = places.state / "redis"
    command = [str(find_redis_server()), "--port", str(ports.redis), "--bind", HOST, "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
    return Launch(tuple(command), folders=(folder,))


def _receivers(places: Places, _toolbox: Toolbox, ports: Ports, _wishes: Wishes) -> Launch:
    command = [sys.executable, "-m", "anclora_otel.cli", "receivers", "--port", str(ports.receivers)]
    command += ["--smtp-port", str(ports.receivers_smtp), "--output", str(places.notifications_file)]
    return Launch(tuple(command), {"PYTHONUNBUFFERED": "1"}, folders=(places.notifications_file.parent,))


def _alertmanager(places: Places, toolbox: Toolbox, ports: Ports, wishes: Wishes) -> Launch:
    folder, data = places.state / "config" / "alertmanager", places.state / "alertmanager"
    rendered = alertmanager_folder(places, ports, wishes.alerting, folder)
    command = (
        str(toolbox.executable(tools.ALERTMANAGER)),
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={data}",
        f"--web.listen-address={HOST}:{ports.alertmanager}",
        f"--web.external-url=http://{HOST}:{ports.alertmanager}",
        f"--dispatch.start-delay={wishes.alerting.start_delay}",
        # One alone: it needs no port for others.
        "--cluster.listen-address=",
        "--enable-feature=utf8-strict-mode",
    )
    return Launch(command, {"GOMEMLIMIT": "128MiB"}, folders=(data, folder / "secrets"), files=rendered)


def _prometheus(places: Places, toolbox: Toolbox, ports: Ports, wishes: Wishes) -> Launch:
    data, configuration = places.state / "prometheus", places.state / "config" / "prometheus.yml"
    rules = own_rules(wishes.alerting, places.state / "config" / "rules")
    rules_folder = places.state / "config" / "rules" if rules else places.project / "rules"
    text = on_the_clock(prometheus_configuration(places, ports, rules_folder), wishes.alerting)
    command = (
        str(toolbox.executable(tools.PROMETHEUS)),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=15d",
        "--storage.tsdb.retention.size=4GB",
        f"--web.listen-address={HOST}:{ports.prometheus}",
        "--web.enable-otlp-receiver",
        "--web.enable-lifecycle",
        # The first makes a counter whose first point is 1 count as an increase of 1.
        "--enable-feature=created-timestamp-zero-ingestion,exemplar-storage",
        *clock_options(wishes.alerting),
    )
    return Launch(
        command,
        {"GOMEMLIMIT": "512MiB"},
        folders=(data,),
        files={configuration: text, **rules},
        configuration="".join(file.read_text() for file in sorted((places.project / "rules").glob("*.yaml"))),
    )


def _loki(places: Places, toolbox: Toolbox, ports: Ports, _wishes: Wishes) -> Launch:
    configuration = places.project / "compose" / "loki" / "loki.yaml"
    data = places.state / "loki"
    command = (
        str(toolbox.executable(tools.LOKI)),
        f"-config.file={configuration}",
        "-config.expand-env=true",
    )
    environment = {
        "GOMEMLIMIT": "512MiB",
        "LOKI_LISTEN": HOST,
        "LOKI_PORT": str(ports.loki),
        "LOKI_GRPC_PORT": str(ports.loki_grpc),
        "LOKI_DATA": str(data),
    }
    return Launch(command, environment, folders=(data,), configuration=configuration.read_text())


MEMORY_LIMIT_VARIABLE = "ANCLORA_COLLECTOR_MEMORY_LIMIT_MIB"
"""Above it, less a reserve, the collector refuses; a drill lowers it to see that."""

INTERVAL_VARIABLE = "ANCLORA_COLLECTOR_INTERVAL"
"""How often the collector reads Redis and the host."""

FLUSH_VARIABLE = "ANCLORA_COLLECTOR_METRICS_FLUSH"
"""How long the collector gathers metrics before it sends them."""

COLLECTOR_GATES = "--feature-gates=stanza.synchronousLogEmitter"
"""Makes a line of a file safe in the queue before its offset is kept, so that no kill can lose it."""


def _collector(places: Places, toolbox: Toolbox, ports: Ports, wishes: Wishes) -> Launch:
    state = places.state / "collector"
    return Launch(
        (
            str(toolbox.executable(tools.QUEUE_CHECK)),
            str(state / "queue"),
            str(toolbox.executable(tools.COLLECTOR)),
            COLLECTOR_GATES,
        ),
        {
            **collector_environment(state, ports),
            **tailed_environment(places, wishes.environment, Path.cwd()),
            INTERVAL_VARIABLE: scope_of(wishes.alerting).duration(EXPORT_INTERVAL),
            FLUSH_VARIABLE: scope_of(wishes.alerting).duration("200ms"),
            **{name: wishes.environment[name] for name in (MEMORY_LIMIT_VARIABLE,) if name in wishes.environment},
        },
        folders=(state, places.tailed),
    ).with_configuration(places.project / "collector" / "config.yaml")


def collector_environment(state: Path, ports: Ports) -> dict[str, str]:
    """
    Give the variables that `collector/config.yaml` reads.

    Args:
        state: folder of its queues and of the trace file.
        ports: of this stack.

    """
    return {
        # 80 % of the limit at which memory_limiter refuses.
        "GOMEMLIMIT": "410MiB",
        MEMORY_LIMIT_VARIABLE: "512",
        "ANCLORA_COLLECTOR_LISTEN": HOST,
        "ANCLORA_COLLECTOR_GRPC_PORT": str(ports.otlp_grpc),
        "ANCLORA_COLLECTOR_HTTP_PORT": str(ports.otlp_http),
        "ANCLORA_COLLECTOR_TELEMETRY_PORT": str(ports.collector_telemetry),
        "ANCLORA_COLLECTOR_HEALTH_PORT": str(ports.collector_health),
        "ANCLORA_COLLECTOR_STATE": str(state),
        "ANCLORA_COLLECTOR_REDIS": f"{HOST}:{ports.redis}",
        "ANCLORA_COLLECTOR_PROMETHEUS": f"http://{HOST}:{ports.prometheus}/api/v1/otlp",
        "ANCLORA_COLLECTOR_LOKI": f"http://{HOST}:{ports.loki}/otlp",
        "ANCLORA_COLLECTOR_HOST_NAME": socket.gethostname(),
    }


COMPONENTS: tuple[Component, ...] = (
    Component("redis", "", ("redis",), _redis, "redis"),
    Component("receivers", "", ("receivers", "receivers_smtp"), _receivers, "receivers", "/ready"),
    Component("alertmanager", versions.ALERTMANAGER, ("alertmanager",), _alertmanager, "alertmanager", "/-/ready"),
    Component("prometheus", versions.PROMETHEUS, ("prometheus",), _prometheus, "prometheus", "/-/ready"),
    Component("loki", versions.LOKI, ("loki", "loki_grpc"), _loki, "loki", "/ready"),
    Component(
        "collector",
        versions.COLLECTOR,
        ("otlp_http", "otlp_grpc", "collector_telemetry", "collector_health"),
        _collector,
        "collector_health",
        "/",
    ),
)
"""Every component, in starting order; they are stopped in the opposite one, so that queues drain."""


def find_component(name: str) -> Component:
    """
    Give the component of that name.

    Raises:
        StackError: there is none.

    """
    for component in COMPONENTS:
        if component.name == name:
            return component
    known = ", ".join(component.name for component in COMPONENTS)
    raise StackError(f"{name} is no component of the stack: expected one of {known}")
