"""
Stand-ins for Slack, PagerDuty, a mail server and a dead man's switch, on this machine alone.

For demos, drills and tests: they speak the real protocols, refuse what the real ones refuse, keep what arrives as JSON
lines, and can be told to fail. `inbox` keeps, `slack`, `pagerduty` and `deadman` judge a request each, `web` serves
these three, `mail` takes mail, `running` holds all of it together.
"""

from __future__ import annotations

from anclora_otel.stack.receivers.inbox import Failure, Inbox, Notification, Verdict
from anclora_otel.stack.receivers.running import Receivers

__all__ = ["Failure", "Inbox", "Notification", "Receivers", "Verdict"]
