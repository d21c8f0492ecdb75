"""`kombain run`: the assistant itself, in the foreground, as systemd runs it."""

import asyncio
import gc
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from daemon.config import Config

log = logging.getLogger("kombain")


def run(
    config: Annotated[
        Path | None, typer.Option(readable=False, help="Config file; default: the user's, then /etc/kombain's.")
    ] = None,
) -> None:
    """Run the assistant until it is told to stop. · Запустить помощника."""
    gc.disable()  # until all is there: what is read at the start stays
    from daemon import log as logs
    from daemon import paths
    from daemon.config import load

    def read() -> "Config":
        path = paths.config(config)
        settings = load(path)
        logs.start(settings.log.level)
        log.info("config: %s", path or "defaults")
        return settings

    settings = read()
    from daemon import desktop
    from daemon.app import App

    app = App(settings, runtime=paths.runtime(), reread=read, show=desktop.show if desktop.opener() else None)

    async def live() -> None:
        from daemon.lifecycle import ends_on_signal, notify, reloads_on_hangup, told_to_systemd

        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio.run made it
        ready = asyncio.Event()

        async def reload() -> None:
            await ready.wait()
            await app.reload(settings.language)

        with ends_on_signal(task), reloads_on_hangup(reload):
            async with app.running():
                for part, why in (await app.ready()).items():
                    log.error("%s: %s", part, why)
                notify("READY=1")
                log.info("ready")
                ready.set()
                async with told_to_systemd(app.bus, app.line, app.hopeless):
                    await app.warm_up()
                    await app.session.ended.wait()
                    await app.quiet()
                ready.clear()

    try:
        asyncio.run(live())
    except asyncio.CancelledError:
        log.info("stopped")
