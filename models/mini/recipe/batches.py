"""Batches for training, made without end from the shards that are there: windows of log-mel, and tokens."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from daemon.types import RATE
from daemon.wakewords.air import noise
from models.mini.recipe.sound import HOP, LogMel, level, worn

CLIPS = 32
LONG_WINDOWS, LONG_FRAMES = 4, 3000
EMPTY = 0.05
"""Share of windows without speech."""
TIMED = 0.3
"""Share of windows whose text has timestamps."""
BUCKET = 1024
"""Clips that are sorted by length together, so that a batch wastes little."""
PLAYED, FASTER = 0.7, 0.12
"""Share of clips that are played at another pace, as if by a smaller or larger mouth, and by how much at most."""
BEFORE_S, AFTER_S = 0.6, 1.4
"""Longest silence around the speech in a short window."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of the corpus: `stored` samples, `length` as played, `lead` of them the rest of a wake phrase."""

    text: str
    language: str
    shard: int
    at: int
    stored: int
    length: int
    lead: int

    def at_pace(self, factor: float) -> "Clip":
        """Return the clip played `factor` times as fast."""
        return replace(self, length=round(self.length / factor), lead=round(self.lead / factor))


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows [batch, 80, frames]; tokens and what should follow each [batch, length], -100 where nothing is asked."""

    mel: torch.Tensor
    tokens: torch.Tensor
    wanted: torch.Tensor
    texts: list[list[int]]
    """The word pieces alone, for the helper loss."""


class Corpus:
    """The shards of a folder; `refresh` takes in those that have come since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clips: list[Clip] = []
        self._sounds: dict[int, np.ndarray] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take in new shards."""
        for path in sorted(self._folder.glob("*.pcm")):
            if (number := int(path.stem)) not in self._sounds:
                self._sounds[number] = np.memmap(path, "<i2", "r")
                lines = json.loads(path.with_suffix(".json").read_text("utf-8"))
                self.clips += [
                    Clip(one["text"], one["language"], number, one["at"], one["length"], one["length"], one["lead"])
                    for one in lines
                ]

    def sound(self, clip: Clip) -> np.ndarray:
        """Return a clip's sound as floats."""
        stored = self._sounds[clip.shard][clip.at : clip.at + clip.stored].astype(np.float32) / 32768
        if clip.length == clip.stored:
            return stored
        at = np.linspace(0, clip.stored - 1, clip.length)
        return np.interp(at, np.arange(clip.stored), stored).astype(np.float32)


class Batches(torch.utils.data.IterableDataset):
    """Yields `Batch`es for ever; `long` is the share of them that have windows of 30 s.

    Learners of one seed and different `rank` get different clips, but of like length at the same time.
    """

    def __init__(self, folder: Path, tokens: Tokenizer, seed: int, long: float, rank: int = 0) -> None:
        self._folder, self._tokens, self._seed, self._long, self._rank = folder, tokens, seed, long, rank

    def __iter__(self) -> Iterator[Batch]:
        """Yield batches."""
        torch.set_num_threads(1)
        shared, draw = np.random.default_rng(self._seed), np.random.default_rng([self._seed, self._rank])
        corpus, mel = Corpus(self._folder), LogMel()
        windows = _Windows(corpus, self._tokens, draw)
        while True:
            corpus.refresh()
            chosen = [corpus.clips[number] for number in draw.permutation(len(corpus.clips))[:BUCKET]]
            paces = np.where(draw.random(len(chosen)) < PLAYED, draw.uniform(1 - FASTER, 1 + FASTER, len(chosen)), 1)
            chosen = [clip.at_pace(pace) for clip, pace in zip(chosen, paces, strict=True)]
            chosen.sort(key=lambda clip: clip.length + clip.lead)
            groups = [chosen[at : at + CLIPS] for at in range(0, len(chosen), CLIPS)]
            for number in shared.permutation(len(groups)):
                made = windows.long(groups[number]) if shared.random() < self._long else windows.short(groups[number])
                yield self._batch(made, mel)

    def _batch(self, made: list[tuple[np.ndarray, list[int], list[int]]], mel: LogMel) -> Batch:
        size = max(len(tokens) for _, tokens, _ in made) - 1
        end = self._tokens.token_to_id("<|endoftext|>")
        tokens, wanted = torch.full((len(made), size), end), torch.full((len(made), size), -100)
        for row, (_, sequence, _) in enumerate(made):
            tokens[row, : len(sequence) - 1] = torch.tensor(sequence[:-1])
            wanted[row, : len(sequence) - 1] = torch.tensor(sequence[1:])
            if len(sequence) == 5:  # nobody speaks: only that, and the end, are to be learnt
                wanted[row, 0] = self._tokens.token_to_id("<|nospeech|>")
                wanted[row, 1] = wanted[row, 2] = -100
        features = mel(np.stack([sound for sound, _, _ in made]))
        return Batch(_masked(features), tokens, wanted, [text for _, _, text in made])


class _Windows:
    """Puts clips into windows of sound."""

    def __init__(self, corpus: Corpus, tokens: Tokenizer, draw: np.random.Generator) -> None:
        self._corpus, self._tokens, self._draw = corpus, tokens, draw
        self._cache: dict[str, list[int]] = {}

    def short(self, clips: list[Clip]) -> list[tuple[np.ndarray, list[int], list[int]]]:
        """Return a window for each clip, all as long as the longest clip with its silences needs."""
        draw = self._draw
        before = [int(draw.uniform(0, BEFORE_S) * RATE) if draw.random() < 0.8 else 0 for _ in clips]
        longest = max(clip.length + begin for clip, begin in zip(clips, before, strict=True)) + int(
            (0.02 + AFTER_S * draw.random() ** 2) * RATE
        )
        length = -(-longest // (2 * HOP)) * 2 * HOP
        return [self._window([(clip, begin)], length) for clip, begin in zip(clips, before, strict=True)]

    def long(self, clips: list[Clip]) -> list[tuple[np.ndarray, list[int], list[int]]]:
        """Return windows of 30 s: half of them with one clip, half with several of one language."""
        draw, length = self._draw, LONG_FRAMES * HOP
        made = []
        for number in range(LONG_WINDOWS):
            first = clips[int(draw.integers(len(clips)))]
            at = int(draw.uniform(0, 1.5) * RATE)
            placed = [(first, at)]
            at += first.length
            for clip in clips if number % 2 else []:
                at += int(draw.uniform(0.15, 2) * RATE)
                if clip.language == first.language and not clip.lead and at + clip.length < length and len(placed) < 7:
                    placed.append((clip, at))
                    at += clip.length
            made.append(self._window(placed, length))
        return made

    def _window(self, placed: list[tuple[Clip, int]], length: int) -> tuple[np.ndarray, list[int], list[int]]:
        draw = self._draw
        gain = level(draw.uniform(-30, 0))
        sound = np.zeros(length, np.float32)
        empty = draw.random() < EMPTY
        for clip, at in [] if empty else placed:
            sound[at : at + clip.length] += worn(self._corpus.sound(clip), draw)[: max(0, length - at)]
        if draw.random() < 0.8:
            speech = (
                level(-20)
                if empty
                else float(np.sqrt((sound[placed[0][1] : placed[0][1] + placed[0][0].length] ** 2).mean()))
            )
            sound += noise(length, draw) * speech * level(-draw.triangular(6, 25, 60))
        sound = np.clip(sound * gain, -1, 1)
        tokens, text = self._sequence([] if empty else placed)
        return sound, tokens, text

    def _sequence(self, placed: list[tuple[Clip, int]]) -> tuple[list[int], list[int]]:
        """Return the tokens of a window, and its word pieces alone."""
        language = placed[0][0].language if placed else "en" if self._draw.random() < 0.5 else "ru"
        name = self._tokens.token_to_id
        timed = bool(placed) and self._draw.random() < TIMED
        tokens = [name("<|startoftranscript|>"), name(f"<|{language}|>"), name("<|transcribe|>")]
        if not timed:
            tokens.append(name("<|notimestamps|>"))
        text = []
        for clip, at in placed:
            pieces = self._pieces(clip.text)
            text += pieces
            tokens += [self._time(at + clip.lead), *pieces, self._time(at + clip.length)] if timed else pieces
        return [*tokens, name("<|endoftext|>")], text

    def _time(self, samples: int) -> int:
        return self._tokens.token_to_id("<|0.00|>") + min(1500, round(samples / RATE / 0.02))

    def _pieces(self, text: str) -> list[int]:
        if text not in self._cache:
            self._cache[text] = self._tokens.encode(" " + text).ids
        return self._cache[text]


def _masked(mel: torch.Tensor) -> torch.Tensor:
    """Hide a band and a moment of each window (SpecAugment, Park et al. 2019), lightly."""
    for window in mel:
        band, moment = int(torch.randint(0, 11, ())), int(torch.randint(0, 16, ()))
        low, begin = int(torch.randint(0, 80 - band, ())), int(torch.randint(0, window.shape[1] - moment, ()))
        window[low : low + band] = window.mean()
        window[:, begin : begin + moment] = window.mean()
    return mel
