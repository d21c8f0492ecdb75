"""A glance at a picture while it is made: its latents as small colours, by a linear map that is fitted to the VAE."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

EVERY_S = 1.0
"""A preview is written at most so often."""
LONGEST = 256
"""Pixels of a preview's longer side, at least."""
GRID, PATCHES = 16, 8
"""Latents that are decoded for the fit: 16 by 16, in 8 by 8 patches of one value each."""


def path_of(path: Path) -> Path:
    """Return where the preview of the file that is made at `path` lies."""
    return path.with_suffix(".preview.png")


def fitted(pipe: Any) -> Any:
    """Return a matrix (channels + 1, 3) from latents, and a one, to RGB from 0 to 1; None for a VAE of another form."""
    import torch

    vae = getattr(pipe, "vae", None)
    channels = getattr(getattr(vae, "config", None), "latent_channels", None)
    if vae is None or not isinstance(channels, int):
        return None
    noise = torch.randn((1, channels, PATCHES, PATCHES), generator=torch.Generator("cpu").manual_seed(0))
    latents = torch.nn.functional.interpolate(noise, scale_factor=GRID // PATCHES)
    scale, shift = (getattr(vae.config, name, None) for name in ("scaling_factor", "shift_factor"))
    try:
        with torch.no_grad():
            decoded = vae.decode((latents / (scale or 1.0) + (shift or 0.0)).to(vae.device, vae.dtype)).sample
    except (RuntimeError, TypeError, ValueError, AttributeError):  # another form: packed, or with time
        return None
    colours = torch.nn.functional.adaptive_avg_pool2d(decoded.float().cpu() / 2 + 0.5, GRID)
    return torch.linalg.lstsq(_rows(latents), colours[0].flatten(1).T).solution


def _rows(latents: Any) -> Any:
    """Return (1, channels, height, width) as a row a place, with a one at its end."""
    import torch

    flat = latents[0].float().cpu().flatten(1).T
    return torch.cat([flat, torch.ones(len(flat), 1)], dim=1)


class Previews:
    """The previews of one picture. A context: at its end none is left."""

    def __init__(self, path: Path, matrix: Any) -> None:
        """`path`: of the finished file; `matrix`: of `fitted`."""
        self._path, self._matrix = path_of(path), matrix
        self._passing = path.with_suffix(".preview.tmp")
        self._next = time.monotonic() + EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        for path in (self._path, self._passing):
            path.unlink(missing_ok=True)

    def after_step(self, _pipe: Any, _step: int, _moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """Show the latents, when it is time: a `callback_on_step_end` of diffusers."""
        latents = tensors.get("latents")
        fits = latents is not None and latents.dim() == 4 and latents.shape[1] + 1 == len(self._matrix)  # noqa: PLR2004
        if fits and time.monotonic() >= self._next:
            with suppress(OSError):  # a full disk is told of when the picture itself is written
                self._write(latents)
            self._next = time.monotonic() + EVERY_S
        return tensors

    def _write(self, latents: Any) -> None:
        from PIL import Image

        height, width = latents.shape[2:]
        colours = (_rows(latents[:1]) @ self._matrix).clamp(0, 1).mul(255).byte()
        small = Image.frombytes("RGB", (width, height), bytes(colours.numpy().tobytes()))
        times = max(1, -(-LONGEST // max(width, height)))
        small.resize((width * times, height * times), Image.Resampling.BILINEAR).save(
            self._passing, "PNG", compress_level=1
        )
        self._passing.replace(self._path)
