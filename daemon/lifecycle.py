"""How systemd and the assistant talk: READY, STATUS, STOPPING, and the signals that end it."""

import asyncio
import signal
from collections.abc import Iterator
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
