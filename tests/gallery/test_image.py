"""A picture to start from, and what makes two requests the same."""

import os
from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import JobError
from daemon.gallery import imprint
from daemon.gallery.image import checked


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_is_taken(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (4, 4)).save(path)
    assert checked(path) == path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("absent.png", "image.missing"), ("folder", "image.missing"), ("pipe", "image.missing"),
        ("text.png", "image.not_a_picture"), ("empty.png", "image.not_a_picture"), ("huge.png", "image.too_large"),
        ("zero\0.png", "image."),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_one_sentence(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text.png").write_text("GIF89a is no PNG")
    (tmp_path / "empty.png").touch()
    with (tmp_path / "huge.png").open("wb") as file:
        file.write(imprint.SIGNATURE)
        file.truncate(65 << 20)
    with pytest.raises(JobError) as caught:
        checked(tmp_path / name)
    assert caught.value.code.startswith(code)
    assert str(tmp_path) in caught.value.text("ru")


def test_a_recipe(tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"one")
    base = {"prompt": "fox", "seed": 7, "image": str(image)}

    def recipe(kind: str = "picture", engine: str = "fake", side: int = 64, **request: object) -> str:
        return imprint.recipe(kind, engine, {"side": side}, {**base, **request})

    before = recipe()
    assert recipe(negative=None) == before
    others = [recipe("clip"), recipe(engine="sketch"), recipe(side=65), recipe(seed=8), recipe(negative="snow")]
    image.write_bytes(b"other")
    others.append(recipe())
    assert len({before, *others}) == 1 + len(others)
    image.unlink()
    with pytest.raises(OSError, match="No such file"):
        recipe()
