"""Copies under names that people can read; nothing is ever overwritten."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.gallery import export


def entry(prompt: str = "Рыжая лиса, в снегу!", kind: str = "picture") -> dict:
    meta = {"prompt": prompt, "seed": 7}
    return {"id": "a1", "kind": kind, "created": 1.0, "mime": "image/png", "prompt": prompt, "meta": meta}


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Рыжая лиса, в снегу!", "рыжая-лиса-в-снегу"), ("../../etc/passwd", "etc-passwd"), ("…", "picture"),
        ("CON", "picture"), ("a/b\\c:d*e", "a-b-c-d-e"), (".hidden", "hidden"), ("", "picture"),
    ],
)  # fmt: skip
def test_names(prompt: str, name: str) -> None:
    assert export.name(prompt, "picture") == name


@given(st.text())
def test_any_prompt_gives_a_safe_name(prompt: str) -> None:
    found = export.name(prompt, "clip")
    assert found
    assert len(found.encode()) <= 200
    assert not set(found) & set('/\\:*?"<>|. \n\0')
    assert Path(found).name == found


def test_a_copy_and_its_card_and_nothing_is_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "a1.png"
    source.write_bytes(b"picture")
    out = tmp_path / "out"
    out.mkdir()
    (out / "рыжая-лиса-в-снегу-2.json").write_text("mine")
    (out / "рыжая-лиса-в-снегу-3.png").symlink_to(tmp_path / "nowhere")
    names = [export.copy(source, entry(), out).name for _ in range(3)]
    assert names == ["рыжая-лиса-в-снегу.png", "рыжая-лиса-в-снегу-4.png", "рыжая-лиса-в-снегу-5.png"]
    assert (out / "рыжая-лиса-в-снегу-2.json").read_text() == "mine"
    card = json.loads((out / "рыжая-лиса-в-снегу-4.json").read_text("utf-8"))
    assert (card["prompt"], card["seed"], card["id"]) == ("Рыжая лиса, в снегу!", 7, "a1")
    assert not list(out.glob(".*"))


def test_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_paths: Path) -> None:
        raise PermissionError(1, "no links")

    monkeypatch.setattr(export.os, "link", no_links)
    source = tmp_path / "a1.png"
    source.write_bytes(b"picture")
    out = tmp_path / "out"
    out.mkdir()
    assert [export.copy(source, entry("fox"), out).name for _ in range(2)] == ["fox.png", "fox-2.png"]
    assert sorted(path.name for path in out.iterdir()) == ["fox-2.json", "fox-2.png", "fox.json", "fox.png"]


def test_a_source_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export.copy(tmp_path / "absent.png", entry(), tmp_path)
    assert list(tmp_path.iterdir()) == []
