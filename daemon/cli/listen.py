"""`kombain listen`: push-to-talk of the running assistant; with a FILE the whole listening path over a recording."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer


def listen(
    file: Annotated[
        Path | None, typer.Argument(readable=False, help="A recording: WAV, FLAC, Ogg, MP3 ...", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the events as JSON lines.")] = False,
    pace: Annotated[float, typer.Option(help="1 is real time, 0 as fast as possible.", min=0, max=100)] = 0.0,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file.")] = None,
) -> None:
    """Let the assistant listen now; with FILE: hear a recording, nothing is done. · Слушать сейчас или запись."""
    if file is None:
        from daemon.cli.steer import push_to_talk

        push_to_talk()
        return
    from daemon import log, messages, paths
    from daemon.audio.files import read_blocks
    from daemon.bus import Bus, Subscription
    from daemon.cli.language import system_language
    from daemon.cli.notice import notice
    from daemon.config import load
    from daemon.listening import listen as hear
    from daemon.workers import hearing
    from daemon.workers.worker import Worker

    log.start("error")
    next(read_blocks(file))  # an unreadable file is told before anything is loaded
    settings = load(paths.config(config))
    models = str((settings.state or paths.state()) / "models")
    options = settings.ears.model_copy(update={"source": "file", "path": file, "pace": pace})

    async def run() -> None:
        bus = Bus()
        ears = Worker(
            "ears", "daemon.ears.child:Service", {"ears": options.model_dump(mode="json"), "models": models}, bus=bus
        )
        stt = Worker("stt", hearing.SERVICE, {"stt": settings.stt.model_dump(mode="json"), "models": models}, bus=bus)
        running = [asyncio.create_task(worker.run(), name=worker.name) for worker in (ears, stt)]
        try:
            recogniser = hearing.Hearing(stt)
            if (await recogniser.ready()).stand_in:
                notice(messages.text("stt.stand_in", system_language()))
            with bus.subscribe() as events:
                printing = asyncio.create_task(show(events))
                await hear(ears, recogniser, bus)
                bus.close()
                await printing
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    async def show(events: Subscription) -> None:
        async for event in events:
            body = event.json()
            if as_json:
                print(json.dumps(body, ensure_ascii=False), flush=True)
            elif event.position is not None or body["event_type"] == "intent_end":
                _line(body)

    asyncio.run(run())


def _line(body: dict[str, object]) -> None:
    at = body.get("position")
    shown = {key: value for key, value in body.items() if key not in {"event_type", "turn", "at", "position", "plan"}}
    details = "  ".join(f"{key}={value!r}" for key, value in shown.items() if value not in ("", None, {}))
    print(f"{at:9.2f}  " if isinstance(at, float) else " " * 11, f"{body['event_type']:<11}", details, flush=True)
