"""What a video model is made with when nobody says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.diffusion.clip_families import FAMILIES, family, frames, from_image, size


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ({"_class_name": "WanPipeline", "transformer_2": [None, None]}, ("wan", 832, 480, 81, 16)),
        ({"_class_name": "WanPipeline", "expand_timesteps": True}, ("wan-ti2v-5b", 1280, 704, 121, 24)),
        (
            {"_class_name": "WanImageToVideoPipeline", "transformer_2": ["diffusers", "WanTransformer3DModel"]},
            ("wan-a14b", 832, 480, 81, 16),
        ),
        ({"_class_name": "LTXPipeline"}, ("ltx", 704, 512, 161, 25)),
        ({"_class_name": "CogVideoXPipeline"}, ("cogvideox", 720, 480, 49, 8)),
        ({"_class_name": "SomethingNewPipeline"}, ("generic", None, None, None, 16)),
    ],
)
def test_families(index, expected):
    found = family(index)
    assert (found.name, found.width, found.height, found.frames, found.fps) == expected


def test_the_defaults_of_each_are_what_it_can_make():
    for one in FAMILIES.values():
        assert frames(one.frames, one.pace) == one.frames
        assert size((one.width, one.height), one.measure) == (one.width, one.height)


@pytest.mark.parametrize(
    ("wanted", "pace", "expected"), [(1, 4, 5), (81, 4, 81), (80, 4, 81), (60, 8, 57), (61, 8, 65)]
)
def test_frames_come_in_packets(wanted, pace, expected):
    assert frames(wanted, pace) == expected


@given(st.integers(2, 1000), st.integers(1, 8))
def test_frames_are_the_nearest_that_can_be(wanted, pace):
    count = frames(wanted, pace)
    assert (count - 1) % pace == 0
    assert count > pace
    assert abs(count - wanted) <= max(pace / 2, pace + 1 - wanted)


@given(st.integers(64, 4096), st.integers(64, 4096), st.sampled_from([8, 16, 32]))
def test_a_picture_keeps_its_shape_and_the_clip_its_size(width, height, measure):
    found = size((832, 480), measure, (width, height))
    assert found[0] % measure == found[1] % measure == 0
    if 1 / 3 < width / height < 3:
        assert found[0] * found[1] == pytest.approx(832 * 480, rel=0.15)
        assert found[0] / found[1] == pytest.approx(width / height, rel=0.15)


def test_which_begin_with_a_picture():
    assert [kind for kind in FAMILIES if from_image(kind)] == [
        "WanImageToVideoPipeline",
        "LTXImageToVideoPipeline",
        "CogVideoXImageToVideoPipeline",
        "HunyuanVideoImageToVideoPipeline",
        "HunyuanVideo15ImageToVideoPipeline",
        "Kandinsky5I2VPipeline",
    ]


@pytest.mark.slow
def test_every_family_exists_in_diffusers():
    diffusers = pytest.importorskip("diffusers")
    for kind in FAMILIES:
        assert kind in dir(diffusers)
