"""Make the corpus, a shard at a time: `python -m models.mini.recipe.corpus FOLDER --shards 45`.

A shard is NNN.pcm (16 kHz int16, clip after clip) and NNN.json (a list of clips), and depends on its number alone.
Shards that are there are kept, so it can be stopped and started, and training may begin with the first.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

from daemon.types import RATE
from daemon.wakewords.speech import Line, Spoken, speak
from models.mini.recipe.sentences import LANGUAGES, maker, spoken, transcript
from models.mini.recipe.voices import pick

CLIPS = 2000
SHORTEST_S, LONGEST_S = 0.15, 7.5
WAKE = {
    "en": ("hey jarvis", "hey kombain", "okay nabu", "alexa"),
    "ru": ("эй комбайн", "комбайн", "хей джарвис", "эй джарвис"),
}
WOKEN = 0.15
"""Share of espeak-ng's clips that begin inside a wake phrase: what is left of it is no text."""
QUICK = 1.2
"""How much faster a voice is to speak by another language's phones: all of them are stressed and drawl."""


def make(folder: Path, number: int) -> None:
    """Make one shard."""
    draw = Random(number)
    known = held_out_sentences()
    wanted: list[tuple[str, str, Line]] = []
    while len(wanted) < CLIPS:
        language = draw.choice(LANGUAGES)
        text = maker(language).sentence(draw)
        if text.strip() and transcript(text) not in known:
            wanted.append((language, transcript(text), _line(spoken(text, language), language, draw)))
    clips, sounds, at = [], [], 0
    for (language, text, line), said in zip(wanted, speak([line for _, _, line in wanted]), strict=True):
        sound, lead = _request(line, said, draw)
        if not SHORTEST_S <= (len(sound) - lead) / RATE <= LONGEST_S:
            continue
        voice = f"{line.voice.program}: {line.voice.name}"
        clips.append({"text": text, "language": language, "voice": voice, "at": at, "length": len(sound), "lead": lead})
        sounds.append((sound / max(1e-3, np.abs(sound).max()) * 0.7 * 32767).astype("<i2"))
        at += len(sound)
    part = folder / f"{number:03}.part"
    part.write_bytes(np.concatenate(sounds).tobytes())
    (folder / f"{number:03}.json").write_text(json.dumps(clips, ensure_ascii=False), "utf-8")
    part.rename(folder / f"{number:03}.pcm")


def _line(text: str, language: str, draw: Random) -> Line:
    voice, pitch = pick(language, draw), draw.randint(20, 80)
    speed = round(draw.triangular(110, 210, 160) * (QUICK if voice.accent else 1))
    if voice.program != "espeak-ng" or draw.random() >= WOKEN:
        return Line(text, voice, speed, pitch)
    phrase = draw.choice(WAKE[language])
    return Line(f"{phrase}{draw.choice([' ', ', ', '. '])}{text}", voice, speed, pitch, (0, len(phrase)))


def _request(line: Line, said: Spoken, draw: Random) -> tuple[np.ndarray, int]:
    """Return the sound from somewhere in the wake phrase on, and how many samples of it are the phrase's rest."""
    if line.phrase is None:
        return said.sound, 0
    end = int(said.phrase[1] * RATE) if said.phrase else len(said.sound)
    lead = min(end, int(draw.uniform(0.03, 0.6) * RATE))
    return said.sound[end - lead :], lead


@cache
def held_out_sentences() -> frozenset[str]:
    """Return the sentences that `evaluate.py` asks for."""
    lists = (Path(__file__).parents[1] / "eval").glob("*.json")
    return frozenset(one["text"] for path in lists for one in json.loads(path.read_text("utf-8")))


def main() -> None:
    """Make the shards that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shards", type=int, default=45)
    wishes = parser.parse_args()
    wishes.folder.mkdir(parents=True, exist_ok=True)
    absent = [number for number in range(wishes.shards) if not (wishes.folder / f"{number:03}.pcm").exists()]
    with ProcessPoolExecutor(os.cpu_count(), initializer=os.nice, initargs=(5,)) as pool:
        for count, (number, _) in enumerate(
            zip(absent, pool.map(make, [wishes.folder] * len(absent), absent), strict=True), 1
        ):
            print(f"shard {number} made, {count} of {len(absent)}", flush=True)


if __name__ == "__main__":
    main()
