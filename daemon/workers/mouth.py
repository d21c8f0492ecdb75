"""Both ends of the worker that plays: a sound card, a WAV file, both or neither; see `Service.run` for the frames."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.audio.earcons import Name, earcon
from daemon.audio.options import SpeakerOptions
from daemon.audio.speaker import AHEAD, Sound, Speaker
from daemon.audio.wav import WavWriter, part_of
from daemon.bus import Bus
from daemon.errors import AudioError, KombainError, WorkerError
from daemon.events import part_changed
from daemon.types import AudioFrame, Health, Pcm
from daemon.workers.child import Call
from daemon.workers.process import RemoteCall
from daemon.workers.worker import Worker

log = logging.getLogger(__name__)
SERVICE = "daemon.workers.mouth:Service"
LOOK_S = 0.01
"""How often, while it plays, the child looks for a wish to stop and for the end."""


class Service:
    """The child's side: {"speaker": the section} in, sound out of the speaker."""

    def __init__(self, init: dict[str, Any]) -> None:
        options = SpeakerOptions(**init["speaker"])
        self._speaker = Speaker(options) if options.output in {"device", "both"} else None

    def load(self) -> dict[str, Any]:
        """Open the sound card; return its name, or why there is none: replies go on as text and files."""
        earcon("wake")  # numpy is read now: the first sound must not wait for it
        if self._speaker is None:
            return {"device": None, "error": None}
        try:
            self._speaker.open()
        except AudioError as error:
            return {"device": None, "error": _wire(error)}
        return {"device": self._speaker.name, "error": None}

    def run(self, call: Call) -> None:
        """Serve {"op": "play", "path", "volume"} or {"op": "earcon", "name", "volume"}.

        In a play, frames {"type": "pcm", "rate"} with sound come in, {"type": "finish"} after the last. Back go
        {"type": "started"}, {"type": "played", "t"} with the 16 kHz sound that leaves the speaker at `t`
        (time.monotonic()), and at the end {"type": "ended", "seconds", "error"}; `error` tells of a lost card.
        """
        play = _Play(call, self._speaker)
        match call.head["op"]:
            case "earcon":
                play.earcon(call.head["name"])
            case "play":
                path = call.head.get("path")
                play.run(Path(path) if path else None)
        if self._speaker is not None and self._speaker.stalled:
            log.error("the sound card hangs; this process ends with it")
            os._exit(3)  # all has been told; PortAudio can't be trusted to let go


class _Play:
    """One call being played. The card is asked for at each reply: one that was lost or plugged in later is found."""

    def __init__(self, call: Call, speaker: Speaker | None) -> None:
        self._call = call
        self._speaker = speaker
        self._sound: Sound | None = None
        self._running = self._told = False
        self._seconds = 0.0
        self._error: KombainError | None = None

    def earcon(self, name: Name) -> None:
        """Play one of the short sounds."""
        self._open()
        try:
            if self._speaker is not None and self._sound is not None:
                self._write(earcon(name, self._speaker.rate))
                self._finish()
        finally:
            self._silence()
        self._end()

    def run(self, path: Path | None) -> None:
        """Play, and write to `path`, what comes in, to the end or until the call is cancelled."""
        self._open()
        try:
            with WavWriter(path) if path else nullcontext() as file:
                self._take(file)
                self._finish()
        except AudioError as error:
            self._error = error
        finally:
            self._silence()
        self._end()

    def _open(self) -> None:
        if self._speaker is None:
            return
        try:
            self._speaker.open()
        except AudioError as error:
            self._error = error
        else:
            self._sound = Sound(self._speaker.rate, int(self._call.head.get("volume", 100)))

    def _take(self, file: WavWriter | None) -> None:
        while not self._call.cancelled.is_set():
            frame = self._call.receive(LOOK_S)
            self._look()
            if frame is None:
                continue
            if frame.head["type"] == "finish":
                return
            piece = Pcm(frame.body, int(frame.head["rate"]))
            self._write(piece)
            if file is not None:
                file = self._keep(file, piece)

    def _write(self, piece: Pcm) -> None:
        self._seconds += len(piece.pcm) / 2 / piece.rate
        if self._sound is None:
            self._tell_started()
            return
        self._sound.write(piece)
        if self._sound.waiting >= AHEAD:
            self._start()

    def _keep(self, file: WavWriter, piece: Pcm) -> WavWriter | None:
        """Write to the file; one that can't be written is given up, the reply goes on."""
        try:
            file.write(piece)
        except AudioError as error:
            self._error = error
            return None
        return file

    def _start(self) -> None:
        if self._running or self._speaker is None or self._sound is None:
            return
        try:
            self._speaker.start(self._sound)
            self._running = True
        except AudioError as error:
            self._error, self._sound = error, None

    def _finish(self) -> None:
        """Stay until the last sample has left the speaker."""
        if self._sound is not None:
            self._sound.finish()
            if self._sound.waiting:
                self._start()
        while self._running and not self._call.cancelled.wait(LOOK_S):
            self._look()

    def _look(self) -> None:
        """Report what was played since, and notice the end of the sound or of the card."""
        sound, speaker = self._sound, self._speaker
        if not self._running or sound is None or speaker is None:
            return
        if sound.begins is not None:
            self._tell_started()
        while (frame := sound.heard()) is not None:
            self._call.send({"type": "played", "t": frame.t}, frame.pcm)
        if speaker.lost:
            self._error = AudioError("speaker.lost", name=speaker.name)
            self._running, self._sound = False, None
            speaker.drop()
        elif sound.over(time.monotonic()):
            self._silence()

    def _tell_started(self) -> None:
        if not self._told:
            self._told = True
            self._call.send({"type": "started"})

    def _silence(self) -> None:
        if self._running and self._speaker is not None:
            self._running = False
            self._speaker.stop()

    def _end(self) -> None:
        self._call.check()
        self._call.send({"type": "ended", "seconds": self._seconds, "error": _wire(self._error)})


def _wire(error: KombainError | None) -> dict[str, Any] | None:
    return {"code": error.code, "values": error.plain} if error else None


@dataclass(frozen=True, slots=True)
class Played:
    """How a play went."""

    seconds: float
    """Seconds of sound that came in."""
    error: KombainError | None
    """What kept it from the speaker or the file: the reply was not heard, or not to its end."""


class Mouth:
    """The main process's side. It reports the part `speaker`: degraded when there is no sound card to play on."""

    def __init__(self, worker: Worker, bus: Bus) -> None:
        self._worker = worker
        self._bus = bus
        self._why: str | None = None

    async def ready(self) -> str | None:
        """Wait until the child serves; return the sound card's name, None when replies don't go to one."""
        info = await self._worker.ready()
        self._report(_error(info["error"]))
        return None if info["device"] is None else str(info["device"])

    async def play(
        self,
        stream: AsyncIterator[Pcm],
        *,
        path: Path | None = None,
        volume: int = 100,
        on_started: Callable[[], None] | None = None,
        on_played: Callable[[AudioFrame], None] | None = None,
    ) -> Played:
        """Play `stream` to its end; cancel the task and the speaker falls silent, a file keeps what came so far.

        `on_started` is called when the first sample is on its way to the speaker; `on_played` with each piece of sound
        at 16 kHz, `t` being when it leaves the speaker (time.monotonic()). What the stream raises is raised here, after
        what came before it has been played. Raises WorkerError.
        """
        head = {"op": "play", "path": str(path) if path else None, "volume": volume}
        try:
            async with self._worker.call(head) as call:
                feeding = asyncio.create_task(_feed(call, stream), name="mouth: feed")
                try:
                    played = await self._follow(call, on_started, on_played)
                    await feeding
                finally:
                    feeding.cancel()
                    await asyncio.gather(feeding, return_exceptions=True)  # `_follow` has told what went wrong
        except WorkerError:
            if path is not None:
                part_of(path).unlink(missing_ok=True)
            raise
        self._report(played.error)
        return played

    async def earcon(self, name: str, volume: int = 100) -> None:
        """Play one of the short sounds to its end; nothing happens where there is no sound card. Raises WorkerError."""
        async with self._worker.call({"op": "earcon", "name": name, "volume": volume}) as call:
            await self._follow(call, None, None)

    async def _follow(
        self,
        call: RemoteCall,
        on_started: Callable[[], None] | None,
        on_played: Callable[[AudioFrame], None] | None,
    ) -> Played:
        async for frame in call:
            match frame.head:
                case {"type": "started"} if on_started is not None:
                    on_started()
                case {"type": "played", "t": t} if on_played is not None:
                    on_played(AudioFrame(frame.body, t))
                case {"type": "ended", "seconds": seconds, "error": error}:
                    return Played(seconds, _error(error))
        return Played(0.0, None)

    def _report(self, error: KombainError | None) -> None:
        why = str(error) if error else ""
        if why != self._why:
            self._why = why
            if error:
                log.warning("%s", error)
            health = Health.DEGRADED if error else Health.OK
            self._bus.publish(part_changed("speaker", health, error, at=time.time()))


async def _feed(call: RemoteCall, stream: AsyncIterator[Pcm]) -> None:
    try:
        async with contextlib.AsyncExitStack() as stack:
            if isinstance(stream, AsyncGenerator):
                await stack.enter_async_context(contextlib.aclosing(stream))
            async for piece in stream:
                await call.send({"type": "pcm", "rate": piece.rate}, piece.pcm)
    finally:
        await call.send({"type": "finish"})


def _error(wire: dict[str, Any] | None) -> KombainError | None:
    return AudioError(wire["code"], **wire["values"]) if wire else None
