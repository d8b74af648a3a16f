"""Every threshold, objective, window, selector and link of the alerts with its default."""

from __future__ import annotations

from anclora_otel.catalogue.alerts.setting import Setting


def _share(section: str, name: str, default: float, meaning: str) -> Setting:
    return Setting(section, name, default, meaning, form="share")


def _duration(section: str, name: str, default: str, meaning: str) -> Setting:
    return Setting(section, name, default, meaning, form="duration")


LATENCY_WARNING = Setting("queue", "latency_warning_seconds", 0.5, "P99 of processing; a bucket bound", low=0.001)
LATENCY_CRITICAL = Setting("queue", "latency_critical_seconds", 1, "P99 of processing; a bucket bound", low=0.001)
BACKLOG_WARNING = Setting("queue", "backlog_warning_messages", 10_000, "waiting messages", low=1)
BACKLOG_CRITICAL = Setting("queue", "backlog_critical_messages", 50_000, "waiting messages", low=1)
QUEUE_ERRORS_WARNING = _share("queue", "error_warning_ratio", 0.01, "failed / (processed + failed)")
QUEUE_ERRORS_CRITICAL = _share("queue", "error_critical_ratio", 0.05, "failed / (processed + failed)")
DEAD_LETTERS = Setting("queue", "dead_letter_messages", 1_000, "messages in the dead-letter set", low=0)
STUCK_MINIMUM = Setting("queue", "stuck_minimum_messages", 100, "a smaller backlog may grow", low=1)

DELIVERY_WARNING = _share("analytics", "delivery_warning_ratio", 0.8, "delivered / sent")
DELIVERY_CRITICAL = _share("analytics", "delivery_critical_ratio", 0.5, "delivered / sent")
RESPONSE_TIME = Setting("analytics", "response_time_seconds", 300, "P95 of response time; a bucket bound", low=0.001)
HANDOFFS = Setting("analytics", "handoffs_per_second", 0.5, "handoffs to a human", low=0.000001)

CONVERSIONS_EXPECTED = _share("business", "conversion_expected_ratio", 0.01, "conversions per message received")
CONVERSIONS_LOW = _share("business", "conversion_low_share", 0.2, "of the expected ratio; below it is far below")
CONVERSION_MESSAGES = Setting("business", "conversion_minimum_messages", 1_000, "received in 24 h", low=20)
CAME_IN = Setting("business", "minimum_messages", 20, "received, for messages to have come in", low=1)
LEADS_PER_HOUR = Setting("business", "leads_per_hour", 0.1, "over 24 h", low=0.02)

API_LATENCY = Setting("whatsapp", "latency_seconds", 2, "P95 of API calls; a bucket bound", low=0.001)
API_ERRORS = Setting("whatsapp", "errors_per_second", 0.1, "answers of class 5xx", low=0.000001)
RATE_LIMIT_HITS = Setting("whatsapp", "rate_limit_hits_per_second", 1, "rate-limit hits", low=0.000001)

REDIS_LATENCY = Setting("redis", "latency_seconds", 0.01, "P95 of operations; a bucket bound", low=0.0001)
POOL_SIZE = Setting("redis", "assumed_pool_connections", 20, "where a pool does not say its size", low=1)
REDIS_MEMORY = _share("redis", "memory_ratio", 0.9, "used / maxmemory")

MEMORY_WARNING = Setting("system", "memory_warning_mib", 768, "resident memory of a process, MiB", low=1)
MEMORY_CRITICAL = Setting("system", "memory_critical_mib", 1_024, "resident memory of a process, MiB", low=1)
LEAK_GROWTH = Setting("system", "leak_growth_ratio", 0.5, "growth of resident memory in an hour", low=0.05, high=10)
LOOP_LAG = Setting("system", "event_loop_lag_seconds", 0.1, "lag of the asyncio loop", low=0.001)
CPU = _share("system", "cpu_ratio", 0.8, "CPU used / CPU that the process may use")
DISK_WARNING = _share("system", "disk_warning_ratio", 0.8, "used share of a filesystem")
DISK_CRITICAL = _share("system", "disk_critical_ratio", 0.9, "used share of a filesystem")
RESTARTS = Setting("system", "restarts", 3, "unexplained starts in 15 minutes", low=1)
REMEMBERED = _duration("system", "remembered_for", "1d", "how long a service that stopped is missed")

COLLECTOR_QUEUE = _share("telemetry", "collector_queue_ratio", 0.7, "queue size / capacity")

QUANTILE_MINIMUM = Setting("observations", "quantile_minimum", 30, "observations that a quantile needs", low=1)
SLOW_MINIMUM = Setting("observations", "slow_minimum", 2, "slow calls below which a quantile is chance", low=1)
RATIO_MINIMUM = Setting("observations", "ratio_minimum", 20, "events that a ratio needs", low=1)

QUEUE_OBJECTIVE = _share("slo", "queue_success_objective", 0.995, "share of messages processed, 30 days")
DELIVERY_OBJECTIVE = _share("slo", "delivery_objective", 0.95, "share of messages delivered, 30 days")
API_OBJECTIVE = _share("slo", "whatsapp_api_objective", 0.99, "share of API calls answered, 30 days")
SLO_MINIMUM = Setting("slo", "minimum_events", 20, "events in the long window", low=1)
SLO_BAD_MINIMUM = Setting("slo", "minimum_bad_events", 5, "bad events in the long window", low=1)

EXPORT_INTERVAL = _duration("windows", "export_interval", "15s", "how often processes report")
EVALUATION_INTERVAL = _duration("windows", "evaluation_interval", "15s", "how often rules are evaluated")
RATE = _duration("windows", "rate", "5m", "of rates, ratios and quantiles")
DELIVERY = _duration("windows", "delivery", "30m", "of delivered / sent")
DELIVERY_DELAY = _duration("windows", "delivery_delay", "4m", "how much later delivery is heard of")
RESPONSE = _duration("windows", "response_time", "30m", "of the quantile of response times")
STOPPED = _duration("windows", "stopped", "2m", "without a message processed or failed")
RARE = _duration("windows", "rare_events", "15m", "of sales, lost items and label budgets")

ENVIRONMENTS = Setting("selectors", "environments", "", "regular expression; empty: all", form="selector")
QUEUES = Setting("selectors", "queues", "", "regular expression; empty: all", form="selector")
SHORT_LIVED = Setting(
    "selectors", "short_lived_services", "", "services that may stop: regular expression", form="selector"
)
COLLECTOR_JOB = Setting("selectors", "collector_job", "collector", "job of the collector's own metrics", form="name")

RUNBOOK_LINK = Setting(
    "links", "runbook", "http://localhost:8000/runbooks/{alert}/", "where docs/runbooks is served", form="link"
)
DASHBOARD_LINK = Setting(
    "links", "dashboard", "http://localhost:3001/d/{dashboard}", "where Grafana is served", form="link"
)

SETTINGS: tuple[Setting, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Setting))
"""Every setting in the order of the settings file."""

BY_KEY = {setting.key: setting for setting in SETTINGS}
"""Every setting by section and name."""
