"""Pictures by any text-to-image pipeline of diffusers: Stable Diffusion in all its kinds, Flux, Z-Image and others."""

import random
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from daemon.diffusion import families, faults, loading, memory, preview, sizes, weights
from daemon.diffusion.stepping import followed, taken
from daemon.engines import base, png
from daemon.engines.base import Made, Step
from daemon.errors import EngineError
from daemon.scene.parse import clean

LIBRARIES = ("torch", "diffusers", "transformers", "accelerate")
AUTO = "auto"
STRENGTH = 0.6
"""How far to go from a picture when nobody says."""
DENOISED = 0.94
"""The share of progress at which the steps are done and the picture is decoded."""
Side = Annotated[int, Field(ge=64, le=4096)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class Settings(base.Options):
    """`picture.diffusers` in the config."""

    model: str = Field(
        AUTO,
        min_length=1,
        description="Folder, name in models/, owner/name in the hub cache, .safetensors; auto: the first in models/.",
    )
    config: str = Field("", description="For a single .safetensors file: folder with the configs of its pipeline.")
    device: str = Field(AUTO, pattern=r"^(auto|cpu|cuda(:\d)?)$", description="auto, cpu, cuda or cuda:NUMBER.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="Precision of the weights; auto: 16 bits on a GPU, 32 on the processor."
    )
    offload: Literal["auto", "none", "model", "group", "sequential"] = Field(
        "auto", description="Keep weights in main memory: whole models, layers, or layers one by one; auto: as needed."
    )
    steps: int | None = Field(None, ge=1, le=200, description="Denoising steps; null: as the model's family wants.")
    guidance: float | None = Field(
        None, ge=0, le=50, description="How strictly to follow the words; null: as the model's family wants."
    )
    width: Side | None = Field(None, description="In pixels; null: as the model wants.")
    height: Side | None = Field(None, description="In pixels; null: as the model wants.")
    negative: str = Field("", max_length=2000, description="What no picture should show.")
    safety: bool = Field(default=True, description="Use the model's safety checker, where it has one.")
    previews: bool = Field(default=True, description="Write a small preview every second while a picture is made.")
    reads: tuple[Language, ...] | None = Field(
        None, description="Languages of prompts it understands, [] for all; null: as the model's family does."
    )


class Engine:
    """One pipeline, loaded once; pictures from words, or from words and a picture."""

    Options: ClassVar[type[base.Options]] = Settings
    requires: ClassVar[tuple[str, ...]] = tuple(f"python:{name}" for name in LIBRARIES)
    memory_mb: ClassVar[int] = 6000
    suffix: ClassVar[str] = ".png"
    sketch: ClassVar[bool] = False
    needs_image: bool = False

    def __init__(self, options: Settings, *, models: Path) -> None:
        self._options = options
        self._models = models
        self._place = found(options, models)
        folder = _described(options, self._place)
        self._family = families.of_folder(folder) if folder else families.GENERIC
        self._side = self._family.side or (families.side(folder) if folder else None)
        self.reads: tuple[str, ...] = self._family.reads if options.reads is None else options.reads

    @classmethod
    def missing(cls, options: Settings, *, models: Path) -> str | None:
        """Return a code when its libraries or its model are not here."""
        if any(find_spec(name) is None for name in LIBRARIES):
            return "diffusion.no_library"
        return None if found(options, models) else "diffusion.no_model"

    def load(self) -> None:
        """Check the model's files, then load and place it. Raises EngineError `diffusion.*`, `engine.*`."""
        if self._place is None:
            raise EngineError("diffusion.model_missing", model=self._options.model, folder=self._models)
        checked = weights.check(self._place)
        config = _config(self._options, checked.path)
        loading.quiet()
        self._plan = memory.plan(
            checked.parameters,
            memory.seen(self._options.device),
            megapixels=self._megapixels({}),
            dtype=self._options.dtype,
            offload=self._options.offload,
        )
        more = _safety(self._options, checked)
        self._pipe = loading.opened(checked, self._plan, _loader(checked, config), config, **more)
        self._from_image = False
        showing = self._options.previews and self._plan.offload == "none"
        self._matrix = preview.fitted(self._pipe) if showing else None

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds from the size of the files, the steps and the pixels; a GPU is known by its device file."""
        steps = request.get("steps") or self._options.steps or self._family.steps
        gib = sum(path.stat().st_size for path in _files(self._place)) / memory.GIB
        gpu = self._options.device != "cpu" and Path("/dev/nvidiactl").exists()
        return round(1 + steps * gib * self._megapixels(request) * (0.06 if gpu else 4.0), 1)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Make a picture of `prompt`, and of `image` where there is one.

        Raises EngineError `scene.empty_prompt`, `picture.unsafe`, `picture.black`, `picture.image`,
        `picture.no_image_to_image`, `engine.out_of_memory`, `engine.device`; Cancelled from `step`.
        """
        step(0.0)
        meta = self._meta(request)
        image = _opened(Path(request["image"])) if request.get("image") else None
        self._turn_to(from_image=image is not None)
        meta |= self._size(request, image)
        given = self._arguments(meta, image)
        with preview.Previews(path, self._matrix) as previews:
            if self._matrix is not None:
                given["callback_on_step_end"] = previews.after_step
            with faults.explained(self._plan.device), followed(self._pipe, step, 0.01, DENOISED):
                made = self._pipe(**taken(self._pipe, given))
            picture = self._picture(made)
            meta |= {"width": picture.width, "height": picture.height}
            step(DENOISED)
            png.write(picture, path, meta)
        step(1.0)
        return Made("image/png", meta)

    def _megapixels(self, request: dict[str, Any]) -> float:
        """Return how large a picture becomes, without the loaded pipeline."""
        side = self._side or 1024
        width, height = (request.get(name) or getattr(self._options, name) or side for name in ("width", "height"))
        return float(width * height / 1e6)

    def _meta(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what is to be known of the picture, but for its size."""
        seed = request.get("seed")
        negative = str(request.get("negative") or self._options.negative)
        meta = {
            "prompt": clean(str(request["prompt"])),
            "language": request.get("language"),
            "seed": random.randrange(2**31) if seed is None else int(seed) % 2**63,
            "engine": "diffusers",
            "model": self._place.name if self._place else "",
            "steps": _first(request.get("steps"), self._options.steps, self._family.steps),
            "guidance": _first(request.get("guidance"), self._options.guidance, self._family.guidance),
            "negative": clean(negative) if negative.strip() else None,
            "missing": [],
        }
        if request.get("image"):
            steps, strength = meta["steps"], _first(request.get("strength"), STRENGTH)
            meta["strength"] = min(1.0, max(float(strength), 1 / steps))  # less would be no step at all
        return meta

    def _turn_to(self, *, from_image: bool) -> None:
        """Use the same weights in the pipeline for words, or in that for pictures."""
        if from_image == self._from_image:
            return
        import diffusers

        task = diffusers.AutoPipelineForImage2Image if from_image else diffusers.AutoPipelineForText2Image
        try:
            self._pipe = task.from_pipe(self._pipe)
        except ValueError as error:
            raise EngineError("picture.no_image_to_image", model=self._place) from error
        self._from_image = from_image
        if self._plan.offload != "none":
            memory.apply(self._pipe, self._plan)

    def _size(self, request: dict[str, Any], image: Any) -> dict[str, int]:
        width, height = (_first(request.get(name), getattr(self._options, name)) for name in ("width", "height"))
        own = self._family.side or sizes.own(self._pipe)
        size = sizes.chosen(width, height, own, self._family.measure, image.size if image is not None else None)
        return {"width": size[0], "height": size[1]}

    def _picture(self, made: Any) -> Any:
        """Return the picture; raises EngineError where there is none, or a black one in its place."""
        flagged = getattr(made, "nsfw_content_detected", None)
        if flagged and any(flagged):
            raise EngineError("picture.unsafe")
        if not (pictures := getattr(made, "images", None)):
            raise EngineError("picture.no_picture", model=self._place)
        if not pictures[0].convert("L").getbbox():
            raise EngineError("picture.black", dtype=self._plan.dtype)
        return pictures[0]

    def _arguments(self, meta: dict[str, Any], image: Any) -> dict[str, Any]:
        """Return what the pipeline is called with, before it is cut down to what it takes."""
        import torch

        negative = meta["negative"]
        if self._family.scale == "true_cfg_scale":  # guides only away from something
            negative = negative or " "
        return {
            "prompt": meta["prompt"],
            "negative_prompt": negative,
            "num_inference_steps": meta["steps"],
            self._family.scale: meta["guidance"],
            "width": meta["width"],
            "height": meta["height"],
            "image": image.resize((meta["width"], meta["height"])) if image is not None else None,
            "strength": meta.get("strength"),
            "generator": torch.Generator("cpu").manual_seed(meta["seed"]),
        }


def found(options: Settings, models: Path) -> Path | None:
    """Return where the model is; "auto": the first picture model in `models`."""
    if options.model != AUTO:
        return weights.find(options.model, models)
    known = (path for path, index in weights.shelved(models) if index["_class_name"] in families.FAMILIES)
    return next(known, None)


def _described(options: Settings, place: Path | None) -> Path | None:
    """Return the folder that tells of the model's family; None where it can't be read, which `load` tells."""
    try:
        folder = (_config(options, place) or place) if place else None
        return folder if folder and weights.index(folder) else None
    except EngineError:
        return None


def _config(options: Settings, place: Path) -> Path | None:
    """Return the folder with the configs of a single file; None for a folder. Raises EngineError."""
    if place.is_dir():
        return None
    folder = weights.find(options.config, place.parent) if options.config else None
    if folder is None or not folder.is_dir():
        raise EngineError("diffusion.no_config", path=place)
    return folder


def _loader(found: weights.Weights, config: Path | None) -> Any:
    """Return the class that loads it; diffusers' own choice for words where it has one."""
    import diffusers
    from diffusers.pipelines.auto_pipeline import SUPPORTED_TASKS_MAPPINGS

    if config is not None:
        return getattr(diffusers, weights.index(config)["_class_name"], diffusers.DiffusionPipeline)
    tables: Any = SUPPORTED_TASKS_MAPPINGS
    linked = {one.__name__ for table in tables for one in table.values()}
    return diffusers.AutoPipelineForText2Image if found.kind in linked else diffusers.DiffusionPipeline


def _safety(options: Settings, found: weights.Weights) -> dict[str, Any]:
    """Return what leaves the safety checker out, when it is not wanted."""
    if options.safety or "safety_checker" not in found.parameters:
        return {}
    return {"safety_checker": None, "requires_safety_checker": False}


def _opened(path: Path) -> Any:
    """Return a picture to start from. Raises EngineError `picture.image`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError) as error:
        raise EngineError("picture.image", path=path) from error


def _files(place: Path | None) -> list[Path]:
    if place is None:
        return []
    return [place] if place.is_file() else list(place.glob(f"*/*{weights.SINGLE}"))


def _first(*values: Any) -> Any:
    """Return the first that is not None."""
    return next((value for value in values if value is not None), None)
