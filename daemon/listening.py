"""The listening path over a recording: wake word, transcript, intent; nothing is performed."""

import asyncio
import contextlib
import time
from typing import Any

import intents
from daemon.bus import Bus
from daemon.errors import AudioError
from daemon.events import IntentEnd, Listening, WakeWord
from daemon.turn import Heard, Utterance, new_id, transcribe, understand
from daemon.workers.hearing import Hearing
from daemon.workers.worker import Worker


async def listen(ears: Worker, hearing: Hearing, bus: Bus) -> None:
    """Publish every event of the source's audio, with its position, until the source ends.

    Each utterance is transcribed to its end before more audio is taken, so memory stays bounded at any speed.
    Raises AudioError for an unreadable recording, EngineError and WorkerError.
    """
    turn, word, spellings = "", None, ()
    taking: asyncio.Task[None] | None = None
    utterance: Utterance | None = None
    try:
        async with ears.call({"op": "listen"}) as call:
            async for frame in call:
                match head := frame.head:
                    case {"type": "wake"}:
                        turn, word, spellings = new_id(), head["word"], tuple(head.get("spellings", ()))
                        event = WakeWord(
                            word=word, score=round(head["score"], 3), turn=turn, position=head["t"], at=time.time()
                        )
                        bus.publish(event)
                        await _drop(taking)
                    case {"type": "start"}:
                        utterance = Utterance(turn, word, head["lead"], spellings=spellings)
                        bus.publish(Listening(trigger=head["trigger"], turn=turn, position=head["t"], at=time.time()))
                        taking = asyncio.create_task(_take_down(utterance, hearing, bus), name=f"turn {turn}")
                    case {"type": "audio" | "pause" | "end"} if utterance is not None:
                        utterance.heard.put_nowait(_heard(head, frame.body))
                        if head["type"] == "end" and taking is not None:
                            await taking
                            taking = utterance = None
                    case {"type": "source", "state": "lost"}:
                        raise AudioError(head["why"], **head["values"])
            if utterance is not None and taking is not None:
                utterance.heard.put_nowait(Heard("end", reason="source_end"))
                await taking
    finally:
        await _drop(taking)


def _heard(head: dict[str, Any], pcm: bytes) -> Heard:
    return Heard(head["type"], pcm, head.get("t", 0.0), head.get("reason", "silence"))


async def _take_down(utterance: Utterance, hearing: Hearing, bus: Bus) -> None:
    transcript, _, _ = await transcribe(utterance, hearing, bus)
    if not transcript.text:
        return
    intent = understand(transcript.text, transcript.language, None)
    bus.publish(
        IntentEnd(
            intent=intent.name,
            slots=intent.slots,
            language=intent.language,
            plan=intents.plan_json(intents.plan(intent)),
            turn=utterance.turn,
            at=time.time(),
        )
    )


async def _drop(task: asyncio.Task[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
