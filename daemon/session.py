"""A session is one audio source and the only state machine: idle, listening, thinking, speaking, muted, error.

It starts and cancels turns. A turn that runs is one task; a wake word cancels it (barge-in) and begins the next.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Literal

from daemon import log as logs
from daemon import messages
from daemon.bus import Bus, Subscription
from daemon.errors import EngineError, KombainError, WorkerError
from daemon.events import (
    Failed,
    Listening,
    MuteChanged,
    PartChanged,
    State,
    StateChanged,
    TurnEnd,
    WakeScore,
    WakeWord,
    part_changed,
)
from daemon.order import AskedBy
from daemon.speech import Voice
from daemon.turn import Heard, Turns, Utterance, new_id
from daemon.types import RATE, AudioFrame, Health
from daemon.workers.process import RemoteCall
from daemon.workers.wire import Frame
from daemon.workers.worker import Worker
from intents.model import Question

log = logging.getLogger(__name__)
WAITING = 20
"""Typed turns and announcements that may wait for their chance to speak."""
BUSY = {"listening", "thinking", "speaking"}
"""From the wake word to the end of the reply."""


class Session:
    """Hears one source through `ears` and runs its turns; `run` is its task."""

    def __init__(self, make_ears: Callable[[], Worker], turns: Turns, voice: Voice, bus: Bus, *, language: str) -> None:
        self.state: State | None = None
        self.muted = False
        self.ended = asyncio.Event()
        self.language = language
        self.on_busy: Callable[[bool], None] = lambda _busy: None
        """Called with True when somebody begins to be heard or answered, and with False when that is over."""
        self._make_ears = make_ears
        self._turns = turns
        self._voice = voice
        self._bus = bus
        self.ears: Worker | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._call: RemoteCall | None = None
        self._wake: tuple[str, tuple[str, ...], str] | None = None
        self._question: Question | None = None
        self._utterance: Utterance | None = None
        self._turn: asyncio.Task[None] | None = None
        self._free = asyncio.Event()
        self._free.set()
        self._waiting = 0
        self._taking = False
        self._source_state: Literal["starting", "ok", "lost"] = "starting"
        self.deaf: KombainError | None = None
        """Why nothing can be heard; None when there is sound, and as long as nobody knows."""
        self._parts: dict[str, PartChanged] = {}

    async def run(self) -> None:
        """Hear until cancelled, or until the source comes to its end (a recording)."""
        with self._bus.subscribe(PartChanged) as changes:
            await self._live(changes)

    async def _live(self, changes: Subscription) -> None:
        async with asyncio.TaskGroup() as self._tasks, self._open():
            watching = self._tasks.create_task(self._watch_parts(changes), name="session: parts")
            self.tell()
            self._open_ears()
            await self.ended.wait()
            await self.quiet()
            watching.cancel()
            self._close_ears()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        """Take turns while the block runs: a job that is done while all ends is announced no more."""
        self._taking = True
        try:
            yield
        finally:
            self._taking = False

    def tell(self) -> None:
        """Report how things are, for who has just begun to listen."""
        self._bus.publish(MuteChanged(on=self.muted, at=time.time()))
        self._voice.set_volume(None, 0)
        if self.state is not None:
            self._bus.publish(StateChanged(state=self.state, at=time.time()))

    async def quiet(self) -> None:
        """Wait until no turn runs and nothing waits to be said."""
        while self._waiting or not self._free.is_set():
            await self._free.wait()
            await asyncio.sleep(0)

    async def renew_ears(self, make_ears: Callable[[], Worker]) -> None:
        """Hear with other ears, once no turn runs; if muted, when that ends. Raises EngineError when they refuse."""
        await self.quiet()
        self._make_ears = make_ears
        if not self.muted and (before := self._hearing) is not None:
            self._close_ears()
            await asyncio.wait([before])  # the microphone must be free
            self._open_ears()
        if self.ears is not None and not self.muted:
            await self.ears.ready()

    async def wake_words(self) -> list[str]:
        """Wait until the ears serve, or have said why they can't, and return the words they wait for."""
        if self.ears is not None:
            with contextlib.suppress(KombainError):
                return list((await self.ears.ready())["words"])
        return []

    # what a plan may ask of us (perform.Controls)

    def silence(self) -> None:
        """Stop what is being said or thought, and stop listening."""
        self._drop()
        if self._turn is not None and self._turn is not asyncio.current_task():
            self._turn.cancel()

    def mute(self, *, on: bool) -> None:
        """Close the microphone by ending the process that holds it, or open it again."""
        if on == self.muted:
            return
        self.muted = on
        self._bus.publish(MuteChanged(on=on, at=time.time()))
        if on:
            self._close_ears()
        else:
            self._open_ears()
        self._settle()

    def ask(self, question: Question) -> None:
        """Listen once without the wake word; what comes is the answer to `question`."""
        self._question = question
        self._tell_ears({"type": "listen", "trigger": "question"})

    def troubles(self, language: str) -> list[str]:
        """Say what is not as it should be, a sentence each."""
        troubled = [part for part in self._parts.values() if part.health != Health.OK]
        return [part.sentence(language) for part in troubled if part.why]

    def fail(self, error: KombainError, turn: str, language: str) -> None:
        """Tell all who listen to events, in `language`, that something in a turn failed."""
        log.error("%s", error)
        self._bus.publish(Failed(code=error.code, text=error.text(language), turn=turn, at=time.time()))

    # what comes from outside: MQTT, the command line

    def listen(self) -> None:
        """Listen now, as if the wake word had been heard."""
        self.silence()
        self._tell_ears({"type": "listen", "trigger": "push_to_talk"})

    def typed(self, text: str, language: str, turn: str, asked_by: AskedBy = "control") -> None:
        """Handle `text` as if it had been spoken, when the running turn is over."""
        self.when_free(lambda: self._turns.typed(text, language, turn, asked_by=asked_by), turn)

    def when_free(self, speak: Callable[[], Coroutine[Any, Any, None]], turn: str) -> None:
        """Run `speak` as the turn of that id once no other runs. Too many that wait: the newest is refused."""
        if not self._taking:
            return
        if self._waiting >= WAITING:
            self.fail(KombainError("session.busy", most=WAITING), turn, self.language)
            return
        self._waiting += 1
        self._tasks.create_task(self._in_turn(speak, turn), name="session: a turn that waits")

    async def _in_turn(self, speak: Callable[[], Coroutine[Any, Any, None]], turn: str) -> None:
        try:
            while not self._free.is_set():
                await self._free.wait()
            self._begin(speak, "thinking", turn)
        finally:
            self._waiting -= 1

    # the ears

    def _open_ears(self) -> None:
        self._source_state = "starting"
        self.ears = self._make_ears()
        self._hearing = self._tasks.create_task(self._hear(self.ears), name="session: ears")

    def _close_ears(self) -> None:
        """End the process that hears; what it has heard of an unfinished utterance is dropped."""
        if self._utterance is not None:
            self.silence()
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = self._call = None

    async def _hear(self, ears: Worker) -> None:
        running = asyncio.create_task(ears.run(), name="ears")
        try:
            while not self.ended.is_set():
                await self._hear_once(ears)
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def _hear_once(self, ears: Worker) -> None:
        """Listen until the child dies (it is replaced) or the source ends."""
        try:
            async with ears.call({"op": "listen", "scores": self._bus.wanted(WakeScore)}) as self._call:
                async for frame in self._call:
                    self._take(frame)
        except WorkerError:  # the supervisor reports and replaces it
            self._end_utterance("released")
            self._source_state = "lost"
            self._settle()
        except KombainError as error:
            self.fail(error, "", self.language)
            self._source_state, self.deaf = "lost", error
            self._settle()
            await ears.recovered()  # until then there is no way to hear: typed requests still work
        else:
            self._end_utterance("source_end")
            self.ended.set()

    def _tell_ears(self, head: dict[str, Any], pcm: bytes = b"") -> None:
        if self._call is not None:
            self._call.post(head, pcm)

    def playing(self, sound: AudioFrame) -> None:
        """Let the ears know what leaves the speaker (16 kHz), so that they don't take it for the user."""
        self._tell_ears({"type": "playing", "rate": RATE, "t": sound.t}, sound.pcm)

    def _take(self, frame: Frame) -> None:
        head = frame.head
        match head["type"]:
            case "wake":
                self._woken(head["word"], head["score"], head["t"], tuple(head.get("spellings", ())))
            case "start":
                self._start(head["trigger"], head["t"], head["lead"])
            case "audio" if self._utterance is not None:
                self._utterance.heard.put_nowait(Heard("audio", frame.body, head["t"]))
            case "pause" if self._utterance is not None:
                self._utterance.heard.put_nowait(Heard("pause"))
            case "end" if self._utterance is not None:
                self._end_utterance(head["reason"], head["t"])
            case "score":
                self._bus.publish(WakeScore(word=head["word"], score=head["score"], position=head["t"], at=time.time()))
            case "signal":
                error = KombainError(head["why"]) if head["why"] else None
                self._tell_microphone(Health.DEGRADED if error else Health.OK, error)
            case "source":
                self._source(head["state"], KombainError(head["why"], **head["values"]) if head["why"] else None)

    def _source(self, state: Literal["ok", "lost"], error: KombainError | None) -> None:
        if error is None and self.deaf is not None:
            log.info("there is sound again")
        self._source_state, self.deaf = state, error
        self._tell_microphone(Health.OK if state == "ok" else Health.DOWN, error)
        if state == "lost":
            self._end_utterance("released")
        self._settle()

    def _tell_microphone(self, health: Health, error: KombainError | None) -> None:
        if error is not None:
            log.warning("%s", error)
        self._bus.publish(part_changed("microphone", health, error, at=time.time()))

    def _woken(self, word: str, score: float, position: float, spellings: tuple[str, ...]) -> None:
        """End whatever we were saying or thinking: the user has the floor."""
        turn = new_id()
        self._wake = (word, spellings, turn)
        self._question = None
        self._bus.publish(WakeWord(word=word, score=round(score, 3), turn=turn, position=position, at=time.time()))
        self._utterance = None
        if self._turn is not None:
            self._turn.cancel()

    def _start(self, trigger: Any, position: float, lead: float) -> None:
        word, spellings, turn = self._wake if self._wake and trigger == "wake_word" else (None, (), new_id())
        question, self._question, self._wake = self._question, None, None
        asked = question if trigger == "question" else None
        self._utterance = utterance = Utterance(turn, word, lead, asked, spellings)
        self._bus.publish(Listening(trigger=trigger, turn=turn, position=position, at=time.time()))
        self._begin(partial(self._spoken, utterance, chime=trigger == "wake_word"), "listening", turn)

    def _drop(self) -> None:
        """Hear no more of the utterance that is being heard."""
        if self._utterance is not None:
            self._utterance = None
            self._tell_ears({"type": "drop"})

    def _end_utterance(self, reason: Any, position: float = 0.0) -> None:
        if self._utterance is not None:
            self._utterance.heard.put_nowait(Heard("end", t=position, reason=reason))
            self._utterance = None
            if self.state == "listening":
                self._publish_state("thinking")

    # turns

    async def _spoken(self, utterance: Utterance, *, chime: bool) -> None:
        if chime:
            self._tasks.create_task(self._voice.earcon("wake"), name="session: earcon")
        await self._turns.spoken(utterance)

    def _begin(self, job: Callable[[], Coroutine[Any, Any, None]], state: State, turn: str) -> None:
        before = self._turn
        self._free.clear()
        self._turn = self._tasks.create_task(self._run(job, before, turn), name=f"turn {turn}")
        self._turn.add_done_callback(partial(self._over, turn=turn))
        self._publish_state(state)

    async def _run(
        self, job: Callable[[], Coroutine[Any, Any, None]], before: asyncio.Task[None] | None, turn: str
    ) -> None:
        """Run a turn; what fails in it is said aloud and ends it, not us."""
        try:
            logs.turn.set(turn)
            if before is not None:
                await asyncio.wait([before])
            await job()
        except KombainError as error:
            self.fail(error, turn, self.language)
            if self._utterance is not None and self._utterance.turn == turn:
                self._drop()
            await self._voice.earcon("error")
            if isinstance(error, EngineError | WorkerError):
                why = error.text(self.language)
                await self._voice.say(messages.text("replies.trouble", self.language, why=why), self.language, turn)

    def _over(self, task: asyncio.Task[None], turn: str) -> None:
        """Be free again; a callback, since a turn may be cancelled before its first step."""
        self._bus.publish(TurnEnd(turn=turn, at=time.time()))
        if self._turn is task:
            self._turn = None
            self._free.set()
            self._settle()

    def _settle(self) -> None:
        """Take the state that holds when no turn runs; ears that are still opening change nothing yet."""
        if self._turn is None and self.muted:
            self._publish_state("muted")
        elif self._turn is None and self._source_state != "starting":
            self._publish_state("idle" if self._source_state == "ok" else "error")

    def speaking(self, on: bool) -> None:  # noqa: FBT001 - a plain switch
        """Follow the speaker: while a reply sounds the state is speaking."""
        if on:
            self._publish_state("speaking")
        elif self._turn is not None and self.state == "speaking":
            self._publish_state("thinking")

    def _publish_state(self, state: State) -> None:
        if state != self.state:
            if (busy := state in BUSY) != (self.state in BUSY):
                self.on_busy(busy)
            self.state = state
            self._bus.publish(StateChanged(state=state, at=time.time()))

    async def _watch_parts(self, changes: Subscription) -> None:
        async for change in changes:
            if isinstance(change, PartChanged):
                self._parts[change.part] = change
