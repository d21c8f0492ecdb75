"""One utterance on its way through a Whisper: partials while it grows, a decoding in advance at a pause, a final.

It is the session (`engines.base.SttSession`) of every engine that can decode a window of audio.
"""

from dataclasses import replace
from typing import Protocol

from daemon.errors import EngineError
from daemon.transcription.agreement import Agreement, agree
from daemon.transcription.decoding import Decoding, joined
from daemon.transcription.guards import invented
from daemon.transcription.loudness import Samples, resumed, samples
from daemon.transcription.window import cuts
from daemon.translation.writing import written_in
from daemon.types import RATE, Transcript

STEP = RATE // 2
"""New audio between two partials, in samples."""
SHORTEST = round(0.3 * RATE)
"""Less speech than this is not worth a partial."""
LONGEST_S = 60
"""The ears end an utterance after 15 s; who feeds more than this gets an error, not a swelling process."""


class Decoder(Protocol):
    """What an engine does for its utterances."""

    longest: float
    """Seconds of audio that fit in one window."""

    def extent(self, sound: Samples) -> tuple[int, int]:
        """Return the samples where there is something to decode, equal when there is nothing.

        It may begin with the rest of a wake phrase.
        """

    def decode(self, sound: Samples, language: str | None, *, final: bool) -> Decoding:
        """Decode one window of at most `longest` seconds; a final may try harder than a partial."""

    def translate(self, sound: Samples, language: str) -> Decoding | None:
        """Decode one window into English; None where the model can't."""


class Utterance:
    """A short-lived session; the decoder behind it is warm and serves many."""

    def __init__(self, decoder: Decoder, turn: str, language: str | None, lead: float) -> None:
        self._decoder = decoder
        self._turn = turn
        self._language = language
        self._lead = lead
        self._pcm = bytearray()
        self._looked = 0
        self._paused: int | None = None
        self._agreement = Agreement()
        self._known: dict[tuple[int, int, bool], Decoding] = {}
        self._ahead: Decoding | None = None

    def feed(self, pcm: bytes) -> Transcript | None:
        """Take audio; every half second of it is decoded for a partial. Raises EngineError `stt.too_long`.

        A large piece costs one decoding: who falls behind feeds what has piled up at once. Silence after `pause` is
        only stored.
        """
        self._pcm += pcm
        heard = len(self._pcm) // 2
        if heard > LONGEST_S * RATE:
            raise EngineError("stt.too_long", seconds=LONGEST_S)
        if heard - self._looked < STEP or heard < self._lead * RATE + SHORTEST or self._silent_since_pause():
            return None
        self._looked = heard
        return self._partial(self._decode(final=False))

    def pause(self) -> None:
        """Decode what there is, in advance of `finish`."""
        self._paused = len(self._pcm) // 2
        self._ahead = self._decode(final=True)

    def finish(self) -> Transcript:
        """Return the final transcript: the one made at the pause, when only silence followed it."""
        found = self._ahead if self._ahead is not None and self._silent_since_pause() else self._decode(final=True)
        return Transcript(self._turn, found.text, found.language, final=True, score=found.score)

    def translation(self) -> str | None:
        """Return in English what was said, decoded anew; None where the model can't, or gave the words as they were."""
        sound = samples(self._pcm)
        begin, end = self._decoder.extent(sound)
        parts = [
            self._decoder.translate(sound[begin + first : begin + last], self._language or "")
            for first, last in (cuts(sound[begin:end], self._decoder.longest) if end > begin else [])
        ]
        known = [part for part in parts if part is not None and not invented(part)]
        text = " ".join(part.text for part in known if part.text)
        return text if text and len(known) == len(parts) and written_in(text) == "en" else None

    def _silent_since_pause(self) -> bool:
        if self._paused is None:
            return False
        sound = samples(self._pcm)
        if resumed(sound[: self._paused], sound[self._paused :]):
            self._paused = self._ahead = None
        return self._paused is not None

    def _partial(self, found: Decoding) -> Transcript | None:
        before = (self._agreement.text, self._agreement.guess)
        if found.text:
            self._agreement = agree(self._agreement, found.text)
        text, guess = self._agreement.text, self._agreement.guess
        if (text, guess) == before:
            return None
        return Transcript(self._turn, text, found.language, final=False, score=found.score, guess=guess)

    def _decode(self, *, final: bool) -> Decoding:
        sound = samples(self._pcm)
        begin, end = self._decoder.extent(sound)
        language, parts = self._language, []
        for first, last in cuts(sound[begin:end], self._decoder.longest) if end > begin else []:
            part = self._window(sound[begin + first : begin + last], begin + first, language, final=final)
            language = part.language if part.text else language
            parts.append(part)
        if final:
            self._language = language
        return joined(parts, language or "")

    def _window(self, sound: Samples, first: int, language: str | None, *, final: bool) -> Decoding:
        """Decode one piece, once: pieces but the last stay the same while the utterance grows."""
        key = (first, len(sound), final)
        if key not in self._known:
            found = self._decoder.decode(sound, language, final=final)
            self._known[key] = replace(found, text="") if invented(found) else found
        return self._known[key]
