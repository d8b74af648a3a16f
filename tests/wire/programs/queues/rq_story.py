"""The story of the queue tests with rq: producer and worker in one process; the argument is the worker's class."""

import os
import sys

import redis
import rq
from rq.job import Job

import anclora_otel
from tests.wire.programs.queues import rq_jobs, story

connection = redis.Redis.from_url(os.environ["REDIS_URL"])


def kind_of(job: Job) -> str:
    """Give the kind of message of a job."""
    return str(job.args[0])


queue = anclora_otel.instrument_queue(rq.Queue(story.QUEUE, connection=connection), message_type=kind_of)
queue.enqueue(rq_jobs.greet, "text")
queue.enqueue(rq_jobs.flaky, "image", retry=rq.Retry(max=rq_jobs.RETRIES))
queue.enqueue(rq_jobs.broken, "video")
queue.enqueue_many([queue.prepare_data(rq_jobs.greet, ("text",)) for _ in range(3)])
kind_of_worker = anclora_otel.instrument_worker(getattr(rq, sys.argv[1]), message_type=kind_of)
kind_of_worker([queue], connection=connection).work(burst=True)
