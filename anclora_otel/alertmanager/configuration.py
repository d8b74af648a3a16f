"""Alertmanager's configuration from the catalogue's routes and the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anclora_otel.alertmanager.integrations import Secrets, integrations, mail_server, wanted
from anclora_otel.alertmanager.yaml_text import Yaml, to_yaml
from anclora_otel.catalogue import routes
from anclora_otel.catalogue.routes import Inhibition, Matcher, Receiver, Route, TimeInterval
from anclora_otel.settings import AlertingSettings

_HEADER = "# Rendered by `anclora-otel alertmanager render`; changes here are lost.\n"
_SHORTEST_SECONDS = 1.0
_VARIABLES = {
    "slack": "SLACK_WEBHOOK_URL",
    "email": "ALERT_EMAIL_TO, ALERT_EMAIL_FROM and SMTP_HOST",
    "pagerduty": "PAGERDUTY_ROUTING_KEY",
    "webhook": "DEADMAN_URL",
}


@dataclass(frozen=True)
class Rendered:
    """
    A configuration that can be written down.

    Args:
        text: of alertmanager.yml; it holds no secret.
        secrets: content of the secret files by name.
        warnings: a line for each receiver that reaches nobody, and for mail without TLS.

    """

    text: str
    secrets: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def render_configuration(
    settings: AlertingSettings,
    *,
    folder: str,
    scale: float = 1.0,
    office_hours: TimeInterval = routes.OFFICE_HOURS,
) -> Rendered:
    """
    Render the configuration.

    Args:
        settings: where notifications go.
        folder: absolute path of the configuration's folder as Alertmanager sees it; it holds `secrets` and `templates`.
        scale: divides every interval, down to 1 s, for drills and tests; 1 or more.
        office_hours: when business alerts are sent.

    """
    base = folder.rstrip("/")
    secrets = Secrets(f"{base}/secrets")
    timing = _Timing(scale)
    receivers = {each: integrations(each, settings, secrets) for each in routes.RECEIVERS}
    global_settings = mail_server(settings, secrets)
    document: dict[str, Yaml] = {
        **({"global": global_settings} if global_settings else {}),
        "templates": [f"{base}/templates/*.tmpl"],
        "time_intervals": [_time_interval(office_hours, settings.timezone)],
        "route": _tree(timing),
        "inhibit_rules": [_inhibition(each) for each in routes.INHIBITIONS],
        "receivers": [{"name": each.name, **found} for each, found in receivers.items()],
    }
    unheard = [_unheard(each) for each, found in receivers.items() if not found]
    return Rendered(_HEADER + to_yaml(document), secrets.files, (*unheard, *_mail_warnings(settings)))


class _Timing:
    """Writes the times of a route, divided by the scale."""

    def __init__(self, scale: float) -> None:
        self._scale = scale

    def of(self, route: Route) -> dict[str, Yaml]:
        return {
            "group_wait": self._duration(route.group_wait_seconds),
            "group_interval": self._duration(route.group_interval_seconds),
            "repeat_interval": self._duration(route.repeat_interval_seconds),
        }

    def _duration(self, seconds: float) -> str:
        if seconds == 0:
            return "0s"
        milliseconds = round(max(seconds / self._scale, _SHORTEST_SECONDS) * 1000)
        for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000)):
            if milliseconds % size == 0:
                return f"{milliseconds // size}{unit}"
        return f"{milliseconds}ms"


def _tree(timing: _Timing) -> dict[str, Yaml]:
    return {
        "receiver": routes.DEFAULT_ROUTE.receiver.name,
        "group_by": list(routes.GROUP_BY),
        **timing.of(routes.DEFAULT_ROUTE),
        "routes": [_route(each, timing) for each in routes.ROUTES],
    }


def _route(route: Route, timing: _Timing) -> dict[str, Yaml]:
    found: dict[str, Yaml] = {
        "receiver": route.receiver.name,
        "matchers": _matchers(route.matchers),
        **timing.of(route),
    }
    if route.active_interval:
        found["active_time_intervals"] = [route.active_interval]
    if route.exceptions:
        # A sub-route inherits the times but not the interval.
        found["routes"] = [
            {"receiver": route.receiver.name, "matchers": _matchers((each,))} for each in route.exceptions
        ]
    return found


def _inhibition(rule: Inhibition) -> dict[str, Yaml]:
    return {
        "source_matchers": _matchers(rule.source),
        "target_matchers": _matchers(rule.target),
        "equal": list(rule.equal),
    }


def _matchers(matchers: tuple[Matcher, ...]) -> list[Yaml]:
    return [str(matcher) for matcher in matchers]


def _time_interval(interval: TimeInterval, timezone: str) -> dict[str, Yaml]:
    hours: dict[str, Yaml] = {
        "weekdays": [interval.weekdays],
        "times": [{"start_time": interval.start, "end_time": interval.end}],
        "location": timezone,
    }
    return {"name": interval.name, "time_intervals": [hours]}


def _unheard(receiver: Receiver) -> str:
    variables = ", or ".join(_VARIABLES[kind] for kind in wanted(receiver))
    if receiver.deadman:
        return (
            f"RECEIVER {receiver.name} REACHES NOBODY: nothing notices when alerting itself is down; set {variables} "
            "to a dead man's switch"
        )
    return f"RECEIVER {receiver.name} REACHES NOBODY: its alerts are sent nowhere; set {variables}"


def _mail_warnings(settings: AlertingSettings) -> list[str]:
    if settings.email_to and not settings.smtp_require_tls:
        server = f"{settings.smtp_host}:{settings.smtp_port}"
        return [f"MAIL MAY BE SENT WITHOUT TLS to {server}: SMTP_REQUIRE_TLS is false, which is for a local sink alone"]
    return []
