"""Clips by any text-to-video or image-to-video pipeline of diffusers: Wan, LTX-Video, CogVideoX and others."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon import film
from daemon.diffusion import clip_families, clips, faults, memory, model, stepping, weights
from daemon.diffusion.model import Language, Side
from daemon.engines.base import Made, Step
from daemon.engines.request import first, seeded
from daemon.errors import EngineError
from daemon.scene.parse import clean

KINDS = tuple(clip_families.FAMILIES)
MADE = 0.92
"""The share of the work that is done when the file is begun."""
PLAIN = (832, 480)
"""Width and height where neither family nor config says."""
AT_ONCE = 8
"""So many frames take about what one picture of that size takes."""
STEP_S = 6.0
"""Guessed seconds of a step of 81 frames at 832x480 on a GPU."""


class Settings(clips.ClipOptions):
    """`clip.diffusers_video` in the config; null: as the model's family wants."""

    width: Side | None = Field(None, description="In pixels; null: as the model's family wants.")
    height: Side | None = Field(None, description="In pixels; null: as the model's family wants.")
    frames: int | None = Field(None, ge=2, le=1000, description="How many; the nearest number that the model can make.")
    fps: int | None = Field(None, ge=1, le=60, description="Frames a second; null: as the model's family wants.")
    steps: int | None = Field(None, ge=1, le=200, description="Denoising steps; null: as the model's family wants.")
    guidance: float | None = Field(
        None, ge=0, le=50, description="How strictly to follow the words; null: as the model's family wants."
    )
    negative: str = Field("", max_length=2000, description="What no clip should show.")
    reads: tuple[Language, ...] | None = Field(
        None, description="Languages of prompts it understands, [] for all; null: as the model's family does."
    )


class Engine:
    """One pipeline, loaded once; clips from words, or, where it is made for that, from a picture and words."""

    Options: ClassVar[type[clips.ClipOptions]] = Settings
    requires: ClassVar[tuple[str, ...]] = clips.REQUIRES
    memory_mb: ClassVar[int] = 12000
    suffix: ClassVar[str] = ".mp4"
    sketch: ClassVar[bool] = False
    rough: ClassVar[bool] = True

    def __init__(self, options: Settings, *, models: Path) -> None:
        self._options = options
        self._models = models
        self.weights_mb = weights.size_mb(model.found(options, models, KINDS))
        index = _index(options, models)
        self._family = clip_families.family(index) if index else clip_families.GENERIC
        self.needs_image: bool = index is not None and clip_families.from_image(index["_class_name"])
        self.reads: tuple[str, ...] = self._family.reads if options.reads is None else options.reads

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        """Return "diffusion.no_library" or "diffusers_video.no_model"."""
        return model.missing(options, models, KINDS, "diffusers_video.no_model")

    def load(self) -> None:
        """Check the model's files, then load and place it. Raises EngineError `diffusion.*`, `engine.*`."""
        place = model.located(self._options, self._models, KINDS)
        width, height = self._wanted_size({})
        seen = width * height / 1e6 * (self._options.frames or self._family.frames or 81) / AT_ONCE
        self._pipe, self._how = clips.opened(place, self._options, megapixels=seen, precise=self._family.precise)
        if "num_frames" not in inspect.signature(self._pipe.__call__).parameters:
            kind = type(self._pipe).__name__
            raise EngineError("diffusion.other_kind", path=place, kind=kind, wanted="…ToVideoPipeline")

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes."""
        width, height = self._wanted_size(request)
        share = width * height / (832 * 480) * (self._options.frames or self._family.frames or 81) / 81
        pace = STEP_S * memory.slowness(self._options.device, memory.installed())
        return round(pace * share * (self._steps(request) or 50), 1)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Film `prompt`, or set `image` in motion. Cancelled from `step`.

        Raises EngineError `scene.empty_prompt`, `making.no_image`, `making.takes_no_image`, `engine.out_of_memory` ...
        """
        seed = seeded(request)
        meta = clips.told(request, seed, "diffusers_video") | {"family": self._family.name}
        given = self._arguments(request, meta["prompt"], seed)
        with faults.explained(self._how.device), stepping.followed(self._pipe, step, 0.0, MADE):
            frames = _frames(self._pipe(**stepping.taken(self._pipe, given)), self._how.dtype)
        fps = self._options.fps or self._family.fps
        meta = film.write(_counted(frames, step), path, fps, meta, crf=self._options.crf, poster=len(frames) // 2)
        stepping.freed(self._pipe)
        step(1.0)
        return Made(film.MIMES[path.suffix], meta)

    def _arguments(self, request: dict[str, Any], prompt: str, seed: int) -> dict[str, Any]:
        """Return what the pipeline is called with, before it is cut down to what it takes."""
        import torch

        family, options = self._family, self._options
        image = clips.picture(request) if self.needs_image else None
        if image is None and request.get("image"):
            raise EngineError("making.takes_no_image")
        width, height = clip_families.size(self._wanted_size(request), family.measure, image and image.size)
        count = options.frames or family.frames
        negative = str(request.get("negative") or options.negative).strip()
        return {
            "prompt": prompt,
            "negative_prompt": clean(negative) if negative else None,
            "image": clips.cropped(image, width, height) if image else None,
            "width": width,
            "height": height,
            "num_frames": clip_families.frames(count, family.pace) if count else None,
            "frame_rate": options.fps or family.fps,
            "num_inference_steps": self._steps(request),
            "guidance_scale": first(request.get("guidance"), options.guidance, family.guidance),
            "generator": torch.Generator("cpu").manual_seed(seed),
            "output_type": "np",
        }

    def _wanted_size(self, request: dict[str, Any]) -> tuple[int, int]:
        options, family = self._options, self._family
        return (
            int(first(request.get("width"), options.width, family.width, PLAIN[0])),
            int(first(request.get("height"), options.height, family.height, PLAIN[1])),
        )

    def _steps(self, request: dict[str, Any]) -> int | None:
        steps = first(request.get("steps"), self._options.steps, self._family.steps)
        return None if steps is None else int(steps)


def _index(options: Settings, models: Path) -> dict[str, Any] | None:
    """Return the index of the model, None where there is none or it can't be read: `load` tells why."""
    place = model.found(options, models, KINDS)
    try:
        return weights.index(place) if place and place.is_dir() else None
    except EngineError:
        return None


def _frames(made: Any, dtype: str) -> Any:
    """Return the frames of the first video: PIL images or an array (frames, height, width, 3).

    Raises EngineError `making.no_frames` where there are none, `making.black` where nothing is to be seen in them.
    """
    videos = getattr(made, "frames", None)
    if videos is None or not len(videos) or not len(videos[0]):
        raise EngineError("making.no_frames")
    first = videos[0]
    if hasattr(first, "detach"):  # a tensor (frames, 3, height, width)
        first = first.detach().float().cpu().permute(0, 2, 3, 1).numpy()
    return clips.seen(first, dtype) if hasattr(first, "max") else first


def _counted(frames: Any, step: Step) -> Iterator[Any]:
    for number, frame in enumerate(frames):
        if number % 4 == 0:
            step(MADE + (1 - MADE) * number / len(frames))
        yield frame
