"""Fakes of the parts around a session, in this process: ears that hear what a test says, a mouth that it can hold."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.errors import WorkerError
from daemon.jobs import Jobs
from daemon.perform import Performer
from daemon.session import Session
from daemon.speech import Voice
from daemon.store import Store
from daemon.translation.options import TranslateOptions
from daemon.translation.translator import Translator
from daemon.turn import Turns
from daemon.types import JobState, Pcm, Transcript
from daemon.workers.wire import Frame
from tests.makers import FakeMaker


class FakeEars:
    """A worker whose one call hears what `wake`, `speak` and `end` put into it; `posted` is what main told it."""

    def __init__(self):
        self.posted = []
        self.closed = False
        self._frames = asyncio.Queue()
        self.put("source", state="ok", why="", values={})

    async def run(self):
        try:
            await asyncio.Event().wait()
        finally:
            self.closed = True

    async def ready(self):
        return {"words": ["hey_jarvis"]}

    @asynccontextmanager
    async def call(self, head):
        assert head["op"] == "listen"
        yield self

    def post(self, head, pcm=b""):
        self.posted.append(head)
        if head["type"] == "listen":
            self.start(head["trigger"])

    async def __aiter__(self):
        while (frame := await self._frames.get()) is not None:
            if isinstance(frame, Exception):
                raise frame
            yield frame

    def put(self, kind, **values):
        self._frames.put_nowait(Frame({"type": kind, **values}, b"\0\0" if kind == "audio" else b""))

    def start(self, trigger):
        self.put("start", utterance=1, trigger=trigger, t=1.0, lead=0.2)

    def wake(self):
        self.put("wake", word="hey_jarvis", score=0.9, t=1.0, end=0.8)
        self.start("wake_word")

    def speak(self, reason="silence"):
        """Say something (what, the fake recogniser knows) and fall silent."""
        self.put("audio", utterance=1, t=1.1)
        self.put("pause", utterance=1)
        self.put("end", utterance=1, t=2.0, reason=reason)

    def die(self):
        self._frames.put_nowait(WorkerError("worker.died", name="ears", why="SIGKILL"))
        self.put("source", state="ok", why="", values={})

    def finish(self):
        self._frames.put_nowait(None)


class FakeHearing:
    """Transcribes utterance after utterance as the texts it was given; an exception among them is raised."""

    def __init__(self, *said):
        self.said = list(said)
        self.english = None
        """What was said, in English: a text, None where it can't translate, or an exception."""
        self.kept = []
        """Of each utterance, whether its sound was to be kept."""

    @asynccontextmanager
    async def session(self, turn, language=None, lead=0.0, on_partial=None, *, keep=False):
        self.kept.append(keep)
        yield _FakeHearingSession(self, turn, on_partial)


class _FakeHearingSession:
    def __init__(self, hearing, turn, on_partial):
        self._hearing, self._turn, self._on_partial = hearing, turn, on_partial

    async def feed(self, pcm):
        text = self._hearing.said[0] if self._hearing.said else ""
        if isinstance(text, str):
            self._on_partial(Transcript(self._turn, text.split(" ")[0], "en", final=False))

    async def pause(self):
        pass

    async def finish(self):
        text = self._hearing.said.pop(0)
        if isinstance(text, Exception):
            raise text
        if isinstance(text, asyncio.Event):
            await text.wait()
        language = "ru" if any("а" <= sign <= "я" for sign in text) else "en"
        return Transcript(self._turn, text, language, final=True)

    async def translation(self):
        if isinstance(self._hearing.english, Exception):
            raise self._hearing.english
        return self._hearing.english


class FakeHands:
    """What becomes of artifacts outside of the conversation: `shown` and `deleted` are their ids."""

    def __init__(self):
        self.desktop = True
        self.shown, self.deleted = [], []
        self.refuses = None

    def show(self, artifact):
        self.shown += [artifact.id] * self.desktop
        return self.desktop

    async def delete(self, artifact):
        if self.refuses is not None:
            raise self.refuses
        self.deleted.append(artifact)


class FakeSpeaking:
    async def speak(self, text, language):
        yield Pcm(text.encode("utf-16-le"), 16_000)


class FakeMouth:
    """Says a reply at once, or, while `hold` is set, when it is released; `heard` is what came out."""

    def __init__(self):
        self.heard = []
        self.earcons = []
        self.stopped = []
        self.hold = False
        self.talking = asyncio.Event()
        self._go = asyncio.Event()

    async def play(self, stream, *, path=None, volume=100, on_started=None, on_played=None):
        text = "".join([piece.pcm.decode("utf-16-le") async for piece in stream])
        on_started()
        self.talking.set()
        try:
            if self.hold:
                await self._go.wait()
        except asyncio.CancelledError:
            self.stopped.append(text)
            raise
        finally:
            self.talking.clear()
        self.heard.append(text)

    async def earcon(self, name, volume=100):
        self.earcons.append(name)

    def release(self):
        self.hold = False
        self._go.set()


@asynccontextmanager
async def session(tmp_path, *said, maker=None, reads=()):
    """Run a session over fakes, with a `maker` of pictures that `reads` these languages (none: all).

    Yields them all, with the events it published.
    """
    bus, ears, mouth, hearing = Bus(), [], FakeMouth(), FakeHearing(*said)

    def make_ears():
        ears.append(FakeEars())
        return ears[-1]

    voice = Voice(FakeSpeaking(), mouth, bus, language="en", volume=50, earcons=True, out=None)
    store = Store(tmp_path)
    maker = maker or FakeMaker()
    house = SimpleNamespace(bus=bus, ears=ears, mouth=mouth, hearing=hearing, voice=voice, maker=maker, events=[])

    def finished(job, artifact):
        if job.state is not JobState.CANCELLED:  # as the app does
            house.session.when_free(lambda: performer.finished(job, artifact), job.turn)

    jobs = Jobs(store, Artifacts(tmp_path / "artifacts", store), bus, {"picture": maker, "clip": FakeMaker()}, finished)
    translator = Translator(TranslateOptions(), lambda _kind, _from_picture: reads)
    house.hands = FakeHands()
    performer = Performer(voice, jobs, house.hands, sketches=lambda _kind: False, translator=translator)
    house.jobs, house.performer = jobs, performer
    turns = Turns(hearing, performer, bus, language="en")
    house.session = performer.controls = Session(make_ears, turns, voice, bus, language="en")
    voice.on_sound, voice.on_played = house.session.speaking, house.session.playing
    with bus.subscribe() as subscription:
        tasks = [asyncio.create_task(house.session.run()), asyncio.create_task(jobs.run())]
        reading = asyncio.create_task(_collect(subscription, house.events))
        await _settled()
        try:
            yield house
        finally:
            for task in (*tasks, reading):
                task.cancel()
            await asyncio.gather(*tasks, reading, return_exceptions=True)
            store.close()


async def _collect(subscription, events):
    async for event in subscription:
        events.append(event)


async def _settled():
    for _ in range(20):
        await asyncio.sleep(0)
