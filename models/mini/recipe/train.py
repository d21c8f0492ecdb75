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
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import distributed
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
        self._together()
        torch.nn.utils.clip_grad_norm_(self._learnt.values(), 1.0)
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        self.steps += 1
        return told.item(), helped.item()

    def _together(self) -> None:
        """Average the slopes over all learners."""
        slopes = [one.grad for one in self._learnt.values()]
        whole = torch.cat([slope.flatten() for slope in slopes])
        distributed.all_reduce(whole)
        whole /= distributed.get_world_size()
        for slope, part in zip(slopes, whole.split([slope.numel() for slope in slopes]), strict=True):
            slope.copy_(part.view_as(slope))

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


def train(rank: int, corpus: Path, folder: Path, minutes: float, learners: int, *, settle: bool, rate: float) -> None:
    """Train for some minutes as one of the learners; the first says how fast, saves every few minutes, and ends it."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # Adam with tiny moments is ten times slower without
    distributed.init_process_group("gloo", f"file://{folder.absolute()}/learners", rank=rank, world_size=learners)
    known = (folder / "tokenizer.json").exists()
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json")) if known else vocabulary(corpus)
    training = Training(tokens)
    if known:
        training.load(folder)
    began = saved = told_at = time.monotonic()
    end = began + minutes * 60
    losses: list[tuple[float, float]] = []
    loader = iter(_loader(corpus, tokens, training.steps, rank))
    with (folder.parent / "log.jsonl").open("a") as log:
        while True:
            now = time.monotonic()
            left = max(0.0, (end - now) / max(end - began, 1e-9))
            falling = 0.01 + 0.99 * (1 - math.cos(math.pi * left)) / 2 if settle else 1.0
            pace = torch.tensor([rate * falling * min(1, (training.steps + 1) / WARM_UP), left])
            distributed.broadcast(pace, 0)
            if pace[1] <= 0:
                break
            if training.steps == LONG_FROM:
                loader = iter(_loader(corpus, tokens, training.steps, rank))
            losses.append(training.step(next(loader), float(pace[0])))
            if training.steps % TOLD == 0 and rank == 0:
                told, helped = (sum(one) / len(losses) for one in zip(*losses, strict=True))
                line = {
                    "step": training.steps,
                    "loss": round(told, 4),
                    "ctc": round(helped, 4),
                    "rate": round(float(pace[0]), 6),
                    "s": round(now - told_at, 1),
                }
                print(json.dumps(line), file=log, flush=True)
                losses, told_at = [], now
            if now - saved > SAVE_S and rank == 0:
                training.save(folder, whole=True)
                saved = now
    if rank == 0:
        training.save(folder, whole=True)
    distributed.destroy_process_group()


def _loader(corpus: Path, tokens: Tokenizer, steps: int, rank: int) -> torch.utils.data.DataLoader:
    batches = Batches(corpus, tokens, seed=steps, long=LONG if steps >= LONG_FROM else 0.0, rank=rank)
    return torch.utils.data.DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--settle", action="store_true", help="let the learning rate fall to nothing")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--learners", type=int, default=os.cpu_count(), help="processes that learn together")
    wishes = parser.parse_args()
    wishes.checkpoint.mkdir(parents=True, exist_ok=True)
    (wishes.checkpoint / "learners").unlink(missing_ok=True)
    learn = partial(_learn, wishes=wishes)
    torch.multiprocessing.spawn(learn, nprocs=wishes.learners)


def _learn(rank: int, wishes: argparse.Namespace) -> None:
    settle, rate = wishes.settle, wishes.rate
    train(rank, wishes.corpus, wishes.checkpoint, wishes.minutes, wishes.learners, settle=settle, rate=rate)


if __name__ == "__main__":
    main()
