"""Lines in, sound out: many lines to a process of espeak-ng, one to a process of other synthesizers."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.errors import EngineError
from daemon.types import RATE
from daemon.wakewords import espeak
from daemon.wakewords.accent import phones, syllables
from daemon.wakewords.voices import Voice, ipa

Sound = NDArray[np.float32]
SECONDS = 300
USUAL = 165
"""Words a minute of a voice of flite or festival, about."""
QUIET = 0.003
"""Samples below this share of full scale, at either end, are the synthesizer's own pause."""
TAIL = 0.03


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say; `phrase` are the characters, from 0, of the wake phrase in it."""

    text: str
    voice: Voice
    speed: int = USUAL
    pitch: int = 50
    phrase: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The sound of a line, 16 kHz, and the seconds at which the wake phrase in it begins and ends."""

    sound: Sound
    phrase: tuple[float, float] | None = None


def speak(lines: Sequence[Line]) -> list[Spoken]:
    """Return the sound of every line. Raises EngineError."""
    ours = iter(_espeak([line for line in lines if line.voice.program == "espeak-ng"]))
    return [next(ours) if line.voice.program == "espeak-ng" else _other(line) for line in lines]


def _espeak(lines: Sequence[Line]) -> list[Spoken]:
    wanted = "".join(
        json.dumps({"text": line.text, "voice": line.voice.name, "speed": line.speed, "pitch": line.pitch}) + "\n"
        for line in lines
    )
    command = [sys.executable, "-I", espeak.__file__]
    try:
        done = subprocess.run(command, input=wanted.encode(), capture_output=True, check=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("engine.espeak_failed", why=str(error)) from error
    data, at, found = done.stdout, 0, []
    for line in lines:
        end = data.index(b"\n", at) + 1
        head = json.loads(data[at:end])
        at = end + head["bytes"]
        found.append(_trimmed(_sound(data[end:at], head["rate"]), _span(head["marks"], line.phrase)))
    return found


def _span(marks: list[list[Any]], phrase: tuple[int, int] | None) -> tuple[float, float] | None:
    """Return the seconds of the phrase, from espeak-ng's marks: characters are counted from 1, pauses begin with _."""
    if phrase is None:
        return None
    first, last = phrase[0] + 1, phrase[1]
    inside = [at for at, (character, _, _) in enumerate(marks) if first <= character <= last]
    if not inside:
        return None
    after = inside[-1] + 1
    while after > inside[0] + 1 and marks[after - 1][2].startswith("_"):
        after -= 1
    end = marks[after][1] if after < len(marks) else marks[-1][1]
    return marks[inside[0]][1], end


def _trimmed(sound: Sound, span: tuple[float, float] | None) -> Spoken:
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    if not len(loud):
        return Spoken(sound[:0], None)
    start, end = max(int(loud[0]) - int(TAIL * RATE), 0), int(loud[-1]) + int(TAIL * RATE)
    cut = sound[start:end]
    if span is None:
        return Spoken(cut)
    return Spoken(cut, (max(span[0] - start / RATE, 0.0), min(span[1] - start / RATE, len(cut) / RATE)))


def _sound(data: bytes, rate: int) -> Sound:
    import soxr

    return np.asarray(soxr.resample(np.frombuffer(data, "<i2").astype(np.float32) / 32768, rate, RATE), np.float32)


def _other(line: Line) -> Spoken:
    """Speak by flite or festival. They give no marks: the phrase is taken to be the whole line."""
    sounds = ipa(line.text, line.voice.accent) if line.voice.accent else ""
    stretch = str(round(USUAL / line.speed, 2))
    with tempfile.TemporaryDirectory(prefix="kombain") as folder:
        text, wav = Path(folder) / "text", Path(folder) / "sound.wav"
        if line.voice.program == "flite":
            read = line.text
            said = ["-p", phones(sounds)] if sounds else ["-f", str(text)]
            command = ["flite", "-voice", line.voice.name, "--setf", f"duration_stretch={stretch}", *said, str(wav)]
        else:
            read, begun = line.text, f"(voice_{line.voice.name})"
            if sounds:
                read, learnt = _learnt(sounds)
                begun = f"(begin {begun} (Parameter.set 'Duration_Stretch {stretch}) {learnt})"
            command = ["text2wave", str(text), "-o", str(wav), "-eval", begun]
        text.write_text(read + "\n", "utf-8")
        try:
            subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EngineError("wake_train.synthesizer", name=line.voice.program, why=str(error)) from error
        return _whole(wav)


def _learnt(sounds: str) -> tuple[str, str]:
    """Return a text of made-up words and how festival's lexicon learns to say them: the sounds, IPA, word by word."""
    lines: list[str] = []
    entries: list[str] = []
    for line in sounds.splitlines():
        names = []
        for spelled in filter(None, map(syllables, line.split())):
            said = " ".join(f"(({' '.join(one)}) {int(stressed)})" for one, stressed in spelled)
            names.append("q" + "".join(chr(ord("a") + int(digit)) for digit in str(len(entries))))
            entries.append(f'(lex.add.entry \'("{names[-1]}" n ({said})))')
        lines.append(" ".join(names))
    return ", ".join(filter(None, lines)), " ".join(entries)


def _whole(wav: Path) -> Spoken:
    import wave

    try:
        with wave.open(str(wav)) as file:
            sound = _sound(file.readframes(file.getnframes()), file.getframerate())
    except (OSError, EOFError, wave.Error):  # they trip over some texts: nothing is said then
        return Spoken(np.zeros(0, np.float32))
    spoken = _trimmed(sound, None)
    return Spoken(spoken.sound, (0.0, len(spoken.sound) / RATE))
