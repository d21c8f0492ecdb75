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

from models.mini.recipe import voices
from models.mini.recipe.sentences import LANGUAGES, maker, spoken, transcript

CLIPS = 2000
SHORTEST_S, LONGEST_S = 0.15, 7.5
WAKE = {
    "en": ("hey jarvis", "hey kombain", "okay nabu", "alexa"),
    "ru": ("эй комбайн", "комбайн", "хей джарвис", "эй джарвис"),
}
WOKEN = 0.15
"""Share of espeak-ng's clips that begin inside a wake phrase: what is left of it is no text."""
EDGE = 10 ** (-50 / 20)


def make(folder: Path, number: int) -> None:
    """Make one shard."""
    os.nice(5)
    draw = Random(number)
    known = held_out_sentences()
    wanted = []
    while len(wanted) < CLIPS:
        language = draw.choice(LANGUAGES)
        text = maker(language).sentence(draw)
        if text.strip() and transcript(text) not in known:
            wanted.append((language, text, _voice(language, draw)))
    clips, sounds, at = [], [], 0
    for (language, text, voice), (whole, lead) in zip(wanted, _speak(wanted, draw), strict=True):
        first, last = edges(whole)
        if not SHORTEST_S <= (last - first) / voices.RATE <= LONGEST_S:
            continue
        sound = (whole[first:last] / max(1e-3, np.abs(whole).max()) * 0.7 * 32767).astype("<i2")
        clips.append(
            {
                "text": transcript(text),
                "language": language,
                "voice": voice,
                "at": at,
                "length": len(sound),
                "lead": max(0, lead - first),
            }
        )
        sounds.append(sound)
        at += len(sound)
    part = folder / f"{number:03}.part"
    part.write_bytes(np.concatenate(sounds).tobytes())
    (folder / f"{number:03}.json").write_text(json.dumps(clips, ensure_ascii=False), "utf-8")
    part.rename(folder / f"{number:03}.pcm")


def edges(sound: np.ndarray) -> tuple[int, int]:
    """Return where the sound begins and ends, less what is 50 dB below its loudest."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max(initial=0) * EDGE)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)


@cache
def held_out_sentences() -> frozenset[str]:
    """Return the sentences that `evaluate.py` asks for."""
    lists = (Path(__file__).parents[1] / "eval").glob("*.json")
    return frozenset(one["text"] for path in lists for one in json.loads(path.read_text("utf-8")))


@cache
def _espeak() -> voices.Espeak:
    return voices.Espeak()


def _voice(language: str, draw: Random) -> str:
    kind = draw.random()
    if language == "en" and kind < 0.16:
        return f"flite:{draw.choice(voices.FLITE)}"
    if language == "en" and kind < 0.25:
        return f"festival:{draw.choice(voices.FESTIVAL)}"
    return f"espeak:{voices.pick(language, draw)}"


def _speak(wanted: list[tuple[str, str, str]], draw: Random) -> list[tuple[np.ndarray, int]]:
    """Return each sound, and how many samples of it are a wake phrase's end."""
    found: dict[int, tuple[np.ndarray, int]] = {}
    for voice in voices.FESTIVAL:  # one process a voice
        numbers = [number for number, (_, _, name) in enumerate(wanted) if name == f"festival:{voice}"]
        for part in np.array_split(numbers, 4):
            texts = [spoken(wanted[number][1], "en") for number in part]
            for number, sound in zip(
                part, voices.festival(texts, voice, draw.uniform(0.85, 1.2)) if texts else [], strict=True
            ):
                found[int(number)] = (sound, 0)
    for number, (language, text, voice) in enumerate(wanted):
        engine, _, name = voice.partition(":")
        if engine == "flite":
            found[number] = (voices.flite(spoken(text, language), name, draw.uniform(0.85, 1.2)), 0)
        elif engine == "espeak":
            found[number] = _say(spoken(text, language), language, name, draw)
    return [found[number] for number in range(len(wanted))]


def _say(text: str, language: str, voice: str, draw: Random) -> tuple[np.ndarray, int]:
    manner = (voice, round(draw.triangular(110, 210, 160)), draw.randint(20, 80), draw.randint(30, 70))
    if draw.random() >= WOKEN:
        return _espeak().say(text, *manner)[0], 0
    phrase = draw.choice(WAKE[language])
    sound, words = _espeak().say(f"{phrase}{draw.choice([' ', ', ', '. '])}{text}", *manner)
    if len(words) <= phrase.count(" ") + 1:
        return _espeak().say(text, *manner)[0], 0
    begin = int(words[phrase.count(" ") + 1] * voices.RATE)
    lead = min(begin, int(draw.uniform(0.03, 0.6) * voices.RATE))
    return sound[begin - lead :], lead


def main() -> None:
    """Make the shards that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shards", type=int, default=45)
    wishes = parser.parse_args()
    wishes.folder.mkdir(parents=True, exist_ok=True)
    absent = [number for number in range(wishes.shards) if not (wishes.folder / f"{number:03}.pcm").exists()]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for count, (number, _) in enumerate(
            zip(absent, pool.map(make, [wishes.folder] * len(absent), absent), strict=True), 1
        ):
            print(f"shard {number} made, {count} of {len(absent)}", flush=True)


if __name__ == "__main__":
    main()
