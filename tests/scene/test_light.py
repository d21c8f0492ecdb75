"""Where light comes from, what it does to shadows, water and fog."""

import numpy as np
import pytest

from daemon.scene import glyphs
from daemon.scene.backdrop import PLACES
from daemon.scene.drawing import draw
from daemon.scene.layout import compose
from daemon.scene.light import lamps, light_of
from daemon.scene.model import Light, Scene
from daemon.scene.parse import parse
from daemon.scene.shade import cast, mirrored


def scene_of(prompt: str, seed: int = 1) -> Scene:
    return compose(parse(prompt), seed, glyphs.shape)


def drawn(prompt: str, seed: int = 1, side: int = 256) -> np.ndarray:
    return np.asarray(draw(scene_of(prompt, seed), lambda _share: None, side)).astype(float)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_a_low_sun_stands_above_the_horizon_of_every_place(place: str) -> None:
    light = light_of(place, "sunset", "", (), 5)
    assert 0 < light.x < 1024
    assert 100 < light.y < 650


def test_shadows_fall_away_from_the_light_and_are_longest_when_it_is_low() -> None:
    light = Light(300, 400, 0.6, 1.0, disc=True)
    assert light.lean(900) > 0 > light.lean(100)
    tree = glyphs.picture(scene_of("a tree").placed[0].item, 200)
    right, left = (cast(tree, light, lean, (0, 0, 0)) for lean in (1.0, -1.0))
    assert right.dx + right.mask.width / 2 > 20
    assert left.dx + left.mask.width / 2 < -20
    assert light_of("meadow", "sunset", "", (), 1).reach > 2 * light_of("meadow", "day", "", (), 1).reach
    assert light_of("meadow", "day", "storm", (), 1).force < 0.3


def test_a_moon_that_was_asked_for_is_the_light_and_hangs_in_the_sky() -> None:
    scene = scene_of("луна над морем ночью")
    (moon,) = scene.placed
    assert scene.light.x == moon.x
    assert not scene.light.disc
    assert moon.y < 420
    assert moon.box < 340


def test_lamps_shine_when_it_is_dark_and_crowns_do_not() -> None:
    assert lamps(scene_of("a candle at night").placed, "night")
    assert not lamps(scene_of("a candle").placed, "day")
    assert not lamps(scene_of("a crown at night").placed, "night")
    assert not lamps(scene_of("луна ночью").placed, "night")


@pytest.mark.slow
def test_a_candle_lights_up_the_wall_around_it() -> None:
    scene = scene_of("a candle on a table at night")
    candle = next(one for one in scene.placed if one.item.thing.name == "candle")
    picture = drawn("a candle on a table at night")
    x, y = int(candle.x / 4), int((candle.y - 0.6 * candle.box) / 4)
    near, far = picture[y, x + 32].mean(), picture[y, 2 if x > 128 else 253].mean()
    assert near > 1.3 * far


def test_what_swims_is_mirrored_and_throws_no_shadow() -> None:
    from daemon.scene.stage import build

    (swan,) = build(scene_of("a swan on the lake"), 128).sprites
    assert swan.mirror is not None
    assert swan.stains == ()
    (fox,) = build(scene_of("a fox"), 128).sprites
    assert fox.mirror is None
    assert len(fox.stains) == 2


def test_a_mirror_image_is_upside_down_and_fades() -> None:
    picture = glyphs.picture(scene_of("a house").placed[0].item, 200)
    alpha = np.asarray(mirrored(picture, 1.0).getchannel("A")).astype(float)
    assert alpha[: len(alpha) // 4].max() > 2 * alpha[-len(alpha) // 4 :].max()


@pytest.mark.slow
def test_fog_hides_what_is_far_and_leaves_what_is_near() -> None:
    clear, fog = drawn("a black cat"), drawn("a black cat in the fog")
    far, near = (slice(130, 150), slice(0, 60)), (slice(145, 160), slice(110, 140))
    assert fog[far].std((0, 1)).mean() < 0.7 * clear[far].std((0, 1)).mean()
    assert fog[near].mean() < 130


def test_a_dark_room_is_a_room_at_night() -> None:
    request = parse("three candles in a dark room")
    assert request.time == "night"
    assert request.items[0].traits == ()
    assert parse("a cat sleeping at night").items[0].traits == ("sleeping",)


def test_a_rainbow_spans_the_sky_behind_everything() -> None:
    scene = scene_of("лиса под радугой")
    bow, fox = scene.placed
    assert bow.item.thing.name == "rainbow"
    assert glyphs.shape("rainbow").width * bow.box > 900
    assert fox.y > bow.y


def test_the_pictures_of_the_font_have_no_dark_rims() -> None:
    candle = np.asarray(glyphs.strike("🕯️")).astype(float)
    glow = candle[(candle[..., 3] > 40) & (candle[..., 3] < 100)]
    assert glow[:, :3].mean() > 180
