"""
Every label of the catalogue, with its closed set of values as a type.

The types are for callers, whose type checker then knows a wrong value; the constants are for everything that
derives from the catalogue. Both come from one list.
"""

from __future__ import annotations

from typing import Literal, get_args

from anclora_otel.catalogue.metric import Label

MessageType = Literal[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "location",
    "contact",
    "template",
    "interactive",
    "reaction",
    "other",
]
Priority = Literal["critical", "high", "normal", "low", "bulk", "other"]
ErrorType = Literal[
    "timeout",
    "rate_limit",
    "network",
    "validation",
    "authentication",
    "not_found",
    "server_error",
    "cancelled",
    "unknown",
]
BatchSizeRange = Literal["1-10", "11-50", "51-100", "101-500", "501-1000", "1000+"]
ConversionType = Literal["lead", "appointment", "viewing", "offer", "reservation", "sale", "other"]
HandoffReason = Literal["user_request", "low_confidence", "complaint", "high_value", "escalation", "error", "other"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "other"]
StatusCode = Literal[
    "timeout",
    "connection_error",
    "200",
    "201",
    "202",
    "204",
    "400",
    "401",
    "403",
    "404",
    "408",
    "409",
    "422",
    "429",
    "500",
    "501",
    "502",
    "503",
    "504",
    "520",
    "5xx",
    "4xx",
    "other",
]
RedisOperation = Literal[
    "blpop",
    "wait",
    "get",
    "set",
    "del",
    "incr",
    "expire",
    "hget",
    "hset",
    "hgetall",
    "lpush",
    "rpush",
    "rpop",
    "brpop",
    "bzpopmin",
    "zadd",
    "xadd",
    "xread",
    "xreadgroup",
    "publish",
    "eval",
    "evalsha",
    "pipeline",
    "ping",
    "other",
]
RedisStatus = Literal["success", "error", "timeout", "other"]
ConfidenceRange = Literal["0.0-0.3", "0.3-0.5", "0.5-0.7", "0.7-0.9", "0.9-1.0"]
LeadQuality = Literal["hot", "warm", "cold", "unknown", "other"]
WebhookEvent = Literal[
    "messages.upsert",
    "messages.update",
    "messages.delete",
    "send.message",
    "connection.update",
    "qrcode.updated",
    "presence.update",
    "contacts.upsert",
    "chats.upsert",
    "other",
]
AppointmentType = Literal["viewing", "call", "office", "video", "signing", "other"]
GcGeneration = Literal["0", "1", "2"]
Signal = Literal["traces", "metrics", "logs", "sentry"]
Outcome = Literal["exported", "failed", "dropped", "spooled"]
DropReason = Literal["none", "queue_full", "rejected", "expired", "too_large", "shutdown", "encoding", "other"]
ViolationReason = Literal["unknown_value", "budget", "personal_data", "too_long"]

DEFAULT_QUEUE = "default"
"""The queue of a recorder that was given none, unless ``ANCLORA_QUEUE_NAME`` names another."""

NO_CAMPAIGN = "none"
"""The campaign of a message that belongs to none; never an empty string."""

DEFAULT_SERIES_PER_METRIC = 2000
"""Series that one metric may have before further ones go to its overflow series."""

OVERFLOW_KEY = "otel.metric.overflow"
"""The attribute of the overflow series. Source: OpenTelemetry metrics SDK specification, "Cardinality limits"."""

REDACTED_VALUE = "redacted"
"""What stands in a label in place of a value that may name a person or a single message."""

OTHER_VALUE = "other"
"""What stands in a label in place of a value that it cannot take."""

STAND_INS = frozenset({NO_CAMPAIGN, OTHER_VALUE, REDACTED_VALUE})
"""Values that stand for what has no name of its own here; they take no place in the budget of a label."""

QUEUE = Label("queue", "name of the queue", budget=50)
CAMPAIGN_ID = Label("campaign_id", "campaign, or none where a message belongs to none", budget=500)
INSTANCE_NAME = Label("instance_name", "WhatsApp instance", budget=100)
STAGE = Label("stage", "stage of the sales pipeline", budget=20)
MESSAGE_TYPE = Label("message_type", "kind of the WhatsApp message", get_args(MessageType))
PRIORITY = Label("priority", "priority of the message in its queue", get_args(Priority))
ERROR_TYPE = Label("error_type", "kind of the error", get_args(ErrorType), fallback="unknown")
BATCH_SIZE_RANGE = Label("batch_size_range", "range of the batch's size", get_args(BatchSizeRange), fallback=None)
CONVERSION_TYPE = Label("conversion_type", "kind of the conversion", get_args(ConversionType))
HANDOFF_REASON = Label("reason", "why a human took over", get_args(HandoffReason))
METHOD = Label("method", "HTTP method of the WhatsApp API call", get_args(Method))
STATUS_CODE = Label(
    "status_code", "HTTP status, its class where it is not listed, or the failure", get_args(StatusCode)
)
ENDPOINT = Label("endpoint", "route template of the WhatsApp API, such as /message/sendText/{instance}", budget=100)
OPERATION = Label("operation", "Redis command", get_args(RedisOperation))
REDIS_STATUS = Label("status", "how the Redis command ended", get_args(RedisStatus))
CONFIDENCE_RANGE = Label(
    "confidence_range",
    "range of the intent's confidence, upper bound inclusive",
    get_args(ConfidenceRange),
    fallback=None,
)
QUALITY = Label("quality", "quality of the lead", get_args(LeadQuality))
EVENT_TYPE = Label("event_type", "event of the webhook", get_args(WebhookEvent))
INTENT = Label("intent", "detected intent", budget=100)
FLOW = Label("flow", "bot flow", budget=50)
STEP = Label("step", "step of the bot flow", budget=100)
SOURCE = Label("source", "where a lead or an appointment came from", budget=50)
APPOINTMENT_TYPE = Label("type", "kind of the appointment", get_args(AppointmentType))
POOL = Label("pool", "name of the connection pool", budget=20)
GENERATION = Label("generation", "generation of the garbage collector", get_args(GcGeneration), fallback=None)
SIGNAL = Label("signal", "telemetry signal", get_args(Signal), fallback=None)
OUTCOME = Label("outcome", "what became of the items", get_args(Outcome), fallback=None)
DROP_REASON = Label("reason", "why items were dropped or failed", get_args(DropReason))
VIOLATION_REASON = Label("reason", "what was wrong with the value", get_args(ViolationReason), fallback=None)
METRIC = Label("metric", "name from this catalogue")
LABEL = Label("label", "label name from this catalogue")

HTTP_METHOD = Label("http.request.method", "HTTP request method")
HTTP_ROUTE = Label("http.route", "route template that matched")
HTTP_STATUS = Label("http.response.status_code", "HTTP response status")
URL_SCHEME = Label("url.scheme", "http or https")
HTTP_ERROR_TYPE = Label("error.type", "exception or status of a failed request")
