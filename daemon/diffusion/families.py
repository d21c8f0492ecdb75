"""What each family of picture models wants when nobody says otherwise: steps, guidance, size. Pure but for JSON files.

The numbers are those of the publishers' model cards. A model that is not in the table is made with by the generic row.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from daemon.diffusion import weights


@dataclass(frozen=True, slots=True)
class Family:
    """Defaults of a family. They are given to the pipeline as far as it takes them."""

    name: str
    steps: int = 28
    guidance: float | None = None
    """None: the pipeline's own."""
    side: int | None = None
    """Width and height in pixels; None: as the model itself says."""
    scale: str = "guidance_scale"
    """What the pipeline calls its guidance."""
    reads: tuple[str, ...] = ("en",)
    """The languages of prompts; more where the text is read by a language model that knows them."""
    measure: int = 16
    """Width and height are multiples of it."""


GENERIC = Family("generic")
MANY = ("en", "ru")
FAMILIES = {
    "StableDiffusionPipeline": Family("sd", 30, 7.5, measure=8),
    "StableDiffusionXLPipeline": Family("sdxl", 30, 6.0, measure=8),
    "StableDiffusion3Pipeline": Family("sd3", 28, 7.0),
    "LatentConsistencyModelPipeline": Family("lcm", 4, 8.0, measure=8),
    "FluxPipeline": Family("flux-dev", 28, 3.5),
    "Flux2Pipeline": Family("flux2", 28, 4.0, reads=MANY),
    "Flux2KleinPipeline": Family("flux2-klein", 4, 1.0, reads=MANY),
    "ZImagePipeline": Family("z-image-turbo", 9, 0.0, reads=MANY),
    "QwenImagePipeline": Family("qwen-image", 50, 4.0, 1328, scale="true_cfg_scale", reads=MANY),
    "SanaPipeline": Family("sana", 20, 4.5, measure=32),
    "SanaSprintPipeline": Family("sana-sprint", 2, 4.5, measure=32),
    "PixArtAlphaPipeline": Family("pixart", 20, 4.5, measure=8),
    "PixArtSigmaPipeline": Family("pixart-sigma", 20, 4.5, measure=8),
    "Lumina2Pipeline": Family("lumina2", 30, 4.0),
    "AuraFlowPipeline": Family("auraflow", 30, 3.5),
    "ChromaPipeline": Family("chroma", 30, 3.0),
    "CogView4Pipeline": Family("cogview4", 50, 3.5, measure=32),
    "HunyuanDiTPipeline": Family("hunyuan-dit", 30, 5.0),
    "KandinskyV22CombinedPipeline": Family("kandinsky22", 50, 4.0, measure=64),
    "Kandinsky3Pipeline": Family("kandinsky3", 25, 3.0, measure=64),
}
TURBO = {
    "StableDiffusionPipeline": Family("sd-turbo", 2, 0.0, measure=8),
    "StableDiffusionXLPipeline": Family("sdxl-turbo", 4, 0.0, 512, measure=8),
    "StableDiffusion3Pipeline": Family("sd3-turbo", 4, 0.0),
    "FluxPipeline": Family("flux-schnell", 4, 0.0),
}
"""The distilled sisters, with the same pipeline."""


def family(kind: str, name: str = "", scheduler: dict[str, Any] | None = None, *, distilled: bool = False) -> Family:
    """Return the family of a pipeline class.

    `name` is the model's own, "sdxl-turbo"; `scheduler` its scheduler's config: turbo models of Stable Diffusion are
    published with a "trailing" spacing or an LCM scheduler. `distilled`: its transformer takes no guidance (schnell).
    """
    hints = scheduler or {}
    fast = (
        distilled
        or any(word in name.lower() for word in ("turbo", "lightning", "schnell"))
        or (kind.startswith("StableDiffusion") and hints.get("timestep_spacing") == "trailing")
    )
    if fast and kind in TURBO:
        return TURBO[kind]
    found = FAMILIES.get(kind, GENERIC)
    if hints.get("_class_name") == "LCMScheduler" and kind.startswith("StableDiffusion"):
        return replace(found, name=f"{found.name}-lcm", steps=6, guidance=1.5)
    return found


def of_folder(folder: Path) -> Family:
    """Return the family of a pipeline folder. Raises EngineError `diffusion.damaged`, `diffusion.unreadable`."""
    kind = weights.index(folder)["_class_name"]
    scheduler, transformer = _told(folder, "scheduler", "scheduler_config"), _told(folder, "transformer")
    distilled = kind == "FluxPipeline" and transformer.get("guidance_embeds") is False
    return family(kind, folder.name, scheduler, distilled=distilled)


def side(folder: Path) -> int | None:
    """Return the side in pixels that a pipeline folder's model was trained on; None when its configs don't tell."""
    latents = (_told(folder, "unet") or _told(folder, "transformer")).get("sample_size")
    blocks = _told(folder, "vae").get("block_out_channels")
    if not isinstance(latents, int) or not isinstance(blocks, list) or not blocks:
        return None
    return int(latents * 2 ** (len(blocks) - 1))


def _told(folder: Path, part: str, name: str = "config") -> dict[str, Any]:
    path = folder / part / f"{name}.json"
    return weights.read_json(path) if path.is_file() else {}
