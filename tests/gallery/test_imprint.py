"""What a file tells of itself, and the small picture beside it."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from daemon.engines.clip import fake as film
from daemon.engines.picture import fake
from daemon.errors import EngineError
from daemon.gallery import imprint, thumbnail

REQUEST = {
    "prompt": "рыжая лиса",
    "language": "ru",
    "seed": 7,
    "negative": "снег",
    "image": "/home/anna/a/20261123-1.png",
}
SETTINGS = {"model": "/home/anna/models/sd", "steps": 8, "api_key": "x", "key_file": "/etc/key", "vae": None}


def made(folder: Path, kind: str) -> tuple[Path, dict]:
    engine_class = fake if kind == "picture" else film
    path = folder / ("a.png" if kind == "picture" else "a.mp4")
    engine = engine_class.Engine(engine_class.Settings(), models=folder)
    return path, engine.make(REQUEST, path, lambda _share: None).meta


def pixels(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as container:
        return [bytes(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


@pytest.mark.parametrize("kind", ["picture", "clip"])
def test_a_file_tells_what_it_was_made_of_and_shows_the_same(tmp_path: Path, kind: str) -> None:
    path, meta = made(tmp_path, kind)
    before = pixels(path)
    imprint.write(path, imprint.card(kind, REQUEST, meta, SETTINGS))
    assert pixels(path) == before
    told = imprint.read(path)
    assert told is not None
    assert (told["prompt"], told["seed"], told["negative"], told["engine"]) == ("рыжая лиса", 7, "снег", "fake")
    assert told["parent"] == "20261123-1"
    assert told["settings"] == {"model": "sd", "steps": 8}
    assert "anna" not in json.dumps(told)
    assert {one.name for one in tmp_path.iterdir()} - {"a.poster.jpg"} == {path.name}


def test_other_programs_read_it(tmp_path: Path) -> None:
    import av

    path, meta = made(tmp_path, "picture")
    imprint.write(path, imprint.card("picture", REQUEST, meta, {}))
    with Image.open(path) as image:
        image.load()
        assert json.loads(image.info["Kombain"])["seed"] == 7
        assert image.info["Description"] == "рыжая лиса"
        assert image.info["Software"] == "Kombain"
    path, meta = made(tmp_path, "clip")
    imprint.write(path, imprint.card("clip", REQUEST, meta, {}))
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "рыжая лиса"
        assert json.loads(container.metadata["comment"])["fps"] == 12
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "a browser can begin before all has come"


@pytest.mark.parametrize("name", ["a.png", "a.mp4"])
def test_what_is_no_picture_is_refused_as_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"garbage" * 50)
    with pytest.raises(EngineError) as caught:
        imprint.write(path, {})
    assert caught.value.code == "making.unreadable"
    assert path.read_bytes() == b"garbage" * 50
    assert imprint.read(path) is None
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    imprint.write(path, {"prompt": "x"})
    assert thumbnail.make(path) is None
    assert path.read_text() == "text"


@settings(deadline=None)
@given(prompt=st.text(max_size=200), cut=st.integers(0, 400))
def test_any_prompt_comes_back_and_a_cut_file_is_no_trouble(prompt: str, cut: int, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("any") / "a.png"
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    imprint.write(path, {"prompt": prompt})
    with Image.open(path) as image:
        image.load()
    assert imprint.read(path) == {"prompt": prompt}
    path.write_bytes(path.read_bytes()[:cut])
    assert imprint.read(path) in (None, {"prompt": prompt})


@pytest.mark.parametrize("kind", ["picture", "clip"])
def test_a_thumbnail_is_small_and_has_the_colours(tmp_path: Path, kind: str) -> None:
    path, meta = made(tmp_path, kind)
    small = thumbnail.make(path)
    assert small == tmp_path / "a.thumb.jpg"
    with Image.open(small) as image:
        assert max(image.size) <= 320
        found = image.getpixel((5, 5))
    assert all(abs(one - other) < 12 for one, other in zip(found, fake.colour(meta["seed"]), strict=True))


def test_a_clip_with_a_poster_is_shown_by_it(tmp_path: Path) -> None:
    path, _ = made(tmp_path, "clip")
    Image.new("RGB", (640, 320), (255, 0, 0)).save(tmp_path / "a.poster.jpg")
    small = thumbnail.make(path)
    assert small is not None
    with Image.open(small) as image:
        assert image.size == (320, 160)
        assert image.getpixel((9, 9))[0] > 240


def test_one_with_transparency_has_one_too(tmp_path: Path) -> None:
    Image.new("RGBA", (900, 600), (0, 255, 0, 128)).save(tmp_path / "a.png")
    assert thumbnail.make(tmp_path / "a.png") is not None
