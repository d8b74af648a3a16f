"""A service without a framework: health as a plain ASGI application, with a Redis of each kind of client."""

import os

import redis
import redis.asyncio

import anclora_otel
from anclora_otel.health import HealthChecks, asgi_app, queue_check, redis_check
from anclora_otel.queues import BullMQDepth

anclora_otel.configure()
url = os.environ["REDIS_URL"]
client = redis.Redis.from_url(url)
checks = HealthChecks(cache_seconds=0.1)
checks.add("redis", redis_check(client), timeout_seconds=1)
checks.add("analytics_redis", redis_check(redis.asyncio.Redis.from_url(url)), timeout_seconds=1)
checks.add("queue", queue_check(BullMQDepth(client, "mail")), timeout_seconds=1)

app = asgi_app(checks, "/health")
