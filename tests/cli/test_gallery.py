"""`kombain gallery` without an assistant, over a real state folder."""

import json
from pathlib import Path

import pytest
import typer

from daemon.artifacts import Artifacts
from daemon.cli import gallery
from daemon.engines.base import Made
from daemon.errors import CommandError, ConfigError, JobError
from daemon.store import FILE, Store
from daemon.types import Job


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("LC_ALL", "C.UTF-8"), ("XDG_DATA_HOME", tmp_path), ("XDG_RUNTIME_DIR", tmp_path / "run")):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "kombain"


@pytest.fixture
def made(state: Path) -> list[str]:
    """Three pictures, the newest last."""
    store = Store(state)
    artifacts = Artifacts(state / "artifacts", store)
    ids = []
    for number, prompt in enumerate(("рыжая лиса", "a blue house", "[red]кот[/] на крыше")):
        job = Job(f"20261123-120000000-{number:06x}", "t", "picture", {}, created=1795435200.0)
        part = artifacts.begin(job, ".png")
        part.write_text(prompt)
        meta = {"prompt": prompt, "seed": number, "engine": "fake"}
        artifact = artifacts.finish(job, part, Made("image/png", meta))
        with store.transaction() as db:
            artifacts.index(db, artifact)
        ids.append(artifact.id)
    store.close()
    return ids


def test_list_shows_the_newest_first_and_text_as_text(made, capsys) -> None:
    gallery.list_()
    shown = capsys.readouterr().out
    assert [shown.index(one) for one in reversed(made)] == sorted(shown.index(one) for one in made)
    assert "[red]кот[/] на крыше" in shown
    gallery.list_(limit=1)
    shown = capsys.readouterr().out
    assert made[2] in shown
    assert made[1] not in shown
    assert "newest 1" in shown


def test_list_and_search_as_json(made, capsys) -> None:
    gallery.list_(as_json=True, kind="picture", since="1h")
    assert [entry["id"] for entry in json.loads(capsys.readouterr().out)] == made[::-1]
    gallery.search(["лису"], as_json=True)
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["prompt"], found["present"], found["kept"], found["meta"]["seed"]) == ("рыжая лиса", True, False, 0)
    gallery.search(["верблюд"])
    assert capsys.readouterr().out == "Nothing fits.\n"


def test_nothing_yet_makes_no_database(state, capsys) -> None:
    gallery.list_()
    assert "nothing in the gallery" in capsys.readouterr().out
    with pytest.raises(JobError, match="no last picture or clip"):
        gallery.open_()
    assert not (state / FILE).exists()


def test_open_tells_the_path(made, state, capsys, monkeypatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    gallery.open_()
    assert Path(capsys.readouterr().out.strip()).read_text() == "[red]кот[/] на крыше"


def test_a_file_that_was_deleted_by_hand_is_named(made, state, capsys) -> None:
    next(state.rglob(f"{made[1]}.png")).unlink()
    gallery.list_()
    shown = capsys.readouterr().out
    assert "file gone" in shown
    assert "1 file was deleted" in shown
    with pytest.raises(CommandError, match="is gone"):
        gallery.open_(made[1])
    gallery.delete([made[1]], yes=True)
    capsys.readouterr()
    gallery.list_(as_json=True)
    assert [entry["id"] for entry in json.loads(capsys.readouterr().out)] == [made[2], made[0]]


def test_delete_wants_a_yes(made, state, capsys, monkeypatch) -> None:
    with pytest.raises(CommandError, match="needs a yes"):
        gallery.delete(["last"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda _question: False)
    with pytest.raises(typer.Exit):
        gallery.delete(["last"])
    assert len(list(state.rglob("*.png"))) == 3
    capsys.readouterr()
    gallery.delete([made[0], "000001"], yes=True)
    assert capsys.readouterr().out == "2 things are deleted.\n"
    assert [path.stem for path in state.rglob("*.png")] == [made[2]]


def test_export(made, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    gallery.export([str(out)], everything=True)
    assert sorted(path.name for path in out.glob("*.png")) == [
        "a-blue-house.png", "red-кот-на-крыше.png", "рыжая-лиса.png",
    ]  # fmt: skip
    assert json.loads((out / "a-blue-house.json").read_text("utf-8"))["seed"] == 1
    assert "3 files are copied" in capsys.readouterr().out
    gallery.export([made[1], str(out)])
    assert (out / "a-blue-house-2.png").exists()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="can't be written"):
        gallery.export(["last", str(tmp_path / "file")])
    for wrong in ({"where": [str(out)]}, {"where": ["last", str(out)], "everything": True}):
        with pytest.raises(CommandError):
            gallery.export(**wrong)


def test_keep(made, capsys) -> None:
    gallery.keep(["last"])
    assert capsys.readouterr().out.startswith(f"{made[2]} is kept")
    gallery.unkeep(["last"])
    assert "may be removed again" in capsys.readouterr().out


@pytest.mark.parametrize("since", ["yesterday", "3", "2026-99-01", "d", "-3d"])
def test_a_time_that_is_none(made, since: str) -> None:
    with pytest.raises(CommandError, match="is no time"):
        gallery.list_(since=since)


def test_it_speaks_russian(made, capsys, monkeypatch) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    gallery.list_()
    shown = capsys.readouterr().out
    assert "номер" in shown
    assert "картинка" in shown
