"""`kombain draw` and `kombain clip`: a whole file or none."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from daemon.cli.clip import clip
from daemon.cli.draw import draw
from daemon.errors import ConfigError, EngineError, KombainError
from daemon.gallery import imprint


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "state"))


@pytest.mark.slow
def test_a_picture_is_drawn_and_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "fox.png"
    draw("a fox with Sehnsucht", out, seed=3)
    said = capsys.readouterr().out
    assert out.read_bytes().startswith(b"\x89PNG")
    assert str(out) in said
    assert "Sehnsucht" in said
    assert [path.name for path in tmp_path.glob("*.png")] == ["fox.png"]
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"seed": -1}, "“seed” of “draw” is -1"), ({"width": 5}, "64 to 4096"), ({"strength": 2.0}, "0.0 to 1.0"),
        ({"negative": "a\0b"}, "control characters"), ({"image": "/absent.png"}, "no picture /absent.png"),
        ({"image": "last"}, "Nothing has been made yet"), ({"image": __file__}, "is no PNG"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_told_before_anything_is_done(tmp_path: Path, given: dict, why: str) -> None:
    with pytest.raises(KombainError, match=why):
        draw("a fox", tmp_path / "x.png", engine="fake", **given)
    assert not (tmp_path / "x.png").exists()


def test_several_go_to_numbered_files_with_seeds_that_go_on(tmp_path: Path) -> None:
    draw("a fox", tmp_path / "fox.png", engine="fake", seed=7, count=2)
    found = {path.name: imprint.read(path) for path in tmp_path.glob("*.png")}
    assert {name: told and told["seed"] for name, told in found.items()} == {"fox-1.png": 7, "fox-2.png": 8}


def test_a_clip_is_made_by_any_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip("лиса", tmp_path / "x.mp4", engine="fake")
    assert "0.5 s" in capsys.readouterr().out
    assert (tmp_path / "x.mp4").stat().st_size > 500


def test_the_name_of_a_clip_chooses_its_format(tmp_path: Path) -> None:
    clip("fox", tmp_path / "x.webm", engine="fake")
    assert (tmp_path / "x.webm").read_bytes().startswith(b"\x1aE\xdf\xa3")  # EBML
    assert {path.name for path in tmp_path.iterdir()} - {"state"} == {"x.webm"}


@pytest.mark.parametrize(("name", "code"), [("absent/x.png", "drawing.unwritable"), ("x.jpg", "drawing.suffix")])
def test_a_wrong_name_is_one_clear_sentence(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        draw("a fox", tmp_path / name)
    assert caught.value.code == code
    assert str(tmp_path) in str(caught.value)


def test_an_empty_prompt_leaves_an_old_file_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    out.write_bytes(b"old")
    with pytest.raises(EngineError):
        draw("  ", out)
    assert out.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        draw("ein Fuchs", tmp_path / "x.png", language="de")


@pytest.mark.slow
def test_a_typed_request_becomes_a_picture_by_the_engine_of_the_config(
    tmp_path: Path, tiny: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    config, out = tmp_path / "config.yaml", tmp_path / "fox.png"
    config.write_text(f"picture: {{engine: diffusers, diffusers: {{model: {tiny('sd')}, steps: 2}}}}\n")
    draw("a red fox", out, seed=3, config=config)
    assert str(out) in capsys.readouterr().out
    told = imprint.read(out)
    assert told is not None
    assert (told["engine"], told["steps"], told["settings"]["model"]) == ("diffusers", 2, "sd")


@pytest.mark.slow
def test_a_clip_that_needs_a_picture_gets_one_made_first(
    tmp_path: Path, tiny: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    config, out = tmp_path / "config.yaml", tmp_path / "fox.mp4"
    svd = f"{{model: {tiny('svd')}, steps: 2, width: 64, height: 64}}"
    config.write_text(f"{{picture: {{engine: fake}}, clip: {{engine: svd, svd: {svd}}}}}\n")
    clip("a red fox", out, seed=3, config=config)
    assert str(out) in capsys.readouterr().out
    told = imprint.read(out)
    assert told is not None
    assert (told["engine"], told["parent"], told["seed"]) == ("svd", "picture", 3)
    assert {path.name for path in tmp_path.iterdir()} - {"state"} == {"config.yaml", "fox.mp4"}


def test_what_the_config_names_and_cannot_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("picture: {engine: diffusers, diffusers: {model: absent}}\n")
    with pytest.raises(EngineError) as caught:
        draw("a fox", tmp_path / "x.png", config=tmp_path / "config.yaml")
    assert caught.value.code == "making.no_engine"
    assert not (tmp_path / "x.png").exists()


class Assistant:
    """A running assistant that has made a clip as its own config says."""

    def __init__(self, made: Path) -> None:
        made.write_bytes(b"clip")
        self.made = made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None: ...

    def ask(self, _command: str, **_values: object) -> dict[str, str]:
        return {"turn": "t"}


def test_a_clip_of_the_assistants_own_format_is_not_renamed_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(tmp_path / "made.webm")
    monkeypatch.setattr("daemon.cli.follow.running", lambda: assistant)
    monkeypatch.setattr(
        "daemon.cli.follow.follow", lambda _remote, _turn: [{"path": str(assistant.made), "kind": "clip"}]
    )
    with pytest.raises(ConfigError) as caught:
        clip("a fox", tmp_path / "x.mp4")
    assert caught.value.code == "drawing.other_format"
    assert str(assistant.made) in caught.value.text("ru")
    assert not (tmp_path / "x.mp4").exists()
    clip("a fox", tmp_path / "x.webm")
    assert (tmp_path / "x.webm").read_bytes() == b"clip"
