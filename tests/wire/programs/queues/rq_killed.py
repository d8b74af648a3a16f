"""A job of rq whose process is killed from outside."""

import os

import redis
import rq

import anclora_otel
from tests.wire.programs.queues import rq_lessons, story

connection = redis.Redis.from_url(os.environ["REDIS_URL"])
queue = anclora_otel.instrument_queue(rq.Queue(story.QUEUE, connection=connection))
queue.enqueue(rq_lessons.die)
anclora_otel.instrument_worker(rq.Worker)([queue], connection=connection).work(burst=True)
