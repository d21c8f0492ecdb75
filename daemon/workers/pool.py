"""The devices as a pool: who needs memory of one gets it, and what lies there idle makes room or goes after a while."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from daemon.workers.placement import Loaded, Place, idle, place

log = logging.getLogger(__name__)
LOOK_S = 5.0
"""How often it is looked for what is idle."""

Unload = Callable[[str], None]
"""Ends what an engine has on a device."""


class Pool:
    """Memory by device, arbitrated. `run` is its task: it unloads what has been idle for `patience_s` (0: nothing)."""

    def __init__(
        self, capacity: Mapping[str, int], patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.capacity = dict(capacity)
        """MB by device, the preferred first."""
        self.patience_s = patience_s
        self._clock = clock
        self._loaded: dict[tuple[str, str], Loaded] = {}
        self._unload: dict[tuple[str, str], Unload] = {}
        self._freed = asyncio.Event()
        self._alone: set[str] = set()
        """Engines that need a device to themselves next time."""

    @property
    def loaded(self) -> list[Loaded]:
        """What holds memory now."""
        return list(self._loaded.values())

    def warm(self, engine: str, memory_mb: int, unload: Unload, only: str | None = None) -> str | None:
        """Give an engine a device ahead of its first job, where nothing must go for it; None where there is no room."""
        found = self._place(engine, memory_mb, only)
        if found is None or found.evict:
            return None
        self._put(engine, found.device, memory_mb, unload, running=False)
        return found.device

    @asynccontextmanager
    async def placed(self, engine: str, memory_mb: int, unload: Unload, only: str | None = None) -> AsyncIterator[str]:
        """Wait for a device (or for `only` that one), have it while the block runs, and stay loaded there."""
        if engine in self._alone:
            self._alone.remove(engine)
            memory_mb = max(self.capacity.values())
        while (found := self._place(engine, memory_mb, only)) is None:
            self._freed.clear()
            await self._freed.wait()
        for gone in found.evict:
            self._end(gone, "makes room")
        self._put(engine, found.device, memory_mb, unload, running=True)
        try:
            yield found.device
        finally:
            key = (engine, found.device)
            if (one := self._loaded.get(key)) is not None:
                self._loaded[key] = replace(one, running=False, used=self._clock())
            self._freed.set()

    def measured(self, engine: str, device: str, memory_mb: int) -> None:
        """Take note of what an engine really uses."""
        if (one := self._loaded.get((engine, device))) is not None and memory_mb > 0:
            self._loaded[engine, device] = replace(one, memory_mb=memory_mb)

    def lost(self, engine: str, device: str) -> None:
        """Take note that an engine found too little memory and has gone: next it is given a device to itself."""
        self._loaded.pop((engine, device), None)
        self._unload.pop((engine, device), None)
        self._alone.add(engine)

    def forget(self, engine: str) -> None:
        """Take note that an engine has gone by itself, or is another now."""
        for key in [key for key in self._loaded if key[0] == engine]:
            del self._loaded[key], self._unload[key]
        self._freed.set()

    async def run(self) -> None:
        """Unload what nobody has needed for a while, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.tidy()

    def tidy(self) -> None:
        """Unload what has been idle for too long now."""
        if self.patience_s:
            for gone in idle(self.loaded, self._clock(), self.patience_s):
                self._end(gone, f"nobody needed it for {self.patience_s:.0f} s")

    def _place(self, engine: str, memory_mb: int, only: str | None) -> Place | None:
        capacity = self.capacity if only is None else {only: self.capacity[only]}
        whole = max(capacity.values())  # for an engine that is larger than any: it plans for less by itself
        return place(engine, min(memory_mb, whole), capacity, self.loaded)

    def _put(self, engine: str, device: str, memory_mb: int, unload: Unload, *, running: bool) -> None:
        key = (engine, device)
        before = self._loaded.get(key)
        size = before.memory_mb if before else min(memory_mb, self.capacity[device])
        self._loaded[key] = Loaded(engine, device, size, self._clock(), running)
        self._unload[key] = unload

    def _end(self, gone: Loaded, why: str) -> None:
        log.info("%s is unloaded from %s: %s", gone.engine, gone.device, why)
        del self._loaded[gone.engine, gone.device]
        self._unload.pop((gone.engine, gone.device))(gone.device)
        self._freed.set()
