"""Redis as the example's processes see it, in Prometheus."""

from __future__ import annotations

from tests.stack.example import EXAMPLE_DEPLOYMENT, SERVICE, WORKER, Example, eventually

OWN = f'deployment_environment_name="{EXAMPLE_DEPLOYMENT}"'


def operations(example: Example, metric: str, service: str) -> set[str]:
    """Give the operations for which a metric of a service has counted something."""
    found = example.query(f'sum by (operation) ({metric}{{{OWN}, job="{service}"}}) > 0')
    return {series["metric"]["operation"] for series in found}


def test_commands_of_an_unchanged_service_are_in_prometheus(example: Example) -> None:
    """Counted and timed for both services; what the worker waits in is counted and not timed."""
    example.traffic(5, seed=41)
    eventually(lambda: {"evalsha", "pipeline"} <= _all(example, SERVICE), "Redis commands of the service")
    eventually(lambda: {"bzpopmin", "evalsha"} <= _all(example, WORKER), "Redis commands of the worker")
    timed = operations(example, "anclora_redis_latency_seconds_count", WORKER)

    assert "evalsha" in timed
    assert not timed & {"bzpopmin", "brpop", "blpop", "wait"}


def test_pools_are_in_prometheus_with_their_limit(example: Example) -> None:
    """In use never exceeds the limit, by the name of the database."""
    port = example.stack.ports.number("redis")
    pool = f'{OWN}, pool="127.0.0.1:{port}/0"'
    limit = eventually(lambda: example.number(f"min(anclora_redis_connections_max{{{pool}}})"), "the limit of a pool")

    assert 0 <= example.number(f"max(anclora_redis_connections{{{pool}}})") <= limit


def _all(example: Example, service: str) -> set[str]:
    return operations(example, "anclora_redis_operations_total", service)
