"""Publish and subscribe within the process. `publish` never blocks; a full subscription drops its oldest and counts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from daemon.events import Event

log = logging.getLogger(__name__)


class Subscription:
    """A bounded queue of events, read with `async for`; `dropped` counts what did not fit."""

    def __init__(self, types: tuple[type[Event], ...], size: int) -> None:
        self.types = types
        self.dropped = 0
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(size)

    def offer(self, event: Event | None) -> None:
        """Put an event, or None for the end, dropping the oldest when full."""
        if self._queue.full():
            self._queue.get_nowait()
            self.dropped += 1
            if self.dropped == 1:
                log.warning("a subscriber is slow and misses events")
        self._queue.put_nowait(event)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._queue.get()) is not None:
            yield event


class Bus:
    """Events go to every subscription of their type; used from one event loop only."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def publish(self, event: Event) -> None:
        """Report an event to whoever listens."""
        for subscription in self._subscriptions:
            if not subscription.types or isinstance(event, subscription.types):
                subscription.offer(event)

    def wanted(self, kind: type[Event]) -> bool:
        """Say whether anybody listens to events of `kind`."""
        return any(not one.types or issubclass(kind, one.types) for one in self._subscriptions)

    @contextmanager
    def subscribe(self, *types: type[Event], size: int = 1000) -> Iterator[Subscription]:
        """Open a subscription to events of `types` (all, when none is named)."""
        subscription = Subscription(types, size)
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def close(self) -> None:
        """End every subscription once it is read to its end."""
        for subscription in self._subscriptions:
            subscription.offer(None)
