"""Runs VideoCrafter in the user's own Python: `python runner.py FD`, started by `link.Runner`.

It may be an old environment, so: Python 3.8, the standard library, torch and the checkout, nothing of `daemon`.
It speaks the frames of `daemon/workers/wire.py` over the socket FD; what the libraries print goes elsewhere.
First comes {"checkout", "config", "checkpoint", "device"}, the answer is {"kind": "ready", "frames"}. Then for each
request {"prompt", "negative", "seed", "width", "height", "frames", "steps", "guidance", "motion_fps"}, with an RGB
picture for its body where the model starts from one: {"kind": "step", "number", "of"} and {"kind": "frame", "number",
"of"} with RGB bytes, and {"kind": "done"}. After each step and frame it waits for {"go": bool}: false ends the request.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

HEADER = struct.Struct(">II")
DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of linux/prctl.h."""


class Trouble(Exception):  # noqa: N818 - it crosses as a KombainError, which does not exist here
    """What can't be done: `code` and `values` are those of an EngineError."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class Stopped(Exception):  # noqa: N818 - a wish, not a fault
    """Nobody wants the clip any more."""


class Link:
    """The socket to the engine."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame."""
        text = json.dumps(head).encode()
        self._socket.sendall(HEADER.pack(len(text), len(body)) + text + body)

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next frame; without the engine this process ends."""
        head, body = HEADER.unpack(self._exactly(HEADER.size))
        return json.loads(self._exactly(head)), self._exactly(body)

    def tell(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame and wait for leave to go on. Raises Stopped."""
        self.send(head, body)
        if not self.receive()[0]["go"]:
            raise Stopped

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            if not piece:
                sys.exit()
            data += piece
        return bytes(data)


class Film:
    """A loaded model."""

    def __init__(self, model: Any, sampler: type[Any]) -> None:
        self._model = model
        self._sampler = device_safe(sampler)

    @property
    def frames(self) -> int:
        """How many frames the model was trained to make."""
        return int(self._model.temporal_length)

    def make(self, request: dict[str, Any], picture: bytes, link: Link) -> None:
        """Denoise and decode, telling of each step and frame. Raises Stopped."""
        import torch

        torch.manual_seed(request["seed"])
        with torch.no_grad():
            latents = self._sampled(request, picture, link)
            count = latents.shape[2]
            for number in range(count):  # upstream decodes frame by frame too, but keeps them all on the device
                pixels = self._model.decode_first_stage_2DAE(latents[:, :, number : number + 1])[0, :, 0]
                link.tell({"kind": "frame", "number": number + 1, "of": count}, rgb(pixels))

    def _sampled(self, request: dict[str, Any], picture: bytes, link: Link) -> Any:
        sampler = self._sampler(self._model)

        def told(number: int) -> None:
            link.tell({"kind": "step", "number": number + 1, "of": len(sampler.ddim_timesteps)})

        wanted, unwanted = self._conditions(request, picture)
        latents, _ = sampler.sample(
            S=request["steps"],
            batch_size=1,
            shape=[self._model.channels, request["frames"], request["height"] // 8, request["width"] // 8],
            conditioning=wanted,
            unconditional_conditioning=unwanted,
            unconditional_guidance_scale=request["guidance"],
            eta=1.0,
            clean_cond=True,
            verbose=False,
            callback=told,
        )
        return latents

    def _conditions(self, request: dict[str, Any], picture: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is wanted and what is not: the text, for some models with the picture, and the pace."""
        import torch

        model = self._model
        texts = [model.get_learned_conditioning([request[name]]) for name in ("prompt", "negative")]
        if picture:
            size = (request["height"], request["width"], 3)
            pixels = torch.frombuffer(bytearray(picture), dtype=torch.uint8).reshape(size).permute(2, 0, 1)[None]
            pictures = [pixels.to(model.device) / 127.5 - 1, torch.zeros(1, 3, 224, 224, device=model.device)]
            texts = [torch.cat([text, model.get_image_embeds(one)], 1) for text, one in zip(texts, pictures)]  # noqa: B905
        pace = torch.tensor([request["motion_fps"]], device=model.device)
        wanted, unwanted = ({"c_crossattn": [text], "fps": pace} for text in texts)
        return wanted, unwanted


def rgb(pixels: Any) -> bytes:
    """Return an image of (3, height, width) in -1 to 1 as raw RGB."""
    import torch

    levels = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round()
    return bytes(levels.to(torch.uint8).permute(1, 2, 0).cpu().contiguous().numpy().tobytes())


def device_safe(sampler: type[Any]) -> type[Any]:
    """Return upstream's sampler without its belief that everything runs on the first GPU."""

    class Sampler(sampler):  # type: ignore[misc]
        def register_buffer(self, name: str, value: Any) -> None:
            setattr(self, name, value.to(self.model.device) if hasattr(value, "to") else value)

    return Sampler


def load(start: dict[str, Any]) -> Film:
    """Build the model that the config describes and put the weights in. Raises Trouble."""
    try:
        import torch

        config = importlib.import_module("omegaconf").OmegaConf.load(start["config"]).model
        build = importlib.import_module("utils.utils").instantiate_from_config
        sampler = importlib.import_module("lvdm.models.samplers.ddim").DDIMSampler
        importlib.import_module(config.target.rpartition(".")[0])
    except Exception as error:  # a library that does not fit another one may raise anything when it is imported
        raise Trouble("videocrafter.environment", why=one_line(error)) from error
    device = start["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    elif device != "cpu" and not torch.cuda.is_available():
        raise Trouble("engine.no_cuda", device=device)
    model = built(build, config)
    fill(model, start["checkpoint"])
    return Film(model.to(device).eval(), sampler)


def built(build: Any, config: Any) -> Any:
    """Return the model without its weights. Raises Trouble."""
    if "cond_img_config" in config.params:  # else 4 GB are downloaded, which the checkpoint then replaces
        config.params.cond_img_config.params.version = None
    try:
        model = build(config)
    except ImportError as error:
        raise Trouble("videocrafter.environment", why=one_line(error)) from error
    except Exception as error:
        raise Trouble("videocrafter.config", why=one_line(error)) from error
    if encoders := sys.modules.get("lvdm.modules.encoders.condition"):
        encoders.FrozenOpenCLIPEmbedder.encode_with_transformer = encode_text
        encoders.FrozenOpenCLIPImageEmbedderV2.encode_with_vision_transformer = encode_picture
    return model


def fill(model: Any, path: str) -> None:
    """Read the weights, and nothing but weights, into the model; all must be there. Raises Trouble."""
    import torch

    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(weights.get("state_dict", weights), strict=True)
    except Exception as error:  # whatever a damaged or foreign file makes of it
        raise Trouble("videocrafter.checkpoint", why=one_line(error)) from error


def encode_text(self: Any, tokens: Any) -> Any:
    """Stand in for FrozenOpenCLIPEmbedder.encode_with_transformer: right with old and new versions of open_clip.

    Before open_clip 2.26 a transformer wanted (length, batch, width), since then it wants (batch, length, width).
    """
    model = self.model
    turned = not getattr(model.transformer, "batch_first", False)
    x = model.token_embedding(tokens) + model.positional_embedding
    x = x.transpose(0, 1) if turned else x
    blocks = model.transformer.resblocks
    for block in blocks[: len(blocks) - self.layer_idx]:
        x = block(x, attn_mask=model.attn_mask)
    return model.ln_final(x.transpose(0, 1) if turned else x)


def encode_picture(self: Any, picture: Any) -> Any:
    """Stand in for FrozenOpenCLIPImageEmbedderV2.encode_with_vision_transformer, for the same reason."""
    import torch

    visual = self.model.visual
    turned = not hasattr(visual.transformer, "batch_first")  # where it is there, the transformer turns by itself
    x = visual.conv1(self.preprocess(picture)).flatten(2).transpose(1, 2)
    x = torch.cat([visual.class_embedding.expand(len(x), 1, -1), x], 1) + visual.positional_embedding
    x = visual.ln_pre(visual.patch_dropout(x))
    x = visual.transformer(x.transpose(0, 1) if turned else x)
    return x.transpose(0, 1) if turned else x


def one_line(error: BaseException) -> str:
    """Return what an error says, in at most 300 signs."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def serve(film: Film, link: Link) -> None:
    """Make one clip after another until the engine goes away."""
    link.send({"kind": "ready", "frames": film.frames})
    while True:
        request, picture = link.receive()
        answer: dict[str, Any] = {"kind": "done"}
        try:
            film.make(request, picture, link)
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - their code may raise anything; the model stays for the next one
            answer = failure(error)
        link.send(answer)


def failure(error: Exception) -> dict[str, Any]:
    """Return what is told of a clip that could not be made; free what it took on the GPU."""
    import torch

    full = "out of memory" in str(error)
    if full and torch.cuda.is_available():
        torch.cuda.empty_cache()
    code = "videocrafter.no_memory" if full else "videocrafter.failed"
    return {"kind": "error", "code": code, "values": {"why": one_line(error)}}


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the engine, which tells us
    link = Link(int(sys.argv[1]))
    start, _ = link.receive()
    ours = str(Path(__file__).resolve().parent)
    sys.path[:] = [start["checkout"], *(place for place in sys.path if place != ours)]
    try:
        film = load(start)
    except Trouble as error:
        link.send({"kind": "error", "code": error.code, "values": error.values})
    else:
        serve(film, link)


if __name__ == "__main__":
    main()
