"""The process and its Python interpreter."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

PROCESS_CPU = Metric(
    "anclora.process.cpu",
    Kind.COUNTER,
    "s",
    "CPU time that the process used, user and system",
    observable=True,
)
PROCESS_CPU_LIMIT = Metric(
    "anclora.process.cpu.limit",
    Kind.GAUGE,
    "{cpu}",
    "cores that the process may use: cgroup quota, else affinity",
    observable=True,
    aggregate="max",
)
PROCESS_RESIDENT_MEMORY = Metric(
    "anclora.process.resident.memory",
    Kind.GAUGE,
    "By",
    "resident memory of the process",
    observable=True,
)
PROCESS_START_TIME = Metric(
    "anclora.process.start.time",
    Kind.GAUGE,
    "s",
    "Unix time at which the process started",
    observable=True,
    aggregate="max",
)
PROCESS_OPEN_FDS = Metric(
    "anclora.process.open.fds",
    Kind.GAUGE,
    "{file}",
    "open file descriptors",
    observable=True,
)
PYTHON_HEAP_USED = Metric(
    "anclora.python.heap.used",
    Kind.GAUGE,
    "By",
    "bytes in use by the process heap: mallinfo2 on glibc, else private writable memory",
    observable=True,
)
PYTHON_EVENTLOOP_LAG = Metric(
    "anclora.python.eventloop.lag",
    Kind.GAUGE,
    "s",
    "largest lag of the asyncio loop over the last 30 s",
    observable=True,
    aggregate="max",
)
PYTHON_GC_COLLECTIONS = Metric(
    "anclora.python.gc.collections",
    Kind.COUNTER,
    "{collection}",
    "runs of the garbage collector by generation",
    (labels.GENERATION,),
    observable=True,
)
PYTHON_GC_PAUSE = Metric(
    "anclora.python.gc.pause",
    Kind.COUNTER,
    "s",
    "time spent in the garbage collector",
    observable=True,
)
PYTHON_THREADS = Metric(
    "anclora.python.threads",
    Kind.GAUGE,
    "{thread}",
    "threads that are alive",
    observable=True,
)

METRICS = (
    PROCESS_CPU,
    PROCESS_CPU_LIMIT,
    PROCESS_RESIDENT_MEMORY,
    PROCESS_START_TIME,
    PROCESS_OPEN_FDS,
    PYTHON_HEAP_USED,
    PYTHON_EVENTLOOP_LAG,
    PYTHON_GC_COLLECTIONS,
    PYTHON_GC_PAUSE,
    PYTHON_THREADS,
)
"""The metrics of the domain, in the order of the contract."""
