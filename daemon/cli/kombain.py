"""Builds the command line out of its commands."""

from typing import Any

import typer


def build() -> Any:
    """Return the command line, ready to be called."""
    from daemon.cli import (
        clip,
        config,
        demo,
        devices,
        doctor,
        draw,
        gallery,
        listen,
        models,
        run,
        say,
        setup,
        steer,
        transcribe,
        understand,
        wake,
    )

    app = typer.Typer(
        help="Kombain: a local voice assistant that makes things. · Локальный голосовой помощник, который мастерит.",
        pretty_exceptions_enable=False,
        add_completion=True,
    )
    commands = (
        demo.demo,
        run.run,
        listen.listen,
        transcribe.transcribe,
        understand.understand,
        say.say,
        draw.draw,
        clip.clip,
        steer.ask,
        steer.stop,
        steer.cancel,
        steer.repeat,
        steer.mute,
        steer.volume,
        steer.status,
        steer.reload,
        steer.events,
        steer.show,
    )
    for command in commands:
        app.command()(command)
    app.command("devices")(devices.devices)
    app.command("mic-test")(devices.mic_test)
    app.command("setup")(setup.setup)
    app.command("doctor")(doctor.doctor)
    app.add_typer(config.app, name="config")
    app.add_typer(gallery.app, name="gallery")
    app.add_typer(models.app, name="models")
    app.add_typer(wake.app, name="wake")
    return app
