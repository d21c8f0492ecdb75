"""The writer of clips: what it writes is decoded again and looked at."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from daemon import film
from daemon.errors import Cancelled, EngineError

META = {"prompt": "рыжая лиса", "seed": 7, "engine": "test", "steps": 4}
RED, GREEN = (200, 40, 30), (20, 160, 60)


def flat(colour: tuple[int, int, int], size: tuple[int, int] = (64, 48)) -> Any:
    return Image.new("RGB", size, colour)


def decoded(path: Path) -> tuple[Any, list[Any]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        told = {
            "codec": stream.codec_context.name,
            "pixels": stream.codec_context.pix_fmt,
            "colours": int(stream.codec_context.colorspace),
            "rate": float(stream.average_rate),
            "seconds": container.duration / 1e6,
            "tags": {key.lower(): value for key, value in container.metadata.items()},
        }
        return told, [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "h264"), (".webm", "vp9")])
def test_the_file_holds_every_frame_in_its_colour_at_its_rate(tmp_path: Path, suffix: str, codec: str) -> None:
    out = tmp_path / f"a{suffix}"
    meta = film.write([flat(RED)] * 6 + [flat(GREEN)] * 4, out, 8, META, poster=7)
    told, frames = decoded(out)
    assert (told["codec"], told["pixels"], told["rate"], told["colours"]) == (codec, "yuv420p", 8, film.BT709)
    assert told["seconds"] == pytest.approx(10 / 8, abs=0.002)
    assert meta == META | {"width": 64, "height": 48, "fps": 8, "seconds": 10 / 8}
    assert len(frames) == 10
    assert np.abs(frames[2].mean((0, 1)) - RED).max() < 5
    assert np.abs(frames[8].mean((0, 1)) - GREEN).max() < 5
    assert told["tags"]["title"] == "рыжая лиса"
    assert json.loads(told["tags"]["comment"]) == META
    with Image.open(tmp_path / "a.poster.jpg") as poster:
        assert np.abs(np.asarray(poster).mean((0, 1)) - GREEN).max() < 5


def test_an_mp4_has_its_index_before_its_frames(tmp_path: Path) -> None:
    film.write([flat(RED)] * 3, tmp_path / "a.mp4", 8, META)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_odd_sides_grow_by_a_pixel_that_repeats_the_edge(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a{suffix}"
    meta = film.write([flat(RED, (63, 47))] * 3, out, 8, META, crf=5)
    assert (meta["width"], meta["height"]) == (64, 48)
    _, frames = decoded(out)
    assert frames[0].shape == (48, 64, 3)
    assert np.abs(frames[0][-1].astype(int) - RED).max() < 12
    assert np.abs(frames[0][:, -1].astype(int) - RED).max() < 12


def test_all_forms_of_a_frame_give_the_same(tmp_path: Path) -> None:
    image = flat(GREEN)
    whole = np.asarray(image)
    forms = [image, image.convert("RGBA"), whole, whole.astype(np.float32) / 255, lambda: image]
    film.write(forms, tmp_path / "a.mp4", 5, META, crf=1)
    film.write([image] * 5, tmp_path / "b.mp4", 5, META, crf=1)
    assert np.array_equal(decoded(tmp_path / "a.mp4")[1], decoded(tmp_path / "b.mp4")[1])


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_better_quality_is_a_larger_file_nearer_to_the_frames(tmp_path: Path, suffix: str) -> None:
    noise = [np.random.default_rng(number).integers(0, 256, (48, 64, 3), np.uint8) for number in range(4)]
    paths = [tmp_path / f"{crf}{suffix}" for crf in (1, 40)]
    for path in paths:
        film.write(noise, path, 8, META, crf=int(path.stem))
    fine, coarse = paths
    assert fine.stat().st_size > 2 * coarse.stat().st_size


def test_a_fractional_rate_is_kept(tmp_path: Path) -> None:
    film.write([flat(RED)] * 3, tmp_path / "a.mp4", 23.976, META)
    assert decoded(tmp_path / "a.mp4")[0]["rate"] == pytest.approx(23.976, abs=1e-3)


def broken_off(after: int) -> Iterator[Any]:
    for _ in range(after):
        yield flat(RED)
    raise Cancelled


def in_the_thread() -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize(
    ("frames", "error"),
    [
        (lambda: broken_off(0), Cancelled),
        (lambda: broken_off(30), Cancelled),
        (lambda: [flat(RED)] * 3 + [in_the_thread] + [flat(RED)] * 3, ZeroDivisionError),
        (list, EngineError),
    ],
    ids=["at once", "midway", "in the thread", "no frames"],
)
def test_what_breaks_off_leaves_nothing(tmp_path: Path, suffix: str, frames: Any, error: Any) -> None:
    with pytest.raises(error):
        film.write(frames(), tmp_path / f"a{suffix}", 8, META)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_an_os_error_and_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    out.symlink_to("/dev/full")
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    with pytest.raises(OSError, match=os.strerror(28)):
        film.write([noise] * 4, out, 8, META, crf=1)
    assert list(tmp_path.iterdir()) == []
