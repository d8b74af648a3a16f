"""Put the three signals of a process together, and end them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

from anclora_otel.pipeline.accounting import ExportAccount, ExportCounts
from anclora_otel.pipeline.deadline import SideBySide
from anclora_otel.pipeline.logs import LogBridge, build_logger_provider
from anclora_otel.pipeline.metrics import MetricsPipeline
from anclora_otel.pipeline.resource import build_resource
from anclora_otel.pipeline.traces import build_tracer_provider
from anclora_otel.settings import Settings

SIGNALS = ("traces", "metrics", "logs")
"""The signals that a pipeline carries."""

OTHERS = ("sentry",)
"""What is finished beside the signals, by whoever carries it."""

Steps = Mapping[str, Callable[[], object]]
"""Steps by name."""

_MILLISECONDS = 1000
_NOTHING: Steps = MappingProxyType({})


class Pipeline:
    """
    The providers of a process.

    Args:
        settings: what to record and where to send it.
        version: the version of this package.

    """

    def __init__(self, settings: Settings, version: str) -> None:
        queue_sizes = {"traces": settings.span_queue_size, "logs": settings.log_queue_size}
        self.accounts: dict[str, ExportAccount] = {
            signal: ExportAccount(signal, queue_sizes.get(signal)) for signal in SIGNALS
        }
        self.resource: Resource = build_resource(settings, version)
        self.tracer_provider: TracerProvider = build_tracer_provider(settings, self.resource, self.accounts["traces"])
        self.metrics: MetricsPipeline = MetricsPipeline(settings, self.resource, self.accounts["metrics"])
        self.logger_provider: LoggerProvider = build_logger_provider(settings, self.resource, self.accounts["logs"])
        self.log_bridge: LogBridge = LogBridge(self.logger_provider)
        self._side_by_side = SideBySide((*SIGNALS, *OTHERS))

    def flush(
        self, timeout_seconds: float, signals: Collection[str] = SIGNALS, *, others: Steps = _NOTHING
    ) -> frozenset[str]:
        """
        Export all that waits, all signals side by side, and name those that came to an end in time.

        Args:
            timeout_seconds: how long to wait altogether.
            signals: which signals.
            others: what is finished beside them, each under a name of `OTHERS`.

        """
        millis = int(timeout_seconds * _MILLISECONDS)
        steps: dict[str, Callable[[], object]] = {
            "traces": lambda: self.tracer_provider.force_flush(millis),
            "metrics": self.metrics.flush,
            "logs": lambda: self.logger_provider.force_flush(millis),
        }
        return self._side_by_side.run({**{name: steps[name] for name in signals}, **others}, timeout_seconds)

    def shutdown(self, timeout_seconds: float, others: Steps = _NOTHING) -> frozenset[str]:
        """Export all that waits and end all signals side by side; as `flush` besides."""
        return self._side_by_side.run(
            {
                "traces": self.tracer_provider.shutdown,
                "metrics": lambda: self.metrics.provider.shutdown(timeout_seconds * _MILLISECONDS),
                "logs": self.logger_provider.shutdown,
                **others,
            },
            timeout_seconds,
        )

    def counts(self) -> dict[str, ExportCounts]:
        """Give what became of the items of each signal so far."""
        return {signal: account.counts() for signal, account in self.accounts.items()}

    def after_fork(self) -> None:
        """Make the pipeline of a forked child its own."""
        for account in self.accounts.values():
            account.clear()
        self._side_by_side.restart()
        self.metrics.expect_measurement()


def build_pipeline(settings: Settings, version: str) -> Pipeline:
    """Build the pipeline of this process."""
    return Pipeline(settings, version)
