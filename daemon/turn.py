"""A turn, from top to bottom: transcribe, recognise, plan, perform. Barge-in is the cancelling of this coroutine."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import intents
from daemon.bus import Bus
from daemon.errors import KombainError, WorkerError
from daemon.events import IntentEnd, SttEnd, SttPartial
from daemon.order import AskedBy
from daemon.perform import Performer
from daemon.translation.heard import prompt_of
from daemon.types import Transcript
from daemon.workers.hearing import Hearing, HearingSession
from intents.model import Intent, Question
from intents.normalize import strip_wake

log = logging.getLogger(__name__)
LONGEST_DECODE_S = 60.0
"""A final transcript that takes longer is given up: a large model on a slow machine, or an engine in a loop."""


def new_id() -> str:
    """Return the id of a new turn: it grows with time, so that logs sort."""
    return f"{int(time.time() * 1000):011x}{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ears report of one utterance: a piece of audio, a pause, or its end."""

    kind: Literal["audio", "pause", "end"]
    pcm: bytes = b""
    t: float = 0.0
    reason: Literal["silence", "limit", "nothing", "released", "source_end"] = "silence"


@dataclass(slots=True)
class Utterance:
    """One piece of speech as it comes in. Bounded by the ears' cap on its length."""

    turn: str
    wake_word: str | None
    lead: float
    """Seconds at its beginning that may hold the end of the wake phrase."""
    question: Question | None = None
    """What we asked, when this is the answer."""
    spellings: tuple[str, ...] = ()
    """How the wake phrase may be written, where the word's own model says so."""
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)


Foreign = Callable[[Transcript, Question | None], bool]
"""Whether what was said, maybe in answer to a question, is for an engine that can't read it."""


class Turns:
    """Runs turns, spoken and typed, over the parts they need."""

    def __init__(self, hearing: Hearing, performer: Performer, bus: Bus, *, language: str) -> None:
        self._hearing = hearing
        self._performer = performer
        self._bus = bus
        self.language = language

    async def spoken(self, utterance: Utterance) -> None:
        """Run the turn of an utterance. Raises EngineError and WorkerError of speech to text."""
        transcript, reason, english = await transcribe(utterance, self._hearing, self._bus, self._foreign())
        if transcript.text:
            question = utterance.question
            prompt = prompt_of(_without_wake(english, utterance), question) if english else ""
            await self.typed(transcript.text, transcript.language, utterance.turn, question, english=prompt)
        elif reason != "nothing":
            await self._performer.tell("nothing_heard", self.language, utterance.turn)  # silence is in no language

    async def typed(
        self,
        text: str,
        language: str,
        turn: str,
        question: Question | None = None,
        *,
        asked_by: AskedBy = "microphone",
        english: str = "",
    ) -> None:
        """Handle `text` as if it had been spoken; in a language that is not ours it is answered in the house's.

        `english`: its prompt, as it was heard in English.
        """
        intent = self._understood(text, language, question)
        plan = intents.plan(intent)
        self._bus.publish(
            IntentEnd(
                intent=intent.name,
                slots=intent.slots,
                language=intent.language,
                plan=intents.plan_json(plan),
                turn=turn,
                at=time.time(),
            )
        )
        await self._performer.perform(plan, intent.language, turn, asked_by, english=english)

    def _understood(self, text: str, language: str, question: Question | None) -> Intent:
        return understand(text, language if language in intents.LANGUAGES else self.language, question)

    def _foreign(self) -> Foreign | None:
        """Return what tells whether a transcript has to be heard in English too; None where that is never so."""
        if not self._performer.may_translate:
            return None
        return lambda said, question: self._performer.translates(
            intents.plan(self._understood(said.text, said.language, question))
        )


def understand(text: str, language: str, question: Question | None) -> Intent:
    """Return the intent of `text`, which may be the answer to a question of ours."""
    return intents.answer(question, text, language) if question else intents.recognize(text, language)


async def transcribe(
    utterance: Utterance, hearing: Hearing, bus: Bus, foreign: Foreign | None = None
) -> tuple[Transcript, str, str | None]:
    """Take down an utterance while it is spoken; return the final transcript, without wake phrase, and why it ended.

    What `foreign` says of it is heard once more, in English: the third value, None where that was not wanted or failed.
    """
    position, english = 0.0, None

    def partial(transcript: Transcript) -> None:
        said = _without_wake(transcript.text, utterance)
        bus.publish(
            SttPartial(text=said, guess=transcript.guess, turn=utterance.turn, position=position, at=time.time())
        )

    async with hearing.session(utterance.turn, None, utterance.lead, partial, keep=foreign is not None) as session:
        while (heard := await utterance.heard.get()).kind != "end":
            if heard.kind == "audio":
                position = heard.t
                await session.feed(heard.pcm)
            else:
                await session.pause()
        try:
            async with asyncio.timeout(LONGEST_DECODE_S):
                transcript = await session.finish()
        except TimeoutError as error:  # the call that is left now is cancelled, and its child killed if it goes on
            raise WorkerError("worker.slow", name="stt", seconds=int(LONGEST_DECODE_S)) from error
        said = replace(transcript, text=_without_wake(transcript.text, utterance))
        bus.publish(
            SttEnd(
                text=said.text,
                language=said.language,
                score=round(said.score, 3),
                reason=heard.reason,
                turn=said.turn,
                position=heard.t,
                at=time.time(),
            )
        )
        if said.text and foreign is not None and foreign(said, utterance.question):
            english = await _heard_in_english(session)
    return said, heard.reason, english


async def _heard_in_english(session: HearingSession) -> str | None:
    """Return what was said, in English. A failure is no end: there are other ways to translate."""
    try:
        async with asyncio.timeout(LONGEST_DECODE_S):
            return await session.translation()
    except (KombainError, TimeoutError) as error:
        log.warning("hearing it in English failed: %s", error)
        return None


def _without_wake(text: str, utterance: Utterance) -> str:
    if utterance.wake_word is None:
        return text
    return strip_wake(text, utterance.wake_word, utterance.spellings or None)
