"""The command line `anclora-otel`, one module a command."""

from anclora_otel.cli.main import main

__all__ = ["main"]
