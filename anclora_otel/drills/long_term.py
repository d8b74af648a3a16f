"""Drills of the alerts on hours and days: their past is laid down before a Prometheus starts."""

from __future__ import annotations

from anclora_otel.catalogue import analytics, labels, runtime
from anclora_otel.catalogue import business as metrics
from anclora_otel.catalogue.alerts import Record, business, system
from anclora_otel.catalogue.alerts.promql import INSTANCE
from anclora_otel.catalogue.alerts.promql import SERVICE as SERVICE_LABEL
from anclora_otel.catalogue.alerts.scope import MIB
from anclora_otel.drills.feeds import SERVICE, Feed
from anclora_otel.drills.model import Drill, Past, PastRecord, PastSeries

_OF_SERVICE = {SERVICE_LABEL: SERVICE}
_RECEIVED_PER_HOUR = 100.0
_LEAD = {labels.SOURCE.key: "whatsapp", labels.QUALITY.key: "warm"}
_CONVERSION = {labels.CONVERSION_TYPE.key: "lead", labels.CAMPAIGN_ID.key: "none"}
_APPOINTMENT = {labels.APPOINTMENT_TYPE.key: "viewing", labels.SOURCE.key: "whatsapp"}

_RECEIVED = PastSeries(
    Feed(analytics.ANALYTICS_MESSAGES_RECEIVED, _RECEIVED_PER_HOUR / 3600, labels={labels.MESSAGE_TYPE.key: "text"}),
    "2d12h",
)
_RECEIVED_DAY = PastRecord(business.RECEIVED_DAY, _RECEIVED_PER_HOUR * 24, _OF_SERVICE)


def _slow(feed: Feed) -> PastSeries:
    return PastSeries(feed, "2d12h")


def _one(record: Record) -> PastRecord:
    return PastRecord(record, 1)


_CONVERSIONS = _slow(Feed(analytics.ANALYTICS_CONVERSIONS, 2 / 86_400, labels=_CONVERSION))
_LEADS = _slow(Feed(metrics.BUSINESS_LEADS_CAPTURED, 2 / 86_400, labels=_LEAD))
_CONVERSIONS_COME = (
    Feed(analytics.ANALYTICS_CONVERSIONS, None, 0, labels=_CONVERSION, jump=100, instance="drill-good"),
)
_LEADS_COME = (Feed(metrics.BUSINESS_LEADS_CAPTURED, None, 0, labels=_LEAD, jump=10, instance="drill-good"),)
_APPOINTMENTS_COME = (Feed(metrics.BUSINESS_APPOINTMENTS_SCHEDULED, None, 0, labels=_APPOINTMENT, jump=3),)

_LEAK_PER_HOUR = 200.0 * MIB
_LEAKED = 400.0 * MIB

LONG_TERM = (
    Drill(
        "LowConversionRate",
        "2 conversions of 2,400 messages in 24 h, and so for 7 h",
        _CONVERSIONS_COME,
        past=Past(
            (_RECEIVED, _CONVERSIONS),
            (_RECEIVED_DAY, _one(business.OLDER_THAN_A_DAY), PastRecord(business.CONVERSIONS_DAY, 2)),
            "7h",
            _OF_SERVICE,
        ),
    ),
    Drill(
        "NoConversionsToday",
        "2,400 messages in 24 h and no conversion, and so for 7 h",
        _CONVERSIONS_COME,
        past=Past((_RECEIVED,), (_RECEIVED_DAY, _one(business.OLDER_THAN_A_DAY)), "7h", _OF_SERVICE),
    ),
    Drill(
        "LowLeadCaptureRate",
        "2 leads in 24 h of 2,400 messages, and so for 3 h",
        _LEADS_COME,
        past=Past(
            (_RECEIVED, _LEADS),
            (_RECEIVED_DAY, _one(business.OLDER_THAN_A_DAY), PastRecord(business.LEADS_DAY, 2)),
            "3h",
            _OF_SERVICE,
        ),
    ),
    Drill(
        "NoLeadsCaptured",
        "2,400 messages in 24 h and no lead, and so for 7 h",
        _LEADS_COME,
        past=Past((_RECEIVED,), (_RECEIVED_DAY, _one(business.OLDER_THAN_A_DAY)), "7h", _OF_SERVICE),
    ),
    Drill(
        "NoAppointmentsScheduled",
        "4 leads in 48 h and no appointment, and so for 13 h",
        _APPOINTMENTS_COME,
        past=Past(
            (_RECEIVED, _LEADS),
            (PastRecord(business.LEADS_TWO_DAYS, 4), _one(business.OLDER_THAN_TWO_DAYS)),
            "13h",
        ),
    ),
    Drill(
        "MemoryLeak",
        "a process of 200 MiB an hour ago, of 400 MiB now, that goes on growing",
        (Feed(runtime.PROCESS_RESIDENT_MEMORY, _LEAKED, 100 * MIB, growth_per_hour=_LEAK_PER_HOUR),),
        past=Past(
            (),
            (PastRecord(system.MEMORY, _LEAKED, {**_OF_SERVICE, INSTANCE: SERVICE}, _LEAK_PER_HOUR, reach="1h30m"),),
        ),
    ),
)
"""Drills of what takes hours and days."""
