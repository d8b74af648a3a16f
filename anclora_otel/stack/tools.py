"""What is built for the stack, from which module, and where the result lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anclora_otel.errors import StackError
from anclora_otel.stack import versions

LINK_FLAGS = ("-trimpath", "-buildvcs=false", "-ldflags", "-s -w")
"""Flags of every build: small, and without the paths of the machine that built."""


@dataclass(frozen=True)
class Tool:
    """
    A program that is built from source, once a version, or libraries that are installed beside the package's own.

    Args:
        name: what the user calls it, for example ``prometheus``.
        version: its version.
        executables: the programs that the build leaves.
        expected_seconds: how long a first build took on two cores; told to whoever waits.
        packages: Go packages with their version, for `go install`; empty where `sources` says how.
        flags: further flags for the compiler.
        sources: files of the project that decide the build; a change of one builds anew.
        needs: tools that must be built before.
        builder: what builds it: ``go`` installs its packages, ``module`` compiles the Go program that its sources are,
            ``npm`` and ``pip`` read the lock file among the sources.

    """

    name: str
    version: str
    executables: tuple[str, ...]
    expected_seconds: int
    packages: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    builder: Literal["go", "module", "npm", "pip"] = "go"


def _npm_folder(folder: str, *further: str) -> tuple[str, ...]:
    """Give the sources of what npm installs: the manifest and the lock file of a folder, and further files there."""
    return tuple(f"{folder}/{name}" for name in ("package.json", "package-lock.json", *further))


OCB = Tool(
    name="ocb",
    version=versions.OCB,
    executables=("builder",),
    expected_seconds=20,
    packages=(f"go.opentelemetry.io/collector/cmd/builder@v{versions.OCB}",),
)

COLLECTOR = Tool(
    name="collector",
    version=versions.COLLECTOR,
    executables=("anclora-collector",),
    expected_seconds=130,
    # The time zones inside: files without a zone are read in one that the user names, also where the image has none.
    flags=("-tags", "grpcnotrace,timetzdata"),
    sources=("collector/builder.yaml", "collector/go.mod", "collector/go.sum"),
    needs=("ocb", "queuecheck"),
)

PROMETHEUS = Tool(
    name="prometheus",
    version=versions.PROMETHEUS,
    executables=("prometheus", "promtool"),
    expected_seconds=110,
    packages=tuple(
        f"github.com/prometheus/prometheus/cmd/{command}@v{versions.PROMETHEUS_MODULE}"
        for command in ("prometheus", "promtool")
    ),
    # Without the tag a service-discovery dependency is missing, and none is used here.
    flags=("-tags", "remove_all_sd"),
)

LOKI = Tool(
    name="loki",
    version=versions.LOKI,
    executables=("loki",),
    expected_seconds=330,
    sources=("compose/loki/go.mod", "compose/loki/go.sum"),
)

NODE_QUEUES = Tool(
    name="node-queues",
    version=versions.NODE_BULLMQ,
    executables=("node_modules/.package-lock.json",),
    expected_seconds=15,
    sources=_npm_folder("tests/wire/programs/node"),
    builder="npm",
)
"""BullMQ for Node.js with its telemetry, for the test that a trace goes from one language to the other."""

DASHBOARD_TYPES = Tool(
    name="dashboard-types",
    version=versions.GRAFANA_SCHEMA,
    executables=("node_modules/typescript/bin/tsc",),
    expected_seconds=10,
    sources=_npm_folder("tests/unit/dashboards/types"),
    builder="npm",
)
"""Grafana's own types of a dashboard and the TypeScript compiler, for the test that the dashboards are of that type."""

CHARTS = Tool(
    name="charts",
    version=versions.ECHARTS,
    executables=("node_modules/echarts/dist/echarts.esm.min.mjs", "node_modules/echarts/LICENSE"),
    expected_seconds=10,
    sources=_npm_folder("anclora_otel/stack/preview/library"),
    builder="npm",
)
"""The charting library of `anclora-otel dashboards preview`, with its licence and its types."""

BROWSER = Tool(
    name="browser",
    version=versions.CHROMIUM_PACKAGE,
    executables=("chromium", "al2023/lib/libnss3.so", "fonts/fonts.conf"),
    expected_seconds=30,
    sources=_npm_folder("tests/stack/dashboards/browser", "unpack.mjs"),
    builder="npm",
)
"""A headless Chromium for x86-64, with the libraries and fonts that it needs, for the test of the preview."""

ARQ = Tool(
    name="arq",
    version=versions.ARQ,
    executables=("bin/python",),
    expected_seconds=60,
    sources=("requirements/arq.txt",),
    builder="pip",
)
"""An environment for arq, which needs an older redis-py than BullMQ does."""

ALERTMANAGER = Tool(
    name="alertmanager",
    version=versions.ALERTMANAGER,
    executables=("alertmanager", "amtool"),
    expected_seconds=30,
    packages=tuple(
        f"github.com/prometheus/alertmanager/cmd/{command}@v{versions.ALERTMANAGER}"
        for command in ("alertmanager", "amtool")
    ),
)

QUEUE_CHECK = Tool(
    name="queuecheck",
    version=versions.BBOLT,
    executables=("queuecheck",),
    expected_seconds=10,
    sources=("collector/queuecheck/go.mod", "collector/queuecheck/go.sum", "collector/queuecheck/main.go"),
    builder="module",
)
"""Puts aside what the collector's queues could not open, before it starts."""

COMPOSE_CHECK = Tool(
    name="compose-check",
    version=versions.COMPOSE_GO,
    executables=("compose-check",),
    expected_seconds=10,
    sources=("compose/check/go.mod", "compose/check/go.sum", "compose/check/main.go"),
    builder="module",
)
"""Loads compose files as Docker does; needs no Docker."""

PROBE = Tool(
    name="probe",
    version="1",
    executables=("probe",),
    expected_seconds=5,
    sources=("compose/probe/go.mod", "compose/probe/main.go"),
    builder="module",
)
"""The health check of images without a shell, for its test; an image builds its own."""

CADDY = Tool(
    name="caddy",
    version=versions.CADDY,
    executables=("caddy",),
    expected_seconds=90,
    packages=(f"github.com/caddyserver/caddy/v2/cmd/caddy@v{versions.CADDY}",),
)
"""The proxy of the compose stack, for the test of its configuration."""

TOOLS: tuple[Tool, ...] = (
    OCB,
    QUEUE_CHECK,
    COLLECTOR,
    PROMETHEUS,
    ALERTMANAGER,
    LOKI,
    NODE_QUEUES,
    DASHBOARD_TYPES,
    CHARTS,
    BROWSER,
    ARQ,
    COMPOSE_CHECK,
    PROBE,
    CADDY,
)
"""Every tool, in the order in which they are built."""


def chosen_tools(names: Iterable[str] | None) -> tuple[Tool, ...]:
    """
    List the named tools with those that they need, in building order; all of them where no name is given.

    Raises:
        StackError: a name is not known.

    """
    if names is None:
        return TOOLS
    by_name = {tool.name: tool for tool in TOOLS}
    wanted: set[str] = set()
    for name in names:
        if name not in by_name:
            raise StackError(f"{name} is no tool of the stack: expected one of {', '.join(by_name)}")
        wanted |= {name, *by_name[name].needs}
    return tuple(tool for tool in TOOLS if tool.name in wanted)


@dataclass(frozen=True)
class Toolbox:
    """
    The folder of the built tools.

    Args:
        folder: git-ignored; one subfolder a tool, version and manifest.
        project: the checkout that holds the manifests.

    """

    folder: Path
    project: Path

    def place(self, tool: Tool) -> Path:
        """Give the folder in which the tool lies, or will lie once it is built."""
        return self.folder / f"{tool.name}-{tool.version}-{self._digest(tool)}"

    def is_built(self, tool: Tool) -> bool:
        """Say whether the tool is there in the version and from the manifest of this checkout."""
        return all((self.place(tool) / executable).is_file() for executable in tool.executables)

    def executable(self, tool: Tool, name: str | None = None) -> Path:
        """
        Give the path of a tool's program.

        Raises:
            StackError: it is not built.

        """
        path = self.place(tool) / (name or tool.executables[0])
        if not path.is_file():
            raise StackError(f"{tool.name} {tool.version} is not built: run: make tools")
        return path

    def _digest(self, tool: Tool) -> str:
        digest = hashlib.sha256(repr((tool.packages, tool.flags, LINK_FLAGS)).encode())
        for source in tool.sources:
            digest.update((self.project / source).read_bytes())
        return digest.hexdigest()[:10]
