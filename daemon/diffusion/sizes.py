"""How large a picture becomes: what is asked for, else what the model was trained on, in steps that it can do. Pure."""

from typing import Any

LEAST, MOST = 16, 4096


def own(pipe: Any) -> int | None:
    """Return the side, in pixels, of what a loaded pipeline makes by itself; None when it does not tell."""
    core = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
    latents = getattr(pipe, "default_sample_size", None) or getattr(getattr(core, "config", None), "sample_size", None)
    factor = getattr(pipe, "vae_scale_factor", None)
    return latents * factor if isinstance(latents, int) and isinstance(factor, int) else None


def chosen(
    width: int | None, height: int | None, side: int | None, measure: int, image: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Return width and height: multiples of `measure` nearest to what is wanted.

    `side`: the model's own. `image`: the size of the picture it starts from, whose shape is kept, at most as many
    pixels as the model's own.
    """
    side = side or 1024
    if image is not None and width is None and height is None:
        scale = min(1.0, (side * side / (image[0] * image[1])) ** 0.5)
        width, height = (round(edge * scale) for edge in image)
    return _multiple(width or height or side, measure), _multiple(height or width or side, measure)


def _multiple(edge: int, measure: int) -> int:
    edge = min(MOST, max(LEAST, edge))
    return max(measure, round(edge / measure) * measure)
