"""Runs the demo: the daemon, a broker, a person who speaks, and the verdict."""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from daemon import messages, paths
from daemon.app import App
from daemon.bus import Bus, Subscription
from daemon.config import Config
from daemon.demo.broker import broker, subscriber
from daemon.demo.person import Person, recording, speech
from daemon.demo.screen import Screen
from daemon.demo.waterfall import stages
from daemon.ears.options import EarsOptions, WakeSection
from daemon.errors import ConfigError
from daemon.events import ArtifactReady, Event, IntentEnd, StateChanged, SttEnd, TtsEnd, TtsStart, WakeWord
from daemon.mqtt.options import MqttOptions

REQUESTS = {
    "en": (
        "hey jarvis, draw a picture of a red fox in the snow",
        "hey jarvis, make a clip of a dog on the beach",
        "hey jarvis, what time is it",
    ),
    "ru": (
        "эй, комбайн, нарисуй рыжую лису в снегу",
        "эй, комбайн, сними ролик про собаку на пляже",
        "эй, комбайн, который час",
    ),
}
WORDS = ("hey_jarvis", "kombain_ru")
"""What wakes in the Russian demo, unless the config names something else."""
PATIENCE_S = 90.0
"""Longest time for one request."""
NOTICE_S = 6.0
"""A recording in which nothing has happened for so long after its end is over."""


@dataclass(slots=True)
class Request:
    """Something the person says, and what came of it."""

    said: str
    pcm: bytes
    events: list[Event] = field(default_factory=list)
    spoken_at: float = 0.0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked of the demo."""

    say: tuple[str, ...]
    audio: Path | None
    microphone: bool
    language: str
    """The language that is spoken."""
    screen: str
    """The language of what is shown."""
    out: Path
    as_json: bool


async def show(wishes: Wishes, base: Config) -> bool:
    """Run the demo; say whether everything asked for happened. Raises KombainError for what keeps it from running."""
    requests = _requests(wishes)
    screen = Screen(wishes.screen, as_json=wishes.as_json)
    with tempfile.TemporaryDirectory(prefix="kombain-demo-") as scratch:
        with screen:
            screen.line(messages.text("demo.starting", wishes.screen))
            async with _assistant(wishes, base, Path(scratch), screen) as (app, person):
                await (_talk(app, person, requests, screen) if person else _listen(app, requests, wishes, screen))
        files = [str(path) for path in sorted(wishes.out.rglob("*")) if path.suffix in {".png", ".mp4", ".wav"}]
    problems = [problem for request in requests for problem in verdict(request, wishes.screen)]
    for request in requests:
        screen.waterfall(request.said, stages(request.events, request.spoken_at, wishes.screen))
    screen.results(files, problems)
    return not problems


def verdict(request: Request, language: str) -> list[str]:
    """Return what should have happened and did not: wake, transcript, intent, artifact if asked for, spoken reply."""
    heard = next((event for event in request.events if isinstance(event, SttEnd)), None)
    understood = next((event for event in request.events if isinstance(event, IntentEnd)), None)
    asked = any(action["action"] == "generate" for action in (understood.plan if understood else []))
    spoken = [event for event in request.events if isinstance(event, TtsEnd)]
    checks = {
        "wake": any(isinstance(event, WakeWord) for event in request.events),
        "transcript": heard is not None and bool(heard.text),
        "intent": understood is not None and understood.intent is not None,
        "artifact": not asked or any(isinstance(event, ArtifactReady) for event in request.events),
        "reply": bool(spoken) and all(not event.stopped and event.path for event in spoken),
        "late": not request.late,
    }
    missing = [name for name, happened in checks.items() if not happened]
    text = heard.text if heard else ""
    return [
        messages.text(f"demo.missing.{name}", language, said=request.said, text=text, seconds=int(PATIENCE_S))
        for name in missing[:1]
    ]


def _requests(wishes: Wishes) -> list[Request]:
    if bool(wishes.say) + bool(wishes.audio) + wishes.microphone > 1:
        raise ConfigError("demo.either")
    if wishes.audio is not None:
        return [Request(wishes.audio.name, recording(wishes.audio))]
    if wishes.microphone:
        return [Request("…", b"")]
    said = wishes.say or REQUESTS[wishes.language]
    return [Request(text, _spoken(text, wishes.language)) for text in said]


def _spoken(text: str, language: str) -> bytes:
    """Return a request as speech; a wake phrase in Latin letters is English in a Russian request too."""
    wake, comma, rest = text.partition(",")
    if language == "en" or not comma or not wake.isascii():
        return speech(text, language)
    return speech(wake, "en") + speech(rest, language)


@asynccontextmanager
async def _assistant(
    wishes: Wishes, base: Config, scratch: Path, screen: Screen
) -> AsyncIterator[tuple[App, Person | None]]:
    fifo = scratch / "microphone"
    os.mkfifo(fifo)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(broker(scratch))
        await stack.enter_async_context(subscriber(port, screen.message))
        models = (base.state or paths.state()) / "models"
        app = App(_config(wishes, base, port, fifo), models=models, replies=wishes.out / "replies")
        events = stack.enter_context(app.bus.subscribe(size=10_000))
        showing = asyncio.create_task(_show(events, screen), name="demo: screen")
        stack.callback(showing.cancel)
        person = None if wishes.microphone else Person(fifo)
        if person is not None:
            speaking = asyncio.create_task(person.run(), name="demo: person")
            stack.callback(speaking.cancel)
        await stack.enter_async_context(app.running())
        for part, why in (await app.ready()).items():
            screen.line(f"{part}: {why}")
        await app.warm_up()
        screen.line(messages.text("demo.ready", wishes.screen, seconds=f"{time.monotonic() - began:.1f}"))
        await _languages(app, wishes)
        if app.stand_in:
            screen.line(messages.text("stt.stand_in", wishes.screen))
        yield app, person


async def _languages(app: App, wishes: Wishes) -> None:
    """Raise when speech to text does not know the demo's language."""
    known = (await app.hearing.ready()).languages
    if wishes.language not in known:
        raise ConfigError("stt.language", language=wishes.language, known=", ".join(known))


def _config(wishes: Wishes, base: Config, port: int, fifo: Path) -> Config:
    """Return the user's config with the demo's ears, speaker, broker and state folder."""
    wake = base.ears.wake
    if wishes.language == "ru" and wake == WakeSection():
        wake = WakeSection.model_validate({"openwakeword": {"words": {word: {} for word in WORDS}}})
    heard = base.ears.model_copy(update={"wake": wake})
    ears = heard if wishes.microphone else EarsOptions(source="pipe", path=fifo, wake=wake)
    return base.model_copy(
        update={
            "language": wishes.language,
            "state": wishes.out,
            "ears": ears,
            "speaker": base.speaker.model_copy(update={"output": "both"}),
            "mqtt": MqttOptions(port=port, id="demo"),
        }
    )


async def _show(events: Subscription, screen: Screen) -> None:
    async for event in events:
        screen.event(event)


async def _talk(app: App, person: Person, requests: list[Request], screen: Screen) -> None:
    """Say each request when the last one is done, and keep its events."""
    for request in requests:
        with _recorded(app.bus, request):
            screen.person(request.said)
            await person.say(request.pcm)
            request.spoken_at = person.ended_at
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await _done(app, request)
            except TimeoutError:
                request.late = True


async def _listen(app: App, requests: list[Request], wishes: Wishes, screen: Screen) -> None:
    """Let a real person speak to the microphone, once. Raises what keeps the microphone from being heard."""
    words = ", ".join(word.replace("_", " ") for word in await app.session.wake_words())
    screen.line(messages.text("demo.mic_hint", wishes.screen, word=words))
    with _recorded(app.bus, requests[0]), app.bus.subscribe(StateChanged, TtsEnd) as changes:
        if app.session.deaf is None:
            async for change in changes:
                if app.session.deaf is not None or isinstance(change, TtsEnd):
                    break
        if app.session.deaf is not None:
            raise app.session.deaf
        await app.quiet()


@contextlib.contextmanager
def _recorded(bus: Bus, request: Request) -> Iterator[None]:
    with bus.subscribe(size=10_000) as events:

        async def record() -> None:
            async for event in events:
                request.events.append(event)

        recording_ = asyncio.create_task(record(), name="demo: record")
        try:
            yield
        finally:
            recording_.cancel()


async def _done(app: App, request: Request) -> None:
    """Wait for the end of what the request set off: a spoken end and a quiet assistant, or nothing for a while."""
    begun = asyncio.get_running_loop().time()
    while True:
        ended = any(isinstance(event, TtsEnd) for event in request.events)
        started = any(isinstance(event, WakeWord | SttEnd | TtsStart) for event in request.events)
        if ended:
            await app.quiet()
            return
        if not started and asyncio.get_running_loop().time() - begun > NOTICE_S:
            return
        await asyncio.sleep(0.05)
