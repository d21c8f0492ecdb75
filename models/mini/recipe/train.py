"""Train: `python -m models.mini.recipe.train CORPUS CHECKPOINT --minutes 600`; it goes on from the checkpoint.

The learning rate is constant after a warm-up, so training can be stopped and go on at any time; `--settle` lets it
fall to nothing over the minutes given, for a result. Connectionist temporal classification on the encoder (Graves et
al. 2006) helps the attention to find the sound. The layers' matrices learn by Muon (Jordan 2024; torch.optim.Muon), all
else by AdamW: after 350 steps the loss was 3.13 instead of 3.47 by AdamW alone.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn import functional

from models.mini.recipe.batches import Batch, Batches, Corpus
from models.mini.recipe.model import WIDTH, WORD_PIECES, build, decode, encode, tokenizer

_BF16 = torch.cpu.get_capabilities().get("avx512_bf16", False)  # then a step takes half the time

RATE, WARM_UP = 2e-3, 400
HELP, HELP_LATER, LATER = 0.6, 0.25, 6000
LONG_FROM, LONG = 4000, 0.1
SAVE_S, TOLD = 300, 50


class Training:
    """The model, its helper, the optimizers, and how many steps they have made."""

    def __init__(self, tokens: Tokenizer) -> None:
        torch.manual_seed(0)
        self.tokens = tokens
        self.model = build(tokens)
        self.helper = torch.nn.Linear(WIDTH, WORD_PIECES + 1)
        self.steps = 0
        self._named = {f"model.{name}": one for name, one in self.model.named_parameters()}
        self._named |= {f"helper.{name}": one for name, one in self.helper.named_parameters()}
        fixed = "model.model.encoder.embed_positions.weight"  # sinusoids
        self._named[fixed].requires_grad_(requires_grad=False)
        self._learnt = {name: one for name, one in self._named.items() if name != fixed}
        layers = [one for name, one in self._learnt.items() if ".layers." in name and one.ndim == 2]
        others = [one for name, one in self._learnt.items() if ".layers." not in name or one.ndim != 2]
        self._optimizers = (
            torch.optim.AdamW(others, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
            torch.optim.Muon(layers, lr=RATE, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        )

    def step(self, batch: Batch, rate: float) -> tuple[float, float]:
        """Learn from a batch; return the losses of the decoder and of the helper."""
        with torch.autocast("cpu", torch.bfloat16, enabled=_BF16):
            encoded = encode(self.model, batch.mel)
            logits = decode(self.model, batch.tokens, encoded)
            told = functional.cross_entropy(
                logits.flatten(0, 1), batch.wanted.flatten(), ignore_index=-100, label_smoothing=0.05
            )
            helped = self._help(encoded, batch.texts)
        for one in self._learnt.values():
            one.grad = None
        (told + (HELP if self.steps < LATER else HELP_LATER) * helped).backward()
        torch.nn.utils.clip_grad_norm_(self._learnt.values(), 1.0)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        self.steps += 1
        return told.item(), helped.item()

    def _help(self, encoded: torch.Tensor, texts: list[list[int]]) -> torch.Tensor:
        scores = self.helper(encoded).log_softmax(-1).transpose(0, 1)
        lengths = torch.tensor([len(text) for text in texts])
        flat = torch.tensor([piece for text in texts for piece in text], dtype=torch.long)
        full = torch.full((len(texts),), scores.shape[0])
        return functional.ctc_loss(scores, flat, full, lengths, blank=WORD_PIECES, zero_infinity=True)

    def save(self, folder: Path, *, whole: bool) -> None:
        """Write the weights, and with `whole` the optimizer's moments too."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {name: one.detach().clone() for name, one in self._learnt.items() if name != "model.proj_out.weight"}
        if whole:
            for name, one in self._learnt.items():
                for key, value in self._moments(one).items():
                    tensors[f"moment.{key}.{name}"] = value.detach().clone().reshape(value.shape)
        else:
            tensors = {name: one.half() for name, one in tensors.items()}
        part = folder / "weights.part"
        save_file(tensors, part, metadata={"steps": str(self.steps)})
        part.replace(folder / "weights.safetensors")
        self.tokens.save(str(folder / "tokenizer.json"))

    def load(self, folder: Path) -> None:
        """Go on from what `save` wrote."""
        from safetensors import safe_open

        path = folder / "weights.safetensors"
        tensors = load_file(path)
        with safe_open(path, "pt") as file:
            self.steps = int(file.metadata()["steps"])
        with torch.no_grad():
            for name, one in self._learnt.items():
                if name in tensors:
                    one.copy_(tensors[name])
        moments = {name: value for name, value in tensors.items() if name.startswith("moment.")}
        for key, value in moments.items():
            _, kind, name = key.split(".", 2)
            self._moments(self._learnt[name])[kind] = value

    def _moments(self, one: torch.nn.Parameter) -> dict[str, torch.Tensor]:
        """Return what the optimizer remembers of a parameter."""
        mine = next(
            optimizer
            for optimizer in self._optimizers
            if any(one is other for group in optimizer.param_groups for other in group["params"])
        )
        return mine.state[one]


def vocabulary(corpus: Path) -> Tokenizer:
    """Return the tokenizer of the corpus's first shards."""
    return tokenizer([clip.text for clip in Corpus(corpus).clips[:20000]])


def train(corpus: Path, folder: Path, minutes: float, *, settle: bool, rate: float) -> None:
    """Train for some minutes and save every few."""
    known = (folder / "tokenizer.json").exists()
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json")) if known else vocabulary(corpus)
    training = Training(tokens)
    if known:
        training.load(folder)
    began = saved = told_at = time.monotonic()
    warm_from = training.steps
    end = began + minutes * 60
    losses: list[tuple[float, float]] = []
    loader = iter(_loader(corpus, tokens, training.steps))
    with (folder.parent / "log.jsonl").open("a") as log:
        while (now := time.monotonic()) < end:
            if training.steps == LONG_FROM:
                loader = iter(_loader(corpus, tokens, training.steps))
            left = (end - now) / (end - began)
            factor = min(1, (training.steps - warm_from + 1) / WARM_UP) * (
                0.01 + 0.99 * (1 - math.cos(math.pi * left)) / 2 if settle else 1
            )
            losses.append(training.step(next(loader), rate * factor))
            if training.steps % TOLD == 0:
                told, helped = (sum(one) / len(losses) for one in zip(*losses, strict=True))
                line = {
                    "step": training.steps,
                    "loss": round(told, 4),
                    "ctc": round(helped, 4),
                    "rate": rate * factor,
                    "s": round(now - told_at, 1),
                }
                print(json.dumps(line), file=log, flush=True)
                losses, told_at = [], now
            if now - saved > SAVE_S:
                training.save(folder, whole=True)
                saved = now
    training.save(folder, whole=True)


def _loader(corpus: Path, tokens: Tokenizer, steps: int) -> torch.utils.data.DataLoader:
    batches = Batches(corpus, tokens, seed=steps, long=LONG if steps >= LONG_FROM else 0.0)
    return torch.utils.data.DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--settle", action="store_true", help="let the learning rate fall to nothing")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    wishes = parser.parse_args()
    torch.set_num_threads(wishes.threads)
    torch.set_flush_denormal(True)  # Adam with tiny moments is ten times slower without
    wishes.checkpoint.mkdir(parents=True, exist_ok=True)
    train(wishes.corpus, wishes.checkpoint, wishes.minutes, settle=wishes.settle, rate=wishes.rate)


if __name__ == "__main__":
    main()
