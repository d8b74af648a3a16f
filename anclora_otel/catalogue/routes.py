"""
Who hears of which alert, and which alert mutes which.

Alertmanager's configuration is rendered from these constants (`anclora_otel.alertmanager`), and the routing
contract is held against them.
"""

from __future__ import annotations

from dataclasses import dataclass

CRITICAL, WARNING, INFO, NONE = "critical", "warning", "info", "none"
"""The severities; none is that of `WATCHDOG` alone."""

WATCHDOG = "Watchdog"
"""The alert that always fires, so that its silence is noticed."""

TEST_LABEL = "test"
"""Alerts that carry it as ``"true"`` are drills: they are marked, and mute nothing but drills."""


@dataclass(frozen=True)
class Matcher:
    """
    What a label must be.

    Args:
        label: name of the label.
        operator: ``=``, ``!=``, ``=~`` or ``!~``.
        value: text, or an anchored regular expression.

    """

    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        """Give the matcher as Alertmanager reads it, with its value in quotes."""
        value = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.operator}"{value}"'


@dataclass(frozen=True)
class Receiver:
    """
    Everybody who hears of one class of alerts.

    Args:
        name: of the receiver, and of the webhook that it may have of its own.
        slack_channel: channel, or an empty string for no Slack.
        email: whether it sends mail.
        pagerduty: whether it pages.
        deadman: whether it pings the dead man's switch.

    """

    name: str
    slack_channel: str = ""
    email: bool = False
    pagerduty: bool = False
    deadman: bool = False


@dataclass(frozen=True)
class Route:
    """
    Which alerts go to a receiver, and how often it hears of them.

    Args:
        receiver: where they go.
        matchers: all of them must match; none matches everything.
        group_wait_seconds: how long a new group waits for further alerts.
        group_interval_seconds: how long a group waits before it tells of changes.
        repeat_interval_seconds: how long a group that does not change stays silent.
        active_interval: name of the `TimeInterval` outside of which nothing is sent, or an empty string.
        exceptions: matchers of alerts of this route that are sent at any hour.

    """

    receiver: Receiver
    matchers: tuple[Matcher, ...]
    group_wait_seconds: float
    group_interval_seconds: float
    repeat_interval_seconds: float
    active_interval: str = ""
    exceptions: tuple[Matcher, ...] = ()


@dataclass(frozen=True)
class TimeInterval:
    """
    Hours of the week, in the time zone of the settings.

    Args:
        name: of the interval.
        weekdays: such as ``monday:friday``.
        start: such as ``09:00``.
        end: such as ``19:00``.

    """

    name: str
    weekdays: str
    start: str
    end: str


@dataclass(frozen=True)
class Inhibition:
    """
    Which alerts are muted while another one fires.

    Args:
        source: matchers of the alert that fires.
        target: matchers of those that are muted.
        equal: labels that must be equal; one that is missing on both sides is equal.

    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


DEADMAN_RECEIVER = Receiver("deadman", deadman=True)
BUSINESS_RECEIVER = Receiver("business", slack_channel="#anclora-business")
CRITICAL_RECEIVER = Receiver("critical", slack_channel="#anclora-critical", email=True, pagerduty=True)
WARNING_RECEIVER = Receiver("warning", slack_channel="#anclora-warnings", email=True)
INFO_RECEIVER = Receiver("info", slack_channel="#anclora-info")
DEFAULT_RECEIVER = Receiver("default", slack_channel="#anclora-alerts")

RECEIVERS: tuple[Receiver, ...] = (
    DEADMAN_RECEIVER,
    BUSINESS_RECEIVER,
    CRITICAL_RECEIVER,
    WARNING_RECEIVER,
    INFO_RECEIVER,
    DEFAULT_RECEIVER,
)
"""Every receiver, one a class of alerts."""

GROUP_BY = ("alertname", "service", "environment")
"""Alerts that are equal in these labels are told of together."""

OFFICE_HOURS = TimeInterval("office_hours", "monday:saturday", "09:00", "20:00")
"""When somebody reads the business channel."""

_MINUTE, _HOUR = 60.0, 3600.0

DEFAULT_ROUTE = Route(DEFAULT_RECEIVER, (), 30.0, 5 * _MINUTE, 4 * _HOUR)
"""Whatever no other route matches; Alertmanager's own timings."""

ROUTES: tuple[Route, ...] = (
    Route(DEADMAN_RECEIVER, (Matcher("alertname", "=", WATCHDOG),), 0.0, _MINUTE, _MINUTE),
    Route(
        BUSINESS_RECEIVER,
        (Matcher("category", "=", "business"),),
        30.0,
        5 * _MINUTE,
        12 * _HOUR,
        active_interval=OFFICE_HOURS.name,
        exceptions=(Matcher("alertname", "=", "HighValueSale"),),
    ),
    Route(CRITICAL_RECEIVER, (Matcher("severity", "=", CRITICAL),), 10.0, 5 * _MINUTE, _HOUR),
    Route(WARNING_RECEIVER, (Matcher("severity", "=", WARNING),), 30.0, 10 * _MINUTE, 3 * _HOUR),
    Route(INFO_RECEIVER, (Matcher("severity", "=", INFO),), _MINUTE, 30 * _MINUTE, 12 * _HOUR),
)
"""From the top down, the first match wins."""

_HAS_FAMILY = Matcher("family", "!=", "")
_WITHIN_FAMILY = ("family", "service", "environment", "queue", TEST_LABEL)


def _more_severe(severity: str, *less: str) -> Inhibition:
    target = Matcher("severity", "=~", "|".join(less)) if len(less) > 1 else Matcher("severity", "=", less[0])
    return Inhibition((Matcher("severity", "=", severity), _HAS_FAMILY), (target, _HAS_FAMILY), _WITHIN_FAMILY)


def _root_cause(alert: str, target: Matcher, *equal: str) -> Inhibition:
    return Inhibition((Matcher("alertname", "=", alert),), (target,), (*equal, TEST_LABEL))


INHIBITIONS: tuple[Inhibition, ...] = (
    _more_severe(CRITICAL, WARNING, INFO),
    _more_severe(WARNING, INFO),
    _root_cause("NoActiveInstances", Matcher("family", "=~", "WhatsAppAPI|WhatsAppErrors|DeliveryRate"), "environment"),
    _root_cause(
        "ServiceDown",
        Matcher("alertname", "=~", "QueueProcessingStopped|NoConversionsToday"),
        "environment",
        "service",
    ),
    _root_cause("RedisDown", Matcher("category", "=", "queue"), "environment"),
)
"""Within a family the more severe mutes the less severe, and a root cause mutes its symptoms."""
