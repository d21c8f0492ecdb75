"""What each family of video models wants when nobody says otherwise: size, frames, rate, steps. Pure.

The numbers are those of the publishers' model cards and of diffusers' pipelines. A model that is not in the table is
made with by the generic row, which leaves to the pipeline whatever it has a default for.
"""

from dataclasses import dataclass, replace
from typing import Any

MANY = ("en", "ru")


@dataclass(frozen=True, slots=True)
class Family:
    """Defaults of a family; None leaves it to the pipeline."""

    name: str
    width: int | None = None
    height: int | None = None
    measure: int = 16
    """Width and height are multiples of it."""
    frames: int | None = None
    pace: int = 4
    """Frames come in packets of so many, after a first one: 4 k + 1."""
    fps: int = 16
    steps: int | None = None
    guidance: float | None = None
    reads: tuple[str, ...] = ("en",)
    """The languages of prompts; more where the text is read by a language model that knows them."""
    precise: tuple[str, ...] = ()
    """Components that compute in 32 bits on a GPU too."""


GENERIC = Family("generic")
WAN = Family("wan", 832, 480, 16, 81, fps=16, steps=50, guidance=5.0, reads=MANY, precise=("vae",))
WAN_LARGE = replace(WAN, name="wan-a14b", steps=40, guidance=4.0)
WAN_SMALL = replace(WAN, name="wan-ti2v-5b", width=1280, height=704, measure=32, frames=121, fps=24)
LTX = Family("ltx", 704, 512, 32, 161, 8, fps=25, steps=50, guidance=3.0)
COGVIDEOX = Family("cogvideox", 720, 480, 16, 49, fps=8, steps=50, guidance=6.0)
HUNYUAN = Family("hunyuan", 1280, 720, 16, 129, fps=15, steps=50, guidance=6.0)
HUNYUAN15 = Family("hunyuan-1.5", 848, 480, 16, 121, fps=24, steps=50)
MOCHI = Family("mochi", 848, 480, 16, 85, 6, fps=30, steps=64, guidance=4.5)
KANDINSKY5 = Family("kandinsky5", 768, 512, 16, 121, fps=24, steps=50, guidance=5.0, reads=MANY)
FAMILIES = {
    "WanPipeline": WAN,
    "WanImageToVideoPipeline": WAN,
    "LTXPipeline": LTX,
    "LTXImageToVideoPipeline": LTX,
    "CogVideoXPipeline": COGVIDEOX,
    "CogVideoXImageToVideoPipeline": COGVIDEOX,
    "HunyuanVideoPipeline": HUNYUAN,
    "HunyuanVideoImageToVideoPipeline": HUNYUAN,
    "HunyuanVideo15Pipeline": HUNYUAN15,
    "HunyuanVideo15ImageToVideoPipeline": HUNYUAN15,
    "MochiPipeline": MOCHI,
    "Kandinsky5T2VPipeline": KANDINSKY5,
    "Kandinsky5I2VPipeline": KANDINSKY5,
}
FROM_IMAGE = ("ImageToVideo", "Image2Video", "I2V")
"""What the name of a pipeline says that begins with a picture."""


def family(index: dict[str, Any]) -> Family:
    """Return the family of a model by its model_index.json."""
    found = FAMILIES.get(index["_class_name"], GENERIC)
    if found is WAN and index.get("expand_timesteps"):
        return WAN_SMALL
    if found is WAN and index.get("transformer_2", [None, None]) != [None, None]:
        return WAN_LARGE
    return found


def from_image(kind: str) -> bool:
    """Say whether a pipeline class begins with a picture."""
    return any(word in kind for word in FROM_IMAGE)


def frames(wanted: int, pace: int) -> int:
    """Return the nearest number of frames that a model with that pace can make, at least `pace` + 1."""
    return max(1, round((wanted - 1) / pace)) * pace + 1


def size(wanted: tuple[int, int], measure: int, image: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return width and height in multiples of `measure`: about so many pixels, in the shape of `image` where given."""
    width, height = wanted
    if image is not None:
        area, shape = width * height, image[0] / image[1]
        width, height = round((area * shape) ** 0.5), round((area / shape) ** 0.5)
    return max(1, round(width / measure)) * measure, max(1, round(height / measure)) * measure
