"""What is said to the assistant: espeak-ng's speech, with the moments of its phonemes; silence; noises."""

from dataclasses import dataclass

import numpy as np

from daemon.types import RATE
from tests.ears.speech import pcm, say

FRAME = 1280
SPEED = 155
NOISE = 3e-4
"""The noise of a quiet room, as a share of full scale: -70 dB."""
AUDIBLE = 0.006
SENTENCES = (
    "the old clock on the wall was right twice a day and nobody minded",
    "we should have brought more bread, there is hardly any left for tomorrow",
    "seven small boats went out before sunrise and came home after dark",
)
ASKED = ("what time is it", "help", "cancel that", "what time is it", "help")
"""Requests with fixed answers; the second time a reply is kept from the first."""


@dataclass(frozen=True, slots=True)
class Request:
    """A spoken request; its moments are samples from its first frame's beginning."""

    text: str
    pcm: bytes
    """Whole frames: a little silence, the speech."""
    phrase_end: int
    """Where the wake phrase ends."""
    speech_end: int
    """Where the last sound of the speech ends."""


def request(text: str, voice: str, shift: int) -> Request:
    """Return "hey jarvis, `text`" in `voice`; it begins `shift` samples late, so that frames cut it anywhere."""
    speech = say(f"hey jarvis, {text}", voice, SPEED)
    begin = FRAME + shift
    loud = np.flatnonzero(np.abs(speech.sound) > AUDIBLE)[-1] + 1
    length = -(-(begin + loud) // FRAME) * FRAME
    sound = np.zeros(length)
    sound[begin : begin + loud] = speech.sound[:loud]
    return Request(text, pcm(sound + hiss(length)), begin + round(speech.end_of("s") * RATE), begin + int(loud))


def requests(voices: int) -> list[Request]:
    """Return what is asked in a round, in some voices."""
    names = ("en-us", "en", "en-us+f2")[:voices]
    turns = [(text, voice) for voice in names for text in ASKED]
    return [request(text, voice, 397 * number % FRAME) for number, (text, voice) in enumerate(turns)]


def hiss(count: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the noise of a quiet room."""
    return np.random.default_rng(count).normal(0, NOISE, count)


def frames(data: bytes) -> list[bytes]:
    """Cut sound into frames; the last is filled up with silence."""
    return [data[at : at + 2 * FRAME].ljust(2 * FRAME, b"\0") for at in range(0, len(data), 2 * FRAME)]


def surroundings(seconds: float) -> dict[str, bytes]:
    """Return what the assistant hears while nobody speaks to it: by name, `seconds` of each."""
    count = round(seconds * RATE)
    return {
        "digital silence": bytes(2 * count),
        "quiet room": pcm(hiss(count)),
        "speech-like noise": pcm(_babble(count)),
    }


def _babble(count: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return speech cut into pieces of 40 to 120 ms and shuffled: its sounds and rhythm without a word."""
    speech = np.concatenate([say(text, voice).sound for text in SENTENCES for voice in ("en-us", "en", "en-us+f2")])
    rng = np.random.default_rng(7)
    out = np.zeros(count + RATE)
    fade = 80
    at = 0
    while at < count:
        size = int(rng.integers(640, 1920))
        begin = int(rng.integers(0, len(speech) - size))
        piece = speech[begin : begin + size].astype(np.float64)
        piece[:fade] *= np.linspace(0, 1, fade)
        piece[-fade:] *= np.linspace(1, 0, fade)
        out[at : at + size] += piece
        at += size - fade
    return out[:count]
