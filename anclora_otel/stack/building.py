"""Building the tools: once a version, one build at a time, whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack.golang import find_go, go_environment
from anclora_otel.stack.node import find_node, node_environment, npm_command
from anclora_otel.stack.tools import COLLECTOR, LINK_FLAGS, LOKI, OCB, Tool, Toolbox

_POLL_SECONDS = 0.2
_LOG_LINES_SHOWN = 15


@dataclass(frozen=True)
class Building:
    """
    Where the building of a tool stands.

    Args:
        subject: the tool with its version, or what is waited for.
        state: ``building``, ``built``, ``present``, ``waiting`` or ``note``.
        elapsed_seconds: since this began.
        expected_seconds: how long it takes on two cores with nothing cached.

    """

    subject: str
    state: str
    elapsed_seconds: float = 0.0
    expected_seconds: int = 0


Progress = Callable[[Building], None]


def build_tools(toolbox: Toolbox, tools: Sequence[Tool], progress: Progress) -> None:
    """
    Build the tools that are not there yet.

    Args:
        toolbox: where they go.
        tools: which, in building order.
        progress: is called at every change and several times a second while a tool is built.

    Raises:
        StackError: a build failed; the text has the last lines of its log.

    """
    toolbox.folder.mkdir(parents=True, exist_ok=True)
    with _lock(toolbox.folder / ".lock", progress):
        go: Path | None = None
        for tool in tools:
            subject = f"{tool.name} {tool.version}"
            if toolbox.is_built(tool):
                progress(Building(subject, "present"))
                continue
            if tool.builder in ("go", "module"):
                go = go or find_go(toolbox.folder, lambda text: progress(Building(text, "note")))
            _Build(toolbox, tool, go, progress).run()


class _Build:
    """One build of one tool, in a folder of its own that becomes the tool's at the end."""

    def __init__(self, toolbox: Toolbox, tool: Tool, go: Path | None, progress: Progress) -> None:
        self._toolbox = toolbox
        self._tool = tool
        self._go = go or Path("go")
        self._progress = progress
        self._subject = f"{tool.name} {tool.version}"
        self._log = toolbox.folder / "logs" / f"{tool.name}.log"
        self._began = time.monotonic()

    def run(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        with tempfile.TemporaryDirectory(dir=self._toolbox.folder, prefix=".building-") as folder:
            work, result = Path(folder) / "work", Path(folder) / "result"
            work.mkdir()
            result.mkdir()
            self._compile(work, result)
            place = self._toolbox.place(self._tool)
            shutil.rmtree(place, ignore_errors=True)
            result.rename(place)
        self._tell("built")

    def _compile(self, work: Path, result: Path) -> None:
        if self._tool.builder == "npm":
            self._install_with_npm(result)
        elif self._tool.builder == "pip":
            self._install_with_pip(result)
        elif self._tool is COLLECTOR:
            self._compile_collector(work, result)
        elif self._tool is LOKI:
            self._compile_loki(work, result)
        elif self._tool.builder == "module":
            self._copy_sources(work)
            self._go_build(work, result / self._tool.executables[0], ".")
        else:
            self._install(work, result)

    def _install(self, work: Path, result: Path) -> None:
        command = [str(self._go), "install", *LINK_FLAGS, *self._tool.flags, *self._tool.packages]
        self._execute(command, work, {**go_environment(self._go), "GOBIN": str(result)})

    def _install_with_npm(self, result: Path) -> None:
        self._copy_sources(result)
        node = find_node()
        command = [*npm_command(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        self._execute(command, result, node_environment(node))
        # What a manifest has to do itself after the installation; scripts of the installed packages do not run.
        build = [*npm_command(node), "run", "build", "--if-present"]
        self._execute(build, result, node_environment(node))

    def _install_with_pip(self, result: Path) -> None:
        lock_file = self._toolbox.project / self._tool.sources[0]
        self._execute([sys.executable, "-m", "venv", str(result)], result, dict(os.environ))
        pip = [str(result / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        self._execute([*pip, "--require-hashes", "-r", str(lock_file)], result, dict(os.environ))

    def _compile_loki(self, work: Path, result: Path) -> None:
        self._copy_sources(work)
        package = "github.com/grafana/loki/v3/cmd/loki"
        self._go_build(work, result / "loki", package)

    def _compile_collector(self, work: Path, result: Path) -> None:
        self._copy_sources(work)
        generated = work / "build"
        generated.mkdir()
        for name in ("go.mod", "go.sum"):
            shutil.copy(work / name, generated / name)
        # Without --skip-get-modules ocb runs `go mod tidy`, which asks for modules that only tests need.
        generate = [str(self._toolbox.executable(OCB)), "--config", "builder.yaml"]
        generate += ["--skip-compilation", "--skip-get-modules", "--skip-strict-versioning"]
        self._execute(generate, work)
        self._go_build(generated, result / "anclora-collector", ".")

    def _copy_sources(self, work: Path) -> None:
        for source in self._tool.sources:
            shutil.copy(self._toolbox.project / source, work / Path(source).name)

    def _go_build(self, folder: Path, output: Path, package: str) -> None:
        command = [str(self._go), "build", "-mod=readonly", *LINK_FLAGS, *self._tool.flags]
        self._execute([*command, "-o", str(output), package], folder)

    def _execute(self, command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        environment = go_environment(self._go) if environment is None else environment
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            try:
                self._await(process)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        if process.returncode != 0:
            raise StackError(self._failure(process.returncode))

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        self._tell("building")
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
            self._tell("building")

    def _tell(self, state: str) -> None:
        elapsed = time.monotonic() - self._began
        self._progress(Building(self._subject, state, elapsed, self._tool.expected_seconds))

    def _failure(self, code: int) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
        tail = "".join(f"\n  {line}" for line in lines)
        return f"building {self._subject} failed with exit code {code}; the last lines of {self._log}:{tail}"


@contextlib.contextmanager
def _lock(file: Path, progress: Progress) -> Iterator[None]:
    began = time.monotonic()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _locked(descriptor):
            owner = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            elapsed = time.monotonic() - began
            progress(Building(f"another build (pid {owner})", "waiting", elapsed))
            time.sleep(_POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
