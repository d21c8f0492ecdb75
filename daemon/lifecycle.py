"""How systemd and the assistant talk: READY, STATUS, STOPPING, and the signals that end or reload it."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager


def notify(state: str) -> None:
    """Tell systemd (`sd_notify`); nothing happens where systemd-python or systemd is absent."""
    try:
        from systemd import daemon as systemd
    except ImportError:
        return
    systemd.notify(state)


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
