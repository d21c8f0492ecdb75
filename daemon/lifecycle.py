"""How systemd and the assistant talk: READY, STATUS, STOPPING, and the signals that end or reload it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from daemon.bus import Bus
from daemon.events import JobChanged, MuteChanged, PartChanged, StateChanged


def notify(state: str) -> None:
    """Tell systemd (`sd_notify`); nothing happens where systemd-python or systemd is absent."""
    try:
        from systemd import daemon as systemd
    except ImportError:
        return
    systemd.notify(state)


def watched(environment: Mapping[str, str] = os.environ) -> float | None:
    """Return the seconds within which systemd wants a sign of life (`WatchdogSec`); None when it does not watch us."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    wanted = environment.get("WATCHDOG_USEC", "")
    return int(wanted) / 1e6 if wanted.isdecimal() and int(wanted) else None


@asynccontextmanager
async def told_to_systemd(bus: Bus, line: Callable[[], str], hopeless: Callable[[], bool]) -> AsyncIterator[None]:
    """Keep systemd's status line true while the block runs, and give the signs of life that it wants.

    They come from the event loop, so they stop with it; and they are withheld while `hopeless` says so.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_tell(bus, line), name="systemd: status")]
        if (within := watched()) is not None:
            tasks.append(group.create_task(_live(within / 2, hopeless), name="systemd: watchdog"))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _tell(bus: Bus, line: Callable[[], str]) -> None:
    with bus.subscribe(StateChanged, MuteChanged, PartChanged, JobChanged) as events:
        told = ""
        notify(f"STATUS={(told := line())}")
        async for _ in events:
            if (now := line()) != told:
                notify(f"STATUS={(told := now)}")


async def _live(every: float, hopeless: Callable[[], bool]) -> None:
    while True:
        if not hopeless():
            notify("WATCHDOG=1")
        await asyncio.sleep(every)


@contextmanager
def ends_on_signal(task: asyncio.Task[object]) -> Iterator[None]:
    """Cancel `task` on SIGTERM or SIGINT; a second signal ends the process the usual way."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        notify("STOPPING=1")
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextmanager
def reloads_on_hangup(reload: Callable[[], Coroutine[object, object, object]]) -> Iterator[None]:
    """Call `reload` on SIGHUP while the block runs; started in a terminal, its closing ends us as ever."""
    if sys.stdin is not None and sys.stdin.isatty():
        yield
        return
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[object]] = set()

    def again() -> None:
        running.add(task := loop.create_task(reload(), name="reload"))
        task.add_done_callback(running.discard)

    loop.add_signal_handler(signal.SIGHUP, again)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        for task in running:
            task.cancel()
