"""The ears without any I/O: frames of sound and commands in, reports out. Time is counted in samples of the stream."""

import logging
from collections import deque
from typing import Any

from daemon.ears.echo import Echo
from daemon.ears.gate import Gate
from daemon.ears.pcm import FRAME, HOP, levels, seconds
from daemon.ears.ring import Ring
from daemon.ears.segment import Endpointing, Segment, Signal, opened, primed, step
from daemon.ears.wake import Detector, Hit, phrase_end
from daemon.engines.base import Vad
from daemon.types import RATE
from daemon.workers.wire import Frame

log = logging.getLogger(__name__)

BEFORE_PHRASE_END = round(0.2 * RATE)
"""Speech to text gets audio from this long before the wake phrase's estimated end."""
BEFORE_PUSH = round(0.2 * RATE)
"""A finger on the button is a little late; after a question the sound before it is our own voice."""
PIECE = 7 * FRAME
"""Sound is passed on in pieces of this many samples, sooner at a pause or the end: each wakes two more processes, and
speech to text makes nothing of less than half a second."""
NOTICEABLE = 0.1
"""How far a score must move to be reported."""


class Listener:
    """One stream: `hear` every frame of it, `command` whatever main sends, `finish` at its end."""

    def __init__(
        self,
        rules: Endpointing,
        pre_roll: float,
        *,
        gate: Gate,
        detector: Detector,
        echo: Echo,
        vad: Vad,
        scores: bool = True,
    ) -> None:
        """`scores`: report the wake word's score as it moves."""
        self._rules = rules
        self._gate = gate
        self._detector = detector
        self._echo = echo
        self._vad = vad
        self._scores = scores
        kept = round(pre_roll * RATE) // HOP
        self._ring = Ring(kept * HOP)
        self._flags: deque[bool] = deque(maxlen=kept)
        self._segment: Segment | None = None
        self._utterance = 0
        self._passed = 0
        self._shown: dict[str, float] = {}
        self._out: list[Frame] = []

    def hear(self, pcm: bytes) -> list[Frame]:
        """Take the next 1280 samples; return what there is to report."""
        flags = self._vad.voiced(pcm)
        self._ring.append(pcm)
        self._flags.extend(flags)
        self._echo.advance(self._ring.end)
        listening = self._segment is not None
        if listening:
            self._listen(flags)
        for scores, at in self._gate.hear(pcm, self._ring.end, voiced=any(flags)):
            if self._scores:
                self._score(scores, at)
            hit = self._detector.hear(scores, at)
            if hit is not None and not listening and self._segment is None:
                self._wake(hit)
        return self._taken()

    def command(self, frame: Frame) -> list[Frame]:
        """Take a command of main's; return what there is to report."""
        match frame.head:
            case {"type": "listen", "trigger": "push_to_talk" | "question" as trigger}:
                before = BEFORE_PUSH if trigger == "push_to_talk" else 0
                if self._segment is None:
                    self._open(trigger, self._ring.end - before, lead=0, after_wake=False)
            case {"type": "release"}:
                if self._segment is not None:
                    self._close(self._ring.end, "released")
            case {"type": "drop"}:
                self._segment = None
                self._detector.ready()
            case {"type": "playing", "rate": int(rate)} if rate > 0:
                self._echo.play(frame.body, rate, self._ring.end)
            case other:
                log.warning("the ears do not know the command %r", other.get("type"))
        return self._taken()

    def interrupt(self) -> list[Frame]:
        """End what is open: the source was lost."""
        if self._segment is not None:
            self._close(self._ring.end, "source_end")
        return self._taken()

    def finish(self) -> list[Frame]:
        """End what is open: the stream has ended."""
        ended = self.interrupt()
        self._tell("eof", t=seconds(self._ring.end))
        return ended + self._taken()

    def _wake(self, hit: Hit) -> None:
        if self._echo.ours(hit):
            self._detector.ready()  # our own voice must not make us deaf to the user's
            return
        end = phrase_end(hit.at, levels(self._ring.cut(0)), self._ring.end)
        spellings = self._detector.spellings(hit.word)
        self._tell(
            "wake", word=hit.word, score=hit.score, t=seconds(hit.at), end=seconds(end.likely), spellings=spellings
        )
        start = max(end.first - BEFORE_PHRASE_END, self._ring.start)
        self._open("wake_word", start, lead=min(end.last, self._ring.end) - start, after_wake=True)
        since = (self._ring.end - min(end.likely, self._ring.end)) // HOP
        flags = list(self._flags)[max(len(self._flags) - since, 0) :]
        if self._segment is not None:
            self._segment = primed(self._segment, self._rules, flags, HOP)

    def _open(self, trigger: str, start: int, *, lead: int, after_wake: bool) -> None:
        start = max(start, self._ring.start)
        self._utterance += 1
        self._segment = opened(self._rules, after_wake=after_wake)
        self._tell("start", utterance=self._utterance, trigger=trigger, t=seconds(start), lead=seconds(lead))
        self._passed = start
        self._pass_on()

    def _pass_on(self) -> None:
        """Give the sound that speech to text does not have yet."""
        if self._passed < self._ring.end:
            self._tell("audio", self._ring.cut(self._passed), utterance=self._utterance, t=seconds(self._passed))
            self._passed = self._ring.end

    def _listen(self, flags: list[bool]) -> None:
        start = self._ring.end - FRAME
        for number, voiced in enumerate(flags, 1):
            if self._segment is None:
                return
            self._segment, signal = step(self._segment, self._rules, HOP, voiced=voiced)
            if signal is Signal.PAUSE:
                self._pass_on()
                self._tell("pause", utterance=self._utterance)
            elif signal is not None:
                self._close(start + number * HOP, signal.value)
        if self._segment is not None and self._ring.end - self._passed >= PIECE:
            self._pass_on()

    def _close(self, at: int, reason: str) -> None:
        self._pass_on()
        self._segment = None
        self._detector.ready()
        self._tell("end", utterance=self._utterance, t=seconds(at), reason=reason)

    def _score(self, scores: dict[str, float], at: int) -> None:
        for word, score in scores.items():
            if abs(score - self._shown.get(word, 0.0)) >= NOTICEABLE:
                self._shown[word] = score
                self._tell("score", t=seconds(at), word=word, score=round(score, 3))

    def _tell(self, kind: str, body: bytes = b"", **values: Any) -> None:
        self._out.append(Frame({"type": kind, **values}, body))

    def _taken(self) -> list[Frame]:
        out, self._out = self._out, []
        return out
