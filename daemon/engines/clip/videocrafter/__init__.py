"""Clips by VideoCrafter, from the user's own checkout, in the user's own Python (docs/videocrafter.md)."""

import logging
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from daemon import film
from daemon.diffusion import clips, memory
from daemon.engines import base
from daemon.engines.base import Made, Step
from daemon.engines.clip.videocrafter import checkout as places
from daemon.engines.clip.videocrafter.link import Runner
from daemon.engines.request import seeded
from daemon.errors import EngineError
from daemon.scene.parse import clean
from daemon.workers.wire import Frame

log = logging.getLogger(__name__)
LICENCE = "VideoCrafter: for personal, research and non-commercial purposes only"
"""What upstream's README says, beside the Apache licence of its code."""
TIMESTEPS = 1000
"""Of the noise schedule in all of upstream's configs."""
SAMPLED = 0.9
"""The share of the work that is denoising; the rest is decoding."""
GPU_S = 60 / (50 * 16 * 512 * 320)
"""Guessed seconds for a step of a frame's pixel: a minute for a clip at 512x320."""
EDGE, LEAST, MOST = 16, 64, 2048
"""A side of a clip, in pixels: a multiple of the first."""


class Settings(film.FilmOptions):
    """Settings of VideoCrafter."""

    checkout: Path | None = Field(None, description="Folder of your clone of VideoCrafter; null: not set up.")
    python: Path | None = Field(None, description="Python of the environment it runs in; null: Kombain's own.")
    variant: Literal["t2v_512", "t2v_1024", "i2v_512", "t2v_512_v2"] = Field(
        "t2v_512", description="Model: from text at 512x320 or 1024x576, from a picture, or VideoCrafter2."
    )
    checkpoint: Path | None = Field(None, description="Weights; null: checkpoints/…/model.ckpt in the clone.")
    device: str = Field("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$", description="auto, cpu, cuda or cuda:1.")
    width: int | None = Field(None, ge=LEAST, le=MOST, multiple_of=EDGE, description="Pixels; null: the model's own.")
    height: int | None = Field(None, ge=LEAST, le=MOST, multiple_of=EDGE, description="Pixels; null: the model's own.")
    frames: int | None = Field(None, ge=1, le=64, description="Frames of a clip; null: as trained, 16.")
    fps: int = Field(10, ge=1, le=60, description="Frames a second at which the clip plays.")
    motion_fps: int | None = Field(None, ge=1, le=60, description="The pace the model is asked for; null: its own.")
    steps: int = Field(50, ge=1, le=500, description="Denoising steps: more take longer and look better.")
    guidance: float = Field(12.0, ge=1, le=50, description="How closely it follows the words.")
    patience: float = Field(600, gt=0, description="Seconds without an answer after which it counts as hung.")


class Engine:
    """Makes clips with one of VideoCrafter's models, in a process of its own that stays loaded."""

    Options: ClassVar[type[base.Options]] = Settings
    requires: ClassVar[tuple[str, ...]] = ("python:av", "python:PIL")
    memory_mb: ClassVar[int] = 16_000
    elsewhere: ClassVar[bool] = True
    suffix: ClassVar[str] = ".mp4"
    sketch: ClassVar[bool] = False
    rough: ClassVar[bool] = True
    reads: tuple[str, ...] = ("en",)
    licence: ClassVar[str] = LICENCE
    """Told by `kombain doctor`, in the log and in each clip."""

    def __init__(self, options: Settings, *, models: Path) -> None:  # noqa: ARG002 - the protocol gives it
        self._options = options
        self._variant = places.VARIANTS[options.variant]
        self._runner: Runner | None = None
        self.needs_image = self._variant.image

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:  # noqa: ARG003 - the protocol gives it
        """Return the code of what is not set up, as far as files tell."""
        if options.checkout is None:
            return "videocrafter.not_set_up"
        return places.lacking(_places(options))

    def load(self) -> None:
        """Start VideoCrafter and load the model. Raises EngineError for what is not set up, WorkerError if it dies."""
        self._running()

    def _running(self) -> Runner:
        """Return the process, a new one where there is none or it has died. Raises as `load`."""
        if self._runner is None or not self._runner.alive:
            if code := self.missing(self._options, models=Path()):
                raise EngineError(code)
            log.info("%s", LICENCE)
            self._runner = Runner(_places(self._options), self._options.device, self._options.patience)
        return self._runner

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds it takes: no more than a guess, until there is a history."""
        width, height = self._size(request)
        steps, frames = request.get("steps") or self._options.steps, self._options.frames or 16
        slower = memory.slowness(self._options.device, torch=None)  # it has a torch of its own
        return round(steps * frames * width * height * GPU_S * slower, 1)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Film `prompt`. Raises EngineError, also `making.no_image`, `making.takes_no_image`; Cancelled from `step`.

        Raises WorkerError when the process dies or hangs: it is tried again.
        """
        step(0.0)
        order = self._order(request)
        width, height = order["width"], order["height"]
        picture = b""
        if self.needs_image:
            picture = clips.cropped(clips.picture(request), width, height).tobytes()
        elif request.get("image"):
            raise EngineError("making.takes_no_image")
        runner = self._running()
        order["frames"] = self._options.frames or runner.frames
        meta = clips.told(request, order["seed"], "videocrafter")
        meta |= {name: order[name] for name in ("negative", "steps", "guidance")}
        meta |= {"model": self._options.variant, "licence": LICENCE}
        with closing(_filmed(runner.ask(order, picture), (height, width, 3), step)) as frames:
            meta = film.write(frames, path, self._options.fps, meta, crf=self._options.crf)
        step(1.0)
        return Made(film.MIMES[path.suffix], meta)

    def _order(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what the runner is asked for. Raises EngineError `scene.empty_prompt`."""
        width, height = self._size(request)
        return {
            "prompt": clean(str(request["prompt"])),
            "negative": clean(negative) if (negative := str(request.get("negative") or "").strip()) else "",
            "seed": seeded(request),
            "width": width,
            "height": height,
            "steps": possible_steps(int(request.get("steps") or self._options.steps)),
            "guidance": float(request.get("guidance") or self._options.guidance),
            "motion_fps": self._options.motion_fps or self._variant.motion_fps,
        }

    def _size(self, request: dict[str, Any]) -> tuple[int, int]:
        width = request.get("width") or self._options.width or self._variant.width
        height = request.get("height") or self._options.height or self._variant.height
        width, height = (min(max(EDGE * round(pixels / EDGE), LEAST), MOST) for pixels in (width, height))
        return width, height


def possible_steps(wanted: int) -> int:
    """Return `wanted`, or the next lower count of steps that upstream's schedule can do.

    It goes through 1000 times in strides of 1000 // steps and then one further, which must not be the end.
    """
    return next(steps for steps in range(min(wanted, TIMESTEPS), 0, -1) if (TIMESTEPS - 1) % (TIMESTEPS // steps))


def _places(options: Settings) -> places.Checkout:
    return places.find(options.checkout or Path(), places.VARIANTS[options.variant], options.checkpoint, options.python)


def _filmed(
    answers: Generator[Frame, None, None], shape: tuple[int, int, int], step: Step
) -> Generator[film.Frame, None, None]:
    """Yield the frames, telling of each step."""
    import numpy as np

    with closing(answers):
        for answer in answers:
            share = answer.head["number"] / answer.head["of"]
            if answer.head["kind"] == "step":
                step(SAMPLED * share)
            else:
                step(SAMPLED + (0.99 - SAMPLED) * share)
                yield np.frombuffer(answer.body, np.uint8).reshape(shape)
