"""Whether making disturbs the voice: frames, wake words and speech to text, with and without a picture on all cores."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from benchmarks.house import House, Turn, house
from benchmarks.material import Request, requests
from benchmarks.report import Row

VOICES = 2
FRAME_BAR_MS, STT_BAR = 10.0, 1.15
SETTLE_S = 3.0
"""No step for so long: the pause has taken effect. The speech that follows a wake word takes about that."""
LONG = {"text": "a red fox", "steps": 500, "width": 512, "height": 512}


def undisturbed(scratch: Path, model: Path) -> list[Row]:
    """Ask the same things while nothing is made, and while the pipeline in `model` draws, one picture after another."""
    quiet, busy = asyncio.run(_both(scratch, model))
    said = requests(VOICES)
    dropped = float(busy[0].dropped)
    woken = ([turn.woke is not None for turn in turns] for _, turns in (busy, quiet))
    right = (_right(said, turns) for _, turns in (busy, quiet))
    return [
        _frames(quiet[0], busy[0]),
        Row("audio frames dropped while a picture is made", "frames", (dropped,), (), "0", not dropped),
        _share("wake words heard", *woken),
        _share("requests heard right", *right),
        _stt(quiet[1], busy[1]),
        Row("wake word to first sample, while a picture is made / idle", "s", (_reply(busy[1]), _reply(quiet[1]))),
        *_decoding(scratch, model, said),
    ]


async def _both(scratch: Path, model: Path) -> list[tuple[House, list[Turn]]]:
    found = []
    section = f"{{engine: diffusers, diffusers: {{model: {model}, previews: false, width: 512, height: 512}}}}"
    for making in (False, True):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        async with house(folder, section) as ours:
            if making:
                await asyncio.to_thread(_draw, ours.port)
                await ours.until("tts_end")
                await ours.until("job_changed", state="running")
            ours.watching = True
            turns = [await ours.ask(request) for request in requests(VOICES)]
            found.append((ours, turns))
    return found


def _draw(port: int) -> None:
    from paho.mqtt import publish

    topic = "kombain/benchmark/draw/set"
    publish.single(topic, json.dumps(LONG), qos=1, port=port)


def _frames(quiet: House, busy: House) -> Row:
    ours, idle = (1000 * quantiles(one.taken, n=100)[98] for one in (busy, quiet))
    return Row(
        "audio frame taken, p99, while a picture is made / idle", "ms", (ours, idle), (), "10", ours <= FRAME_BAR_MS
    )


def _share(name: str, busy: list[bool], quiet: list[bool]) -> Row:
    ours, idle = (sum(one) / len(one) for one in (busy, quiet))
    return Row(f"{name}, while a picture is made / idle", "share", (ours, idle), (), "the same", ours >= idle)


def _right(said: list[Request], turns: list[Turn]) -> list[bool]:
    return [one.text.lower().strip(" .?!") == request.text for request, one in zip(said, turns, strict=True)]


def _stt(quiet: list[Turn], busy: list[Turn]) -> Row:
    """Take from the end of the speech to the final transcript: what a person waits for."""
    ours, idle = (median(one.heard - one.speech_end for one in turns if one.heard) for turns in (busy, quiet))
    name = "end of speech to final transcript, while a picture is made / idle"
    return Row(name, "s", (ours, idle), (), "1.15 times", ours <= STT_BAR * idle)


def _reply(turns: list[Turn]) -> float:
    return median(one.replied - one.woke for one in turns if one.replied and one.woke)


def _decoding(scratch: Path, model: Path, said: list[Request]) -> list[Row]:
    """Decode the same utterances in this process, with and without a child that draws and is not paused."""
    from daemon.engines.stt.mini import Engine

    engine = Engine(Engine.Options(), models=scratch)
    engine.load()

    def once() -> float:
        began = time.monotonic()
        for request in said:
            session = engine.session("x", "en", 0.0)
            session.feed(request.pcm)
            session.finish()
        return time.monotonic() - began

    once()
    idle = median(once() for _ in range(5))
    waiting, going_on = (asyncio.run(_while_drawing(scratch, model, once, paused=paused)) for paused in (True, False))
    bar = f"1.15 times ({waiting / idle:.2f})"
    name = "transcribing in full, while a picture"
    return [
        Row(f"{name} waits for us / idle", "s", (waiting, idle), (), bar, waiting <= STT_BAR * idle),
        Row(f"{name} would not wait / idle", "s", (going_on, idle)),
    ]


async def _while_drawing(scratch: Path, model: Path, once: Callable[[], float], *, paused: bool) -> float:
    from daemon.bus import Bus
    from daemon.workers.maker import Maker

    options = {"model": str(model), "previews": False, "width": 512, "height": 512}
    maker = Maker("picture", {"engine": "diffusers", "diffusers": options}, scratch, bus=Bus())
    running = asyncio.create_task(maker.run())
    begun = asyncio.Event()
    last = 0.0

    def progress(share: float) -> None:
        nonlocal last
        last = time.monotonic()
        if share:
            begun.set()

    request = {"prompt": LONG["text"], "language": "en", "seed": 1, "steps": LONG["steps"]}
    drawing = asyncio.create_task(maker.make(request, scratch / "long.png", progress))
    await begun.wait()
    if paused:  # as the session does at the wake word
        maker.pause(on=True)
        while (rest := last + SETTLE_S - time.monotonic()) > 0:  # noqa: ASYNC110 - each step puts the end off
            await asyncio.sleep(rest)
    times = [await asyncio.to_thread(once) for _ in range(5)]
    for task in (drawing, running):
        task.cancel()
    await asyncio.wait([drawing, running])
    return median(times)
