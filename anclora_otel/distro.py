"""
Instrumentation without a changed line, through upstream's entry points.

`anclora-otel run` and `opentelemetry-instrument` both load the distribution and the configurator that stand here.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined]

from anclora_otel.errors import SettingsError
from anclora_otel.lifecycle import configure, telemetry
from anclora_otel.logs.endpoint import LOG_LEVELS_PATH
from anclora_otel.settings import load_settings
from anclora_otel.settings.reporting import report_once

STABLE_CONVENTIONS = "http"
"""The stable conventions, not the old ones. Source: OpenTelemetry, "HTTP semantic convention stability migration"."""

_HELPER_PROCESSES = ("multiprocessing.resource_tracker", "multiprocessing.semaphore_tracker")
_PROBES = "(/live|/ready)?/?$"
_STRICT_EXIT_CODE = 2


class AncloraDistro(BaseDistro):  # type: ignore[misc]
    """Say which conventions and which instrumentors hold; upstream's loader calls it."""

    def _configure(self, **_: Any) -> None:
        os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", STABLE_CONVENTIONS)

    def load_instrumentor(self, entry_point: Any, **kwargs: Any) -> None:
        """Load one instrumentor; one that fails is left out with one clear line."""
        if is_helper_process():
            return
        try:
            super().load_instrumentor(entry_point, **{**kwargs, **_arguments(entry_point.name)})
            if entry_point.name == "redis" and telemetry() is not None:
                from anclora_otel.integrations.redis import instrument_redis_metrics

                instrument_redis_metrics()
        except ModuleNotFoundError:
            raise
        except Exception as error:
            _say(f"{entry_point.name} is not instrumented: {type(error).__name__}: {error}")


class AncloraConfigurator:
    """Start the telemetry of the process; upstream's loader calls it."""

    def configure(self, **_: Any) -> None:
        """Read the settings, say what is wrong with them once, and start."""
        if is_helper_process():
            return
        settings, problems = load_settings()
        report_once(problems, sys.stderr)
        if problems and settings.strict:
            if sys.stderr is not None:
                sys.stderr.flush()
            os._exit(_STRICT_EXIT_CODE)
        try:
            running = configure(settings)
            if settings.enabled and settings.metrics_path:
                from anclora_otel.integrations.fastapi import serve_metrics_everywhere

                serve_metrics_everywhere(running, settings.metrics_path)
            if settings.health_path:
                from anclora_otel.health import health
                from anclora_otel.integrations.fastapi import serve_health_everywhere

                serve_health_everywhere(health, settings.health_path)
            if settings.enabled and settings.admin_token_file:
                from anclora_otel.integrations.log_levels import serve_log_levels_everywhere

                serve_log_levels_everywhere(settings.admin_token_file)
        except SettingsError:
            raise
        except Exception as error:
            _say(f"telemetry is off: {type(error).__name__}: {error}")


def is_helper_process() -> bool:
    """Say whether this is one of the small processes that multiprocessing starts for itself."""
    return any(name in argument for argument in sys.orig_argv for name in _HELPER_PROCESSES)


def excluded_urls(metrics_path: str, own: str, health_path: str = "") -> str:
    """
    Give the URLs that are left out of traces and metrics.

    Args:
        metrics_path: where metrics are served, or an empty string.
        own: what the user leaves out, as patterns separated by commas.
        health_path: where health is served besides ``/health``, or an empty string.

    """
    patterns = [f"/health{_PROBES}", f"{LOG_LEVELS_PATH}(/[^/]*)?$"]
    if health_path:
        # At the root, what stands before is the host.
        patterns.append(f"{re.escape(health_path.rstrip('/')) or '//[^/]+'}{_PROBES}")
    patterns += [*([f"{metrics_path}$"] if metrics_path else []), *([own] if own else [])]
    return ",".join(patterns)


def _arguments(instrumentor: str) -> dict[str, Any]:
    if instrumentor == "logging":
        # Records are exported already.
        return {"enable_log_auto_instrumentation": False}
    if instrumentor != "fastapi":
        return {}
    own = os.environ.get("OTEL_PYTHON_FASTAPI_EXCLUDED_URLS", os.environ.get("OTEL_PYTHON_EXCLUDED_URLS", ""))
    running = telemetry()
    metrics_path = running.settings.metrics_path if running else ""
    health_path = running.settings.health_path if running else ""
    urls = excluded_urls(metrics_path, own, health_path)
    return {"exclude_spans": ["receive", "send"], "excluded_urls": urls}


def _say(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"anclora-otel: {line}\n")
