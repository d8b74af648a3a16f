"""On which event loop the coroutines of checks run."""

from __future__ import annotations

import asyncio
import threading


class CheckLoop:
    """
    Choose the event loop for the coroutines of checks.

    A client of asyncio belongs to the loop on which it connected. So all coroutines run on the loop that probed first,
    for as long as it runs, also when another loop or a thread without one probes. Without any, a loop in a thread of
    its own takes them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._home: asyncio.AbstractEventLoop | None = None
        self._own: asyncio.AbstractEventLoop | None = None

    def choose(self, caller: asyncio.AbstractEventLoop | None) -> asyncio.AbstractEventLoop:
        """
        Give the loop to run on.

        Args:
            caller: the running loop of the caller, or None in a thread without one.

        """
        with self._lock:
            if self._home is not None and (self._home.is_closed() or not self._home.is_running()):
                self._home = None
            if self._home is None:
                self._home = caller
            return self._home if self._home is not None else self._own_loop()

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        if self._own is None:
            self._own = asyncio.new_event_loop()
            threading.Thread(target=self._own.run_forever, name="anclora-otel health loop", daemon=True).start()
        return self._own
