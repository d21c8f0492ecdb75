"""Manners of drawing: understood in both languages, seen in the picture."""

import numpy as np
import pytest
from PIL import Image

from daemon.scene.parse import parse
from daemon.scene.style import CELLS, styled


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("a fox in the forest, watercolor", "watercolour"),
        ("дом у озера, акварель", "watercolour"),
        ("a castle, pencil drawing", "pencil"),
        ("карандашный рисунок: кот на диване", "pencil"),
        ("пиксельный рыцарь", "pixels"),
        ("a boat at sea, pixel art", "pixels"),
        ("old photo of a train", "sepia"),
        ("a lighthouse in black and white", "grey"),
        ("a black and white cat", None),
        ("кот с карандашом", None),
    ],
)
def test_styles_are_understood(prompt: str, style: str | None) -> None:
    request = parse(prompt)
    assert request.style == style
    assert request.missing == ()
    assert request.items


@pytest.fixture
def picture() -> Image.Image:
    image = Image.new("RGB", (256, 256), (90, 160, 230))
    image.paste((220, 40, 30), (60, 60, 200, 200))
    return image


def test_every_style_keeps_the_size_and_does_something(picture: Image.Image) -> None:
    for style in ("grey", "sepia", "pencil", "watercolour", "pixels"):
        other = styled(picture.resize((255, 255)), style)
        assert other.size == (255, 255)
        assert other.mode == "RGB"
    assert styled(picture, "") is picture


def test_a_pencil_draws_edges_dark_and_planes_light(picture: Image.Image) -> None:
    grey = np.asarray(styled(picture, "pencil")).astype(int)
    assert grey[..., 0].max() - grey[130, 130, 0] < 110
    assert grey[130, 55:66, 0].min() < grey[130, 130, 0] - 15
    assert np.array_equal(grey[..., 0], grey[..., 2])


def test_watercolour_is_paler_and_pixels_are_few(picture: Image.Image) -> None:
    assert np.asarray(styled(picture, "watercolour")).mean() > np.asarray(picture).mean() + 5
    pixels = np.asarray(styled(picture, "pixels"))
    step = 256 // CELLS
    assert np.array_equal(pixels[::step, ::step].repeat(step, 0).repeat(step, 1), pixels)
