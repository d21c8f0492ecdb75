"""A checkout that has the module and function names of VideoCrafter, and what it needs beside torch: for tests.

Its "model" paints one colour per prompt, seed and picture. Words in the prompt make it misbehave: "noise" prints,
"die" dies, "hang" stops for ever, "fail" raises, "full" finds no memory, "garbage" and "small" write into the engine's
socket what is no message, and a frame of one byte.
"""

from pathlib import Path
from typing import Any

import pytest

from daemon.engines.clip.videocrafter import Settings
from daemon.engines.clip.videocrafter.checkout import VARIANTS

OMEGACONF = """
import json

class Node(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__

class OmegaConf:
    @staticmethod
    def load(path):
        with open(path) as file:
            return json.load(file, object_hook=Node)
"""

UTILS = """
import importlib

def instantiate_from_config(config):
    module, name = config["target"].rsplit(".", 1)
    return getattr(importlib.import_module(module), name)(**config.get("params", {}))
"""

MODEL = """
import os, signal, sys, time
import torch

class LatentDiffusion(torch.nn.Module):
    channels, num_timesteps, temporal_length = 4, 1000, 3

    def __init__(self, cond_img_config=None):
        super().__init__()
        print("noise of the library, before anything")
        self.weight = torch.nn.Parameter(torch.zeros(2))
        assert cond_img_config is None or cond_img_config.params.version is None, "would download"

    device = property(lambda self: self.weight.device)

    def get_learned_conditioning(self, prompts):
        (prompt,) = prompts
        words = prompt.split()
        if "noise" in words:
            os.write(1, b"\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x00{}" * 9)
            print("x" * 100_000, file=sys.stderr)
        if "die" in words:
            print("my last words", flush=True)
            sys.exit(9)
        if "hang" in words:
            time.sleep(600)
        if "fail" in words:
            raise ZeroDivisionError("odd")
        if "full" in words:
            raise RuntimeError("CUDA out of memory. Tried to allocate 9 GiB")
        if "garbage" in words:
            os.write(int(sys.argv[1]), b"\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x00[]")
        if "small" in words:
            head = b'{"kind": "frame", "number": 1, "of": 1}'
            os.write(int(sys.argv[1]), bytes([0, 0, 0, len(head), 0, 0, 0, 1]) + head + b"x")
        return torch.tensor([[sum(prompt.encode()) % 97]], dtype=torch.float32)

    def get_image_embeds(self, images):
        assert images.shape[:2] == (1, 3) and -1 <= images.min() <= images.max() <= 1
        left, right = images[..., 0].mean(), images[..., -1].mean()
        return torch.stack([left, right]).reshape(1, 2) * 50

    def decode_first_stage_2DAE(self, latents):
        return torch.nn.functional.interpolate(latents[:, :3, 0], scale_factor=8)[:, :, None]
"""

SAMPLER = """
import numpy as np
import torch

class DDIMSampler:
    def __init__(self, model):
        self.model = model

    def register_buffer(self, name, value):
        raise AssertionError("would go to the first GPU")

    @torch.no_grad()
    def sample(self, S, batch_size, shape, conditioning, callback, unconditional_guidance_scale,
               unconditional_conditioning, eta, clean_cond, verbose):
        self.ddim_timesteps = np.arange(0, 1000, 1000 // S) + 1
        self.register_buffer("table", torch.zeros(1000))
        self.table[self.ddim_timesteps]
        (wanted,), (unwanted,) = conditioning["c_crossattn"], unconditional_conditioning["c_crossattn"]
        colour = float((wanted - unwanted / 7).sum() + conditioning["fps"])
        latents = torch.rand(batch_size, shape[0], 1, 1, 1).expand(batch_size, *shape) * 0.4
        for number in range(len(self.ddim_timesteps)):
            callback(number)
        return latents + colour % 97 / 97, {}
"""

FILES = {
    "omegaconf.py": OMEGACONF,
    "utils/utils.py": UTILS,
    "lvdm/models/ddpm3d.py": MODEL,
    "lvdm/models/samplers/ddim.py": SAMPLER,
}
CONFIG = '{"model": {"target": "lvdm.models.ddpm3d.LatentDiffusion"%s}}'
PICTURED = ', "params": {"cond_img_config": {"params": {}}}'


def build(folder: Path, **settings: Any) -> Settings:
    """Make the checkout in `folder`, with an empty file for weights; return settings for it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "configs").mkdir()
    for variant in VARIANTS.values():
        params = PICTURED if variant.image else ', "params": {}'
        (folder / "configs" / variant.config).write_text(CONFIG % params)
    (folder / "model.ckpt").touch()
    plain = {"checkout": folder, "checkpoint": folder / "model.ckpt", "width": 64, "height": 64, "steps": 5}
    return Settings(**plain | settings)


def whole(folder: Path, **settings: Any) -> Settings:
    """Make the checkout with weights that can be loaded; the test is skipped where there is no torch."""
    torch = pytest.importorskip("torch")
    options = build(folder, **settings)
    torch.save({"state_dict": {"weight": torch.ones(2)}}, folder / "model.ckpt")
    return options
