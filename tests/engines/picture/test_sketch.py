"""The sketch engine for pictures: what it writes, what it says, what it needs."""

from pathlib import Path

import pytest
from PIL import Image

from daemon.engines.picture.sketch import Engine, Settings
from daemon.errors import EngineError
from daemon.scene import glyphs


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = Engine(Settings(side=128), models=tmp_path)
    engine.load()
    return engine


@pytest.mark.slow
def test_prompt_and_seed_are_in_the_file(engine: Engine, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    made = engine.make({"prompt": "три синие птицы на дереве", "language": "ru", "seed": 42}, out, lambda _share: None)
    with Image.open(out) as image:
        assert image.info["Description"] == "три синие птицы на дереве"
        assert image.info["Seed"] == "42"
    assert made.meta["things"][0] == {"name": "bird", "count": 3, "colour": "blue"}


@pytest.mark.slow
def test_it_says_what_it_could_not_draw(engine: Engine, tmp_path: Path) -> None:
    made = engine.make({"prompt": "a fox with Sehnsucht"}, tmp_path / "out.png", lambda _share: None)
    assert made.meta["missing"] == ["Sehnsucht"]


def test_without_the_font_it_says_so(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "USUAL", tmp_path / "no.ttf")
    monkeypatch.setattr(glyphs, "FOLDERS", (tmp_path,))
    glyphs.font.cache_clear()
    try:
        assert Engine.missing(Settings(), models=tmp_path) == "engine.no_emoji_font"
        with pytest.raises(EngineError) as caught:
            engine.load()
    finally:
        glyphs.font.cache_clear()
    assert "fonts-noto-color-emoji" in caught.value.text("en")
    assert "fonts-noto-color-emoji" in caught.value.text("ru")


def test_a_font_elsewhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / glyphs.FILE).touch()
    monkeypatch.setattr(glyphs, "USUAL", tmp_path / "no.ttf")
    monkeypatch.setattr(glyphs, "FOLDERS", (tmp_path / "absent", tmp_path))
    assert glyphs.find_font() == tmp_path / "deep" / glyphs.FILE
