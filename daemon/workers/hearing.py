"""Both ends of the worker that turns speech into text.

A call {"op": "transcribe", "turn", "language", "lead"} takes frames {"type": "audio"} with PCM, {"type": "pause"} and
{"type": "finish"}; it answers {"type": "partial", "text", "guess", "language", "score"} while it listens and, last,
{"type": "final", "text", "language", "score"}. With "keep" in the call it then takes {"type": "translate"}, answered by
{"type": "translation", "text" or null}, until {"type": "done"}.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.errors import KombainError, WorkerError
from daemon.transcription.choice import Choice, loaded
from daemon.types import Transcript
from daemon.workers.child import Call
from daemon.workers.process import RemoteCall
from daemon.workers.wire import Frame
from daemon.workers.worker import Worker

log = logging.getLogger(__name__)

SERVICE = "daemon.workers.hearing:Service"
LEAVE_S = 0.5
"""What a child that is done gets to say so."""
LOOK_S = 0.25
"""How often a silent call looks whether it was cancelled."""


class Service:
    """The child's side: {"stt": section, "models": path} in, transcripts out."""

    def __init__(self, init: dict[str, Any]) -> None:
        self._section: dict[str, Any] = init["stt"]
        self._models = Path(init["models"])

    def load(self) -> dict[str, Any]:
        """Load the engine; return {"engine", "why", "values", "languages", "stand_in"}. Raises EngineError."""
        self._engine, choice = loaded(self._section, self._models)
        told = {"engine": choice.engine, "why": choice.why, "values": choice.values}
        return {**told, "languages": list(self._engine.languages), "stand_in": self._engine.stand_in}

    def run(self, call: Call) -> None:
        """Transcribe one utterance. Audio that has piled up is taken at once: one partial, of the newest state."""
        head = call.head
        session = self._engine.session(head["turn"], head.get("language"), float(head.get("lead", 0)))
        waiting: Frame | None = None
        while True:
            call.check()
            frame, waiting = waiting or call.receive(LOOK_S), None
            match frame.head if frame else None:
                case {"type": "audio"} if frame is not None:
                    pcm, waiting = _piled(call, frame)
                    _tell(call, session.feed(pcm))
                case {"type": "pause"}:
                    session.pause()
                case {"type": "finish"}:
                    _tell(call, session.finish())
                    if not head.get("keep"):
                        return
                case {"type": "translate"}:
                    call.send({"type": "translation", "text": session.translation()})
                case {"type": "done"}:
                    return


def _piled(call: Call, frame: Frame) -> tuple[bytes, Frame | None]:
    """Return the audio of `frame` and of those behind it, and the first frame that is something else."""
    pieces = [frame.body]
    while (after := call.receive(0)) is not None and after.head.get("type") == "audio":
        pieces.append(after.body)
    return b"".join(pieces), after


def _tell(call: Call, transcript: Transcript | None) -> None:
    if transcript is None:
        return
    body = {"text": transcript.text, "language": transcript.language, "score": transcript.score}
    call.send({"type": "final", **body} if transcript.final else {"type": "partial", "guess": transcript.guess, **body})


@dataclass(frozen=True, slots=True)
class Recogniser:
    """What listens."""

    choice: Choice
    languages: tuple[str, ...]
    stand_in: bool
    """True when it is the embedded stand-in for a real Whisper: to be said at start and in the demo."""


class Hearing:
    """The main process's side."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def ready(self) -> Recogniser:
        """Wait until the child serves; say which engine it is, and why. Raises EngineError."""
        info = await self._worker.ready()
        choice = Choice(info["engine"], info["why"], info["values"])
        return Recogniser(choice, tuple(info["languages"]), bool(info["stand_in"]))

    @asynccontextmanager
    async def session(
        self,
        turn: str,
        language: str | None = None,
        lead: float = 0.0,
        on_partial: Callable[[Transcript], None] | None = None,
        *,
        keep: bool = False,
    ) -> AsyncIterator["HearingSession"]:
        """Open an utterance; leaving without `finish` drops it. `language` None: detect. `lead`: as in `base.Stt`.

        `keep`: hold its sound after `finish` until the block is left, so that `translation` can be asked for.
        Raises EngineError `stt.language`, WorkerError.
        """
        head = {"op": "transcribe", "turn": turn, "language": language, "lead": lead, "keep": keep}
        async with self._worker.call(head) as call:
            session = HearingSession(call, turn, on_partial, keep=keep)
            try:
                yield session
            finally:
                await session.close()


class HearingSession:
    """One utterance, seen from the main process."""

    def __init__(
        self, call: RemoteCall, turn: str, on_partial: Callable[[Transcript], None] | None, *, keep: bool
    ) -> None:
        self._call = call
        self._turn = turn
        self._on_partial = on_partial
        self._keep = keep
        self._final: Transcript | None = None
        self._english: str | None = None
        self._told = asyncio.Event()
        """The answer to what was asked last has come."""
        self._answer = asyncio.create_task(self._listen(), name=f"hearing: answers of {turn}")

    async def feed(self, pcm: bytes) -> None:
        """Send the next piece of audio. Raises what has gone wrong since."""
        await self._send({"type": "audio"}, pcm)

    async def pause(self) -> None:
        """Say that the speaker fell silent."""
        await self._send({"type": "pause"})

    async def finish(self) -> Transcript:
        """End the utterance and return the final transcript. Raises EngineError, WorkerError."""
        await self._ask("finish")
        if not self._keep:
            await self._answer  # to its end: the child is free
        if self._final is None:
            raise WorkerError("worker.garbage")
        return self._final

    async def translation(self) -> str | None:
        """Return in English what was said, None where the model can't; of a session that is kept. Raises as above."""
        self._told.clear()
        await self._ask("translate")
        return self._english

    async def close(self) -> None:
        """Stop listening for answers."""
        if self._final is not None and not self._answer.done():
            with suppress(KombainError):
                await self._send({"type": "done"})
                await asyncio.wait([self._answer], timeout=LEAVE_S)
        self._answer.cancel()
        await asyncio.wait([self._answer])

    async def _ask(self, what: str) -> None:
        """Send a question and wait until it is answered, or the call is over. Raises what ended it."""
        await self._send({"type": what})
        told = asyncio.create_task(self._told.wait(), name=f"hearing: {what} of {self._turn}")
        try:
            await asyncio.wait([told, self._answer], return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
        if not self._told.is_set():
            await self._answer

    async def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        if self._answer.done():
            await self._answer  # raises what ended it early
        await self._call.send(head, body)

    async def _listen(self) -> None:
        async for frame in self._call:
            if frame.head["type"] == "translation":
                self._english = frame.head["text"]
                self._told.set()
                continue
            transcript = _transcript(self._turn, frame.head)
            if transcript.final:
                self._final = transcript
                self._told.set()
            elif self._on_partial is not None:
                self._on_partial(transcript)


def _transcript(turn: str, head: dict[str, Any]) -> Transcript:
    return Transcript(
        turn,
        head["text"],
        head["language"],
        final=head["type"] == "final",
        score=head["score"],
        guess=head.get("guess", ""),
    )
