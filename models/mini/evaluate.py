"""Judge a model on sentences kept from its training: `python -m models.mini.evaluate [--model FOLDER] [--json]`.

Speaks the sentences of eval/ in voices of training and others, clean and in noise, and has the model write them through
the window that Kombain uses, and through an unmodified faster-whisper with its 30 s.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

import numpy as np

from daemon.types import RATE
from daemon.wakewords.air import noise
from daemon.wakewords.misses import distance
from daemon.wakewords.speech import Line, speak
from daemon.wakewords.voices import Voice
from models.mini.recipe.sentences import spoken
from models.mini.recipe.sound import level
from models.mini.recipe.voices import UNSEEN

HERE = Path(__file__).parent
SEEN = {
    "en": (
        *(Voice("espeak-ng", name) for name in ("en-us", "en", "en-us+f2", "en-gb-scotland+m3", "en-us+Alicia")),
        *(Voice("flite", name) for name in ("slt", "awb")),
        Voice("festival", "kal_diphone"),
    ),
    "ru": tuple(
        Voice("espeak-ng", name) for name in ("ru", "ru+f2", "ru+m3", "ru-lv", "ru+Alicia", "ru+f4", "ru+Michael")
    ),
}
LOUDNESS = 0.3
BEFORE_S, AFTER_S = 0.25, 0.6
SPEED, PITCH = 160, 45
EMPTY = 200
"""Clips of silence and noise."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sound, what was said in it, and the row it counts for."""

    row: str
    text: str
    language: str
    sound: np.ndarray


Hear = Callable[[np.ndarray], tuple[str, str]]
"""From a sound to its text and language."""


def cases(limit: int | None) -> Iterator[Case]:
    """Yield everything that is judged, the same each time."""
    grains = np.random.default_rng(7)
    for language in ("en", "ru"):
        listed = json.loads((HERE / f"eval/{language}.json").read_text("utf-8"))
        grammar = [one["text"] for one in listed if one["kind"] == "grammar"][:limit]
        unseen = [one["text"] for one in listed if one["kind"] == "unseen"][:limit]
        for text, sound in _said(grammar, language, SEEN[language]):
            yield Case(f"{language}, seen voices", text, language, sound)
            for decibels in (20, 10):
                yield Case(f"{language}, noise at {decibels} dB", text, language, _noisy(sound, decibels, grains))
        for text, sound in _said(grammar[::2], language, (UNSEEN[language],)):
            yield Case(f"{language}, unseen voice", text, language, sound)
        for text, sound in _said(unseen, language, SEEN[language]):
            yield Case(f"{language}, unseen words", text, language, sound)
    for number in range(limit or EMPTY):
        length = int(grains.uniform(1, 5) * RATE)
        silent = number % 4 == 0
        sound = np.zeros(length, np.float32) if silent else noise(length, grains) * level(grains.uniform(-60, -15))
        yield Case("silence and noise", "", "", np.clip(sound, -1, 1).astype(np.float32))


def _said(texts: list[str], language: str, names: tuple[Voice, ...]) -> Iterator[tuple[str, np.ndarray]]:
    draw = Random(3)
    ordered = [
        Line(spoken(text, language), voice, SPEED + draw.randint(-15, 15), PITCH)
        for text, voice in zip(texts, cycle(names), strict=False)
    ]
    for text, said in zip(texts, speak(ordered), strict=True):
        sound = said.sound / np.abs(said.sound).max() * LOUDNESS
        yield text, np.pad(sound, (int(BEFORE_S * RATE), int(AFTER_S * RATE))).astype(np.float32)


def _noisy(sound: np.ndarray, decibels: float, grains: np.random.Generator) -> np.ndarray:
    speech = float(np.sqrt((sound[sound != 0] ** 2).mean()))
    return np.clip(sound + noise(len(sound), grains) * speech * level(-decibels), -1, 1).astype(np.float32)


def short_windows(folder: Path) -> Hear:
    """Hear as Kombain does: a window as long as the speech, and what can't be a voice is kept from the model."""
    from daemon.engines.stt.mini import Engine

    engine = Engine(Engine.Options(), models=folder)
    engine.folder = folder
    engine.load()

    def hear(sound: np.ndarray) -> tuple[str, str]:
        session = engine.session("", None, 0.0)
        session.feed((sound * 32767).astype("<i2").tobytes())
        found = session.finish()
        return found.text, found.language

    return hear


def whole_window(folder: Path) -> Hear:
    """Hear as faster-whisper does by itself."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), compute_type="int8", local_files_only=True)

    def hear(sound: np.ndarray) -> tuple[str, str]:
        segments, info = model.transcribe(sound, beam_size=1, temperature=0.0, condition_on_previous_text=False)
        return " ".join(segment.text.strip() for segment in segments), info.language

    return hear


@dataclass(slots=True)
class Row:
    """What was found for one kind of case."""

    count: int = 0
    words: int = 0
    wrong: int = 0
    languages: int = 0
    empty: int = 0

    def take(self, case: Case, text: str, language: str) -> None:
        """Count one case."""
        wanted, found = case.text.split(), text.lower().replace("ё", "е").split()
        self.count += 1
        self.words += len(wanted)
        self.wrong += distance(wanted, found)
        self.languages += language == case.language
        self.empty += not found

    def told(self) -> dict[str, float]:
        """Return the figures: word error rate, language right; for what nobody said, the share that gave no text."""
        if not self.words:
            return {"count": self.count, "empty": round(self.empty / self.count, 4)}
        return {
            "count": self.count,
            "wer": round(self.wrong / self.words, 4),
            "language": round(self.languages / self.count, 4),
        }


def judge(hear: Hear, judged: list[Case]) -> dict[str, dict[str, float]]:
    """Return the figures of each row."""
    rows: dict[str, Row] = {}
    for case in judged:
        rows.setdefault(case.row, Row()).take(case, *hear(case.sound))
    return {name: row.told() for name, row in rows.items()}


def main() -> None:
    """Judge and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=HERE)
    parser.add_argument("--limit", type=int, help="sentences of a row")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", action="store_true", help="print every sentence that was heard wrong")
    wishes = parser.parse_args()
    judged = list(cases(wishes.limit))
    hear = short_windows(wishes.model)
    if wishes.show:
        for case in judged:
            if (found := hear(case.sound)[0]) != case.text:
                print(f"{case.row}: {case.text} | {found}")
    found = judge(hear, judged)
    alone = [case for case in judged if case.row.endswith(("seen voices", "silence and noise"))]
    found |= {f"{name}, 30 s window": row for name, row in judge(whole_window(wishes.model), alone[::2]).items()}
    if wishes.json:
        print(json.dumps(found, indent=1))
        return
    for name, row in found.items():
        print(f"{name:34}", *(f"{key} {value:<8}" for key, value in row.items()))


if __name__ == "__main__":
    main()
