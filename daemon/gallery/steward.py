"""Keeps the gallery within its bounds and the disk usable: prunes, gives up the reserve, tells, and recovers by itself.

It looks after every job and once an hour, and once a minute while the disk is full. While it is, nothing new is made.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.errors import JobError
from daemon.events import Failed, part_changed
from daemon.gallery.gallery import Gallery
from daemon.gallery.options import GalleryOptions
from daemon.gallery.retention import MB, Item, for_a_job, to_go
from daemon.reserve import Reserve, Room, room
from daemon.types import Health

log = logging.getLogger(__name__)
HOUR_S, DAY_S, SOON_S = 3600.0, 86400.0, 60.0
LEAST_MB, LEAST_INODES = 32, 16
"""With less nothing is made; where `keep_free_mb` is lower, that counts."""
JUMP_S = 3600.0
"""A clock that goes forward or back by more than this between two looks has jumped."""


class Steward:
    """The owner of the disk's room. `run` is its task; `check` and `make_room` are what `Jobs` asks."""

    def __init__(
        self,
        folder: Path,
        artifacts: Artifacts,
        gallery: Gallery,
        bus: Bus,
        options: GalleryOptions,
        say: Callable[[JobError], None],
    ) -> None:
        """`folder` is the state folder; `say` tells the user once that the disk is full."""
        self.options = options
        self._folder = folder
        self._reserve = Reserve(folder)
        self._artifacts, self._gallery, self._bus, self._say = artifacts, gallery, bus, say
        self._clock = Clock()
        self._trouble: JobError | None = None
        self._wake = asyncio.Event()
        self._tending = asyncio.Lock()

    async def run(self) -> None:
        """Tend the gallery until cancelled."""
        by_age = 0.0
        while True:
            self._wake.clear()  # before it looks: what happens meanwhile counts for the next time
            hourly = time.monotonic() >= by_age
            if hourly:
                by_age = time.monotonic() + HOUR_S
            try:
                await self.tend(by_age=hourly)
            except (JobError, OSError) as error:
                log.warning("the gallery can't be tended: %s", error)
            try:
                async with asyncio.timeout(SOON_S if self._trouble else max(1.0, by_age - time.monotonic())):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def look(self) -> None:
        """Tend the gallery now: a job has ended, or the config has changed."""
        self._wake.set()

    def check(self) -> None:
        """Raise JobError `disk.full` while nothing can be made."""
        with suppress(OSError):
            if self._trouble is not None and self._short(self._left()):
                raise self._trouble

    async def make_room(self) -> None:
        """Make the room that a job needs, by deleting the oldest. Raises JobError `disk.full` where that won't do."""
        try:
            async with self._tending:
                left = self._left()
                if self._short(left):
                    await self._delete(for_a_job(self._items(), max(MB * self._least_mb() - left.bytes, 1)))
                self._judge()
        except OSError as error:
            raise JobError("job.write", path=self._folder, why=error.strerror) from error
        if self._trouble is not None:
            raise self._trouble

    async def tend(self, *, by_age: bool) -> None:
        """Delete what is to go by the config, then see how the disk is. Raises JobError, OSError."""
        now = self._clock.trusted()
        async with self._tending:
            free = room(self._folder).bytes / MB
            if self.options.keep_days or self.options.keep_mb or free < self.options.keep_free_mb:
                await self._delete(to_go(self._items(), self.options, now=now if by_age else None, free_mb=free))
            self._judge()

    def _judge(self) -> None:
        """See whether there is room, and tell when that has changed; make the reserve again where it fits."""
        left = self._left()
        if self._short(left) and self._trouble is None:
            self._trouble = error = JobError("disk.full", path=self._folder, free=max(0, left.bytes) // MB)
            log.error("%s", error)
            self._bus.publish(part_changed("disk", Health.DOWN, error, at=time.time()))
            self._bus.publish(Failed(code=error.code, text=str(error), part="disk", at=time.time()))
            self._say(error)
        if not self._short(left) and self._reserve.ensure() and self._trouble is not None:
            self._trouble = None
            log.info("there is room on the disk again")
            self._bus.publish(part_changed("disk", Health.OK, None, at=time.time()))

    def _left(self) -> Room:
        """Return the disk's room without what the reserve has or is to have back."""
        return self._reserve.beside(room(self._folder))

    def _short(self, left: Room) -> bool:
        few = left.inodes is not None and left.inodes < LEAST_INODES
        return left.bytes < MB * self._least_mb() or few

    def _least_mb(self) -> int:
        return min(LEAST_MB, self.options.keep_free_mb)

    def _items(self) -> list[Item]:
        needed = self._gallery.needed()
        return [
            Item(item.id, item.bytes, item.created, item.free and item.id not in needed)
            for item in self._artifacts.items()
        ]

    async def _delete(self, ids: Sequence[str]) -> None:
        for one in ids:
            await self._gallery.delete(self._artifacts.named(one))
            log.info("deleted to make room: %s", one)


class Clock:
    """Tells the time as long as it is to be trusted: not for a day after it has jumped."""

    def __init__(self) -> None:
        self._offset = self._now()
        self._again = 0.0

    def trusted(self) -> float | None:
        """Return Unix seconds, None when the clock has jumped lately."""
        offset = self._now()
        if abs(offset - self._offset) > JUMP_S:
            log.warning("the clock has jumped; for a day nothing is deleted by its age")
            self._again = _running() + DAY_S
        self._offset = offset
        return None if _running() < self._again else time.time()

    def _now(self) -> float:
        return time.time() - _running()


def _running() -> float:
    """Return the seconds since the machine was started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
