"""The painted picture: reproducible, coloured as asked, lit by the hour, moving smoothly."""

from itertools import pairwise

import numpy as np
import pytest

from daemon.scene import drawing, filming, glyphs
from daemon.scene.backdrop import PLACES
from daemon.scene.backdrop.easel import AMBIENT
from daemon.scene.layout import compose
from daemon.scene.lexicon import things
from daemon.scene.model import Item, Scene
from daemon.scene.moving import pose
from daemon.scene.parse import parse
from daemon.scene.tint import RAMPS


def scene_of(prompt: str, seed: int = 1) -> Scene:
    return compose(parse(prompt), seed, glyphs.shape)


def drawn(prompt: str, seed: int = 1, side: int = 256) -> np.ndarray:
    return np.asarray(drawing.draw(scene_of(prompt, seed), lambda _share: None, side)).astype(float)


@pytest.mark.slow
def test_a_picture_is_reproducible() -> None:
    assert np.array_equal(drawn("a red fox in the snow"), drawn("a red fox in the snow"))
    assert not np.array_equal(drawn("a red fox in the snow"), drawn("a red fox in the snow", seed=2))


@pytest.mark.slow
@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_is_painted_at_every_hour(place: str) -> None:
    from daemon.scene.backdrop import paint
    from daemon.scene.backdrop.easel import Easel

    for time in AMBIENT:
        layers = paint(place, Easel(160, 8, 3, time, "autumn", "rain"))
        assert layers[0].image.size == (176, 160)
        assert layers[0].image.mode == "RGB"
        assert all(layer.image.width == 176 and layer.top + layer.image.height <= 161 for layer in layers)


@pytest.mark.slow
def test_night_is_darker_than_day() -> None:
    assert drawn("a house at night").mean() < 0.7 * drawn("a house").mean()


@pytest.mark.parametrize("colour", sorted(RAMPS.keys() - {"sepia", "ice", "fire"}))
def test_colours_are_given(colour: str) -> None:
    car = next(thing for thing in things() if thing.name == "car")
    image = np.asarray(glyphs.picture(Item(car, colour=colour), 128)).astype(float)
    inked = image[image[..., 3] > 200][:, :3]
    wanted = np.array(RAMPS[colour][1], float)
    near = np.abs(inked - wanted).max(-1) < 60
    assert near.mean() > 0.2


def test_eyes_stay_dark_when_a_bird_turns_blue() -> None:
    bird = next(thing for thing in things() if thing.name == "bird")
    image = np.asarray(glyphs.picture(Item(bird, colour="blue"), 200)).astype(float)
    inked = image[image[..., 3] > 200][:, :3]
    assert (inked.max(-1) < 70).sum() > 20
    assert (inked[:, 2] > inked[:, 0] + 60).mean() > 0.6


@pytest.mark.slow
def test_a_clip_moves_smoothly_and_has_its_frames() -> None:
    frames = [
        np.asarray(frame()).astype(float) for frame in filming.film(scene_of("a bird over a house"), 128, 1.0, 12)
    ]
    assert len(frames) == 12
    steps = [np.abs(a - b).mean() for a, b in pairwise(frames)]
    assert min(steps) > 0
    assert max(steps) < 12


@pytest.mark.slow
def test_every_motion_is_continuous() -> None:
    for thing in things():
        scene = compose(parse(thing.name), 1, lambda _glyph: glyphs.Shape(0.8, 0.8))  # ink takes long and does not move
        one = scene.placed[0]
        before = pose(scene, one, 1.0, 4.0)
        after = pose(scene, one, 1.0 + 1 / 24, 4.0)
        assert abs(after.dx - before.dx) < 40, thing
        assert abs(after.dy - before.dy) < 0.05 * one.box + 4, thing
        assert abs(after.angle - before.angle) < 4, thing
        begun, ended = pose(scene, one, 0.0, 4.0), pose(scene, one, 4.0, 4.0)
        assert ended.dx == pytest.approx(begun.dx, abs=1e-6), thing
        assert (ended.dy, ended.facing) == pytest.approx((begun.dy, begun.facing), abs=1e-6), thing
        assert abs((ended.angle - begun.angle + 180) % 360 - 180) < 1e-6, thing


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["кошка в снегопад", "a red car in the rain", "осень, ветер"])
def test_the_end_of_a_clip_meets_its_beginning(prompt: str) -> None:
    frames = [np.asarray(frame()).astype(float) for frame in filming.film(scene_of(prompt), 128, 3.0, 8)]
    steps = [np.abs(a - b).mean() for a, b in pairwise(frames)]
    assert np.abs(frames[-1] - frames[0]).mean() <= 1.3 * max(steps)
    assert np.abs(frames[-1] - frames[0]).mean() < 0.8 * np.abs(frames[0] - frames[len(frames) // 3]).mean() + 1


def test_a_cat_turns_round_and_a_car_comes_back_from_the_other_side() -> None:
    scene = scene_of("a cat")
    (cat,) = scene.placed
    assert {round(pose(scene, cat, t, 4.0).facing) for t in (0.0, 2.0)} == {-1, 1}
    scene = scene_of("a car")
    (car,) = scene.placed
    seen = [car.x + pose(scene, car, t / 6, 4.0).dx for t in range(24)]
    assert min(seen) < 0 and max(seen) > 1024  # noqa: PT018


@pytest.mark.slow
def test_snow_falls_and_leaves_nothing_unmoved() -> None:
    still = drawn("a fox in the snow")
    falling = drawn("a fox in the snow, snowfall")
    assert np.abs(still - falling).mean() > 1


def test_rows_that_nearer_layers_hide_are_left_out_of_clips() -> None:
    from PIL import Image

    from daemon.scene.backdrop.easel import Layer

    sky = Layer(Image.new("RGB", (30, 100), "blue"), 0, 0.0)
    hill = Image.new("RGBA", (30, 60), "green")
    hill.paste((0, 0, 0, 0), (0, 0, 10, 20))
    grass = Image.new("RGBA", (30, 40), (0, 90, 0, 120))
    layers = [sky, Layer(hill, 40, 0.5), Layer(grass, 60, 1.0)]
    seen = filming.uncovered(layers, 100)
    assert [layer.image.height for layer in seen] == [60, 60, 40]
    wall = Layer(Image.new("RGBA", (30, 90), "red"), 10, 1.0)
    assert [layer.image.height for layer in filming.uncovered([*layers, wall], 100)] == [10, 90]


def test_a_flame_flickers_and_a_lantern_does_not_flee() -> None:
    scene = scene_of("a candle at night")
    shines = [pose(scene, scene.placed[0], t / 24, 4.0).shine for t in range(48)]
    assert 0.6 < min(shines) < max(shines) <= 1.1
    assert pose(scene_of("a lamp at night"), scene_of("a lamp at night").placed[0], 1.3, 4.0).shine == 1
