"""Pictures by any text-to-image pipeline of diffusers: Stable Diffusion in all its kinds, Flux, Z-Image and others."""

from pathlib import Path
from typing import Any, ClassVar

from daemon.diffusion import faults, images, memory, model, pictures, preview, sizes, weights
from daemon.diffusion.pictures import DiffusionOptions
from daemon.diffusion.stepping import followed, taken
from daemon.engines import base, png
from daemon.engines.base import Made, Step
from daemon.engines.request import first, seeded
from daemon.errors import EngineError
from daemon.scene.parse import clean

STRENGTH = 0.6
"""How far to go from a picture when nobody says."""
STEP_S = 0.06
"""Guessed seconds of a step on a GPU, by GiB of weights and megapixel."""
DENOISED = 0.94
"""The share of progress at which the steps are done and the picture is decoded."""


class Engine:
    """One pipeline, loaded once; pictures from words, or from words and a picture."""

    Options: ClassVar[type[base.Options]] = DiffusionOptions
    requires: ClassVar[tuple[str, ...]] = model.REQUIRES
    memory_mb: ClassVar[int] = 6000
    suffix: ClassVar[str] = ".png"
    sketch: ClassVar[bool] = False
    rough: ClassVar[bool] = True
    needs_image: bool = False

    def __init__(self, options: DiffusionOptions, *, models: Path) -> None:
        self._options = options
        self._models = models
        self._place = model.found(options, models, pictures.KINDS)
        self.weights_mb = weights.size_mb(self._place)
        self._family, self._side = pictures.described(options, self._place)
        self.reads: tuple[str, ...] = self._family.reads if options.reads is None else options.reads

    @classmethod
    def missing(cls, options: DiffusionOptions, *, models: Path) -> str | None:
        """Return a code when its libraries or its model are not here."""
        return model.missing(options, models, pictures.KINDS, "diffusion.no_model")

    def load(self) -> None:
        """Check the model's files, then load and place it. Raises EngineError `diffusion.*`, `engine.*`."""
        place = model.located(self._options, self._models, pictures.KINDS)
        self._pipe, self._plan = pictures.opened(place, self._options, self._megapixels({}))
        self._from_image = False
        showing = self._options.previews and self._plan.offload == "none"
        self._matrix = preview.fitted(self._pipe) if showing else None

    def estimate(self, request: dict[str, Any]) -> float:
        """Guess the seconds from the size of the files, the steps and the pixels."""
        steps = request.get("steps") or self._options.steps or self._family.steps
        size = self.weights_mb / 1024 * self._megapixels(request)
        return round(1 + STEP_S * memory.slowness(self._options.device, memory.installed()) * steps * size, 1)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Make a picture of `prompt`, and of `image` where there is one.

        Raises EngineError `scene.empty_prompt`, `picture.unsafe`, `picture.black`, `picture.image`,
        `picture.no_image_to_image`, `engine.out_of_memory`, `engine.device`; Cancelled from `step`.
        """
        step(0.0)
        meta = self._meta(request)
        image = images.opened(Path(request["image"])) if request.get("image") else None
        self._turn_to(from_image=image is not None)
        meta |= self._size(request, image)
        given = self._arguments(meta, image)
        with preview.Previews(path, self._matrix) as previews:
            if self._matrix is not None:
                given["callback_on_step_end"] = previews.after_step
            used = taken(self._pipe, given)
            if "negative_prompt" not in used:
                meta["negative"] = None
            with faults.explained(self._plan.device), followed(self._pipe, step, 0.01, DENOISED):
                made = self._pipe(**used)
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
        negative = str(request.get("negative") or self._options.negative)
        meta = {
            "prompt": clean(str(request["prompt"])),
            "language": request.get("language"),
            "seed": seeded(request),
            "engine": "diffusers",
            "model": self._place.name if self._place else "",
            "steps": first(request.get("steps"), self._options.steps, self._family.steps),
            "guidance": first(request.get("guidance"), self._options.guidance, self._family.guidance),
            "negative": clean(negative) if negative.strip() else None,
            "missing": [],
        }
        if request.get("image"):
            steps, strength = meta["steps"], first(request.get("strength"), STRENGTH)
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
        if self._plan.offload == "model":  # its hooks belong to the pipeline, those of the others to the weights
            memory.apply(self._pipe, self._plan)

    def _size(self, request: dict[str, Any], image: Any) -> dict[str, int]:
        width, height = (first(request.get(name), getattr(self._options, name)) for name in ("width", "height"))
        own = self._family.side or sizes.own(self._pipe)
        size = sizes.chosen(width, height, own, self._family.measure, image.size if image is not None else None)
        return {"width": size[0], "height": size[1]}

    def _picture(self, made: Any) -> Any:
        """Return the picture; raises EngineError where there is none, or a black one in its place."""
        flagged = getattr(made, "nsfw_content_detected", None)
        if flagged and any(flagged):
            raise EngineError("picture.unsafe")
        if not (drawn := getattr(made, "images", None)):
            raise EngineError("picture.no_picture", model=self._place)
        if not drawn[0].convert("L").getbbox():
            raise EngineError("picture.black", dtype=self._plan.dtype)
        return drawn[0]

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
