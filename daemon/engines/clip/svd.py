"""Clips from a picture by Stable Video Diffusion, through diffusers. It reads no words, and moves what it likes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon import film
from daemon.diffusion import clips, faults, memory, model, stepping, weights
from daemon.engines.base import Made, Step
from daemon.engines.request import seeded
from daemon.errors import EngineError

KINDS = ("StableVideoDiffusionPipeline",)
DENOISED = 0.85
"""The share of the work that is done when decoding begins."""
LEAN_CHUNK = 2
"""Frames decoded at once where memory is short."""
CHUNK = 8
FRAMES = 25
"""Of svd-xt; svd makes 14. The model itself says."""
AT_ONCE = 6
"""So many frames take about what one picture of that size takes."""
STEP_S = 4.0
"""Guessed seconds of a step of 25 frames at 1024x576 on a GPU."""


class Settings(clips.ClipOptions):
    """Settings of Stable Video Diffusion."""

    width: int = Field(
        1024, ge=64, le=2048, multiple_of=64, description="Width in pixels; 16:9 is what it was trained on."
    )
    height: int = Field(576, ge=64, le=2048, multiple_of=64, description="Height in pixels.")
    frames: int | None = Field(
        None, ge=2, le=64, description="How many frames; null: as the model was made for, 14 or 25."
    )
    fps: int = Field(7, ge=1, le=30, description="Frames a second: of the file, and told to the model.")
    steps: int = Field(25, ge=1, le=200, description="Steps of denoising.")
    guidance: float = Field(3.0, ge=1, le=20, description="How closely the last frames follow the picture.")
    motion: int = Field(127, ge=1, le=255, description="How much moves.")
    noise: float = Field(
        0.02, ge=0, le=1, description="Noise added to the picture: more is more motion, less likeness."
    )
    chunk: int | None = Field(None, ge=1, le=64, description="Frames decoded at once; null: as the memory allows.")


class Engine:
    """Sets a picture in motion."""

    Options: ClassVar[type[clips.ClipOptions]] = Settings
    requires: ClassVar[tuple[str, ...]] = clips.REQUIRES
    memory_mb: ClassVar[int] = 8000
    suffix: ClassVar[str] = ".mp4"
    sketch: ClassVar[bool] = False
    rough: ClassVar[bool] = True
    needs_image: bool = True
    reads: tuple[str, ...] = ()

    def __init__(self, options: Settings, *, models: Path) -> None:
        self._options = options
        self._models = models
        self.weights_mb = weights.size_mb(model.found(options, models, KINDS))

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        """Return "diffusion.no_library" or "svd.no_model"."""
        return model.missing(options, models, KINDS, "svd.no_model")

    def load(self) -> None:
        """Load the model as the memory allows. Raises EngineError."""
        place = model.located(self._options, self._models, KINDS)
        if (kind := weights.index(place)["_class_name"]) not in KINDS:
            raise EngineError("diffusion.other_kind", path=place, kind=kind, wanted=KINDS[0])
        self._pipe, self._how = clips.opened(place, self._options, megapixels=megapixels(self._options), half="float16")
        self._lean = self._how.offload != "none"
        if self._lean:
            self._pipe.unet.enable_forward_chunking()

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes."""
        size = self._options.width * self._options.height / (1024 * 576) * (self._options.frames or FRAMES) / FRAMES
        pace = STEP_S * memory.slowness(self._options.device, memory.installed())
        return round(pace * size * self._steps(request), 1)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Set `image` in motion. Raises EngineError `making.no_image`, `picture.image`, `engine.out_of_memory`."""
        image = clips.cropped(clips.picture(request), self._options.width, self._options.height)
        seed = seeded(request)
        with faults.explained(self._how.device):
            frames = self._decoded(self._denoised(image, seed, request, step), step)
            meta = clips.told(request, seed, "svd") | {"steps": self._steps(request), "motion": self._options.motion}
            meta = film.write(frames, path, self._options.fps, meta, crf=self._options.crf)
        step(1.0)
        return Made(film.MIMES[path.suffix], meta)

    def _steps(self, request: dict[str, Any]) -> int:
        return int(request.get("steps") or self._options.steps)

    def _denoised(self, image: Any, seed: int, request: dict[str, Any], step: Step) -> Any:
        """Return the latents: (1, frames, channels, height / 8, width / 8)."""
        import torch

        options = self._options
        with stepping.followed(self._pipe, step, 0.0, DENOISED):
            return self._pipe(
                image,
                width=options.width,
                height=options.height,
                num_frames=options.frames,
                num_inference_steps=self._steps(request),
                max_guidance_scale=float(request.get("guidance") or options.guidance),
                fps=options.fps,
                motion_bucket_id=options.motion,
                noise_aug_strength=options.noise,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="latent",
            ).frames

    def _decoded(self, latents: Any, step: Step) -> Iterator[Any]:
        """Yield frames, decoded a few at a time, so that memory is bounded and a cancel is heard in between."""
        import torch

        count = latents.shape[1]
        chunk = self._options.chunk or (LEAN_CHUNK if self._lean else CHUNK)
        try:
            for begin in range(0, count, chunk):
                step(DENOISED + (1 - DENOISED) * begin / count)
                some = latents[:, begin : begin + chunk]
                with torch.no_grad():
                    video = self._pipe.decode_latents(some, some.shape[1], chunk)
                    frames = self._pipe.video_processor.postprocess_video(video, output_type="np")[0]
                yield from clips.seen(frames, self._how.dtype) if begin == 0 else frames
        finally:
            stepping.freed(self._pipe)


def megapixels(options: Settings) -> float:
    """Return what is worked on at once, as the pixels of a picture that takes as much memory."""
    return options.width * options.height / 1e6 * (options.frames or FRAMES) / AT_ONCE
