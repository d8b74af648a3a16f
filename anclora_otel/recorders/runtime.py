"""Observe the process and its Python interpreter."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from anclora_otel import instruments
from anclora_otel.catalogue import Metric
from anclora_otel.catalogue import runtime as catalogue

LAG_WINDOW_SECONDS = 30.0
"""How far back the largest lag of the event loop is looked for; several readers collect, so it is no 'since last'."""

LAG_INTERVAL_SECONDS = 0.25
"""How often an event loop is asked to answer."""

_PROC = Path("/proc")


class EventLoopLag:
    """Measure how late an asyncio event loop runs what it was asked to run at a given time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, float]] = deque()
        self._due: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, float] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Measure `loop` from its next turn on, for as long as it runs; watching twice changes nothing."""
        if loop not in self._due:
            self._ask(loop)

    def largest_seconds(self) -> float | None:
        """Give the largest lag of the last 30 s, that of a loop which is blocked now included; None without a loop."""
        now = self._clock()
        with self._lock:
            self._forget_before(now - LAG_WINDOW_SECONDS)
            seen = [lag for _, lag in self._samples]
        blocked = [now - due for loop, due in list(self._due.items()) if loop.is_running()]
        return max((0.0, *seen, *blocked)) if seen or blocked else None

    def _ask(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due[loop] = self._clock() + LAG_INTERVAL_SECONDS
        loop.call_later(LAG_INTERVAL_SECONDS, self._answer, loop)

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self._clock()
        with self._lock:
            self._samples.append((now, max(0.0, now - self._due.get(loop, now))))
            self._forget_before(now - LAG_WINDOW_SECONDS)
        self._ask(loop)

    def _forget_before(self, oldest: float) -> None:
        while self._samples and self._samples[0][0] < oldest:
            self._samples.popleft()


class GarbageCollectorPauses:
    """Add up the time that the garbage collector takes."""

    def __init__(self) -> None:
        self.total_seconds = 0.0
        self._started: float | None = None

    def install(self) -> None:
        """Listen to the garbage collector; installing twice changes nothing."""
        if self._listen not in gc.callbacks:
            gc.callbacks.append(self._listen)

    def _listen(self, phase: str, _: Mapping[str, int]) -> None:
        if phase == "start":
            self._started = time.perf_counter()
        elif self._started is not None:
            self.total_seconds += time.perf_counter() - self._started
            self._started = None


event_loop_lag = EventLoopLag()
"""The lag of this process's event loops; whoever runs a loop gives it to `EventLoopLag.watch`."""

garbage_collector_pauses = GarbageCollectorPauses()
"""The pauses of this process."""


def observe_runtime() -> None:
    """Report the metrics of the runtime domain at each collection, to the instruments in use."""
    garbage_collector_pauses.install()
    current = instruments.current()
    for metric, read in _SOURCES.items():
        current.gauge(metric).add_observer(read)


def cpu_limit() -> float:
    """Give the number of cores that the process may use: the quota of its control group, else its affinity."""
    quota = _read("/sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0].isdecimal() and int(quota[1]) > 0:
        return int(quota[0]) / int(quota[1])
    affinity = getattr(os, "sched_getaffinity", None)
    return float(len(affinity(0)) if affinity else os.cpu_count() or 1)


def heap_used_bytes() -> float | None:
    """Give the bytes in use by the C heap (glibc's mallinfo2), else the private data of the process."""
    if _mallinfo2 is not None:
        info = _mallinfo2()
        return float(info.uordblks + info.hblkhd)
    fields = _read("/proc/self/statm").split()
    return float(fields[5]) * _page_size() if len(fields) > 5 else None


def resident_memory_bytes() -> float | None:
    """Give the resident memory of the process."""
    fields = _read("/proc/self/statm").split()
    return float(fields[1]) * _page_size() if len(fields) > 1 else None


def start_time_seconds() -> float | None:
    """Give the Unix time at which the process started."""
    stat = _read("/proc/self/stat").rpartition(")")[2].split()
    boot = [line for line in _read("/proc/stat").splitlines() if line.startswith("btime ")]
    if not stat or not boot:
        return None
    return float(boot[0].split()[1]) + float(stat[19]) / os.sysconf("SC_CLK_TCK")


def open_files() -> float | None:
    """Give the number of open file descriptors."""
    try:
        return float(len(os.listdir(_PROC / "self" / "fd")))
    except OSError:
        return None


def _one(read: Callable[[], float | None]) -> Callable[[], Iterable[instruments.Reading]]:
    def reading() -> Iterable[instruments.Reading]:
        value = read()
        return [] if value is None else [(value, ())]

    return reading


def _collections() -> Iterable[instruments.Reading]:
    return [(float(stats["collections"]), (str(generation),)) for generation, stats in enumerate(gc.get_stats())]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _page_size() -> int:
    return os.sysconf("SC_PAGE_SIZE")


class _Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    ]


def _find_mallinfo2() -> Callable[[], _Mallinfo2] | None:
    try:
        function = ctypes.CDLL(None).mallinfo2
    except (OSError, AttributeError, TypeError):
        return None
    function.restype = _Mallinfo2
    found: Callable[[], _Mallinfo2] = function
    return found


_mallinfo2 = _find_mallinfo2()

_SOURCES: Mapping[Metric, Callable[[], Iterable[instruments.Reading]]] = {
    catalogue.PROCESS_CPU: _one(time.process_time),
    catalogue.PROCESS_CPU_LIMIT: _one(cpu_limit),
    catalogue.PROCESS_RESIDENT_MEMORY: _one(resident_memory_bytes),
    catalogue.PROCESS_START_TIME: _one(start_time_seconds),
    catalogue.PROCESS_OPEN_FDS: _one(open_files),
    catalogue.PYTHON_HEAP_USED: _one(heap_used_bytes),
    catalogue.PYTHON_EVENTLOOP_LAG: _one(event_loop_lag.largest_seconds),
    catalogue.PYTHON_GC_COLLECTIONS: _collections,
    catalogue.PYTHON_GC_PAUSE: _one(lambda: garbage_collector_pauses.total_seconds),
    catalogue.PYTHON_THREADS: _one(lambda: float(threading.active_count())),
}
