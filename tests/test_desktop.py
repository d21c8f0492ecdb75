"""What the desktop gets to see: programs of the test's own stand for xdg-open and notify-send."""

import asyncio
import os
from pathlib import Path

import pytest

from daemon import desktop
from daemon.app import App
from daemon.commands import Command, Name
from daemon.config import Config

pytestmark = pytest.mark.slow


@pytest.fixture
def screen(tmp_path, monkeypatch):
    """A desktop; returns the file in which its programs write down what they were called with."""
    told = tmp_path / "told"
    for name in ("xdg-open", "notify-send"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" {name} "$@" >>{told}\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return told


async def test_a_file_is_announced_and_opened(screen):
    await desktop.show(Path("/x/picture.png"), "A picture is ready.")
    assert screen.read_text().splitlines() == [
        *("notify-send", "--app-name=Kombain", "--icon=/x/picture.png", "--", "A picture is ready."),
        *("xdg-open", "/x/picture.png"),
    ]


async def test_without_a_desktop_nothing_is_called(screen, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    await desktop.show(Path("/x/picture.png"), "A picture is ready.")
    assert not screen.exists()


@pytest.mark.parametrize("show", ["auto", "never"])
async def test_a_picture_that_is_made_is_shown_when_that_is_wanted(tmp_path, screen, show):
    sections = {"stt": "fake", "tts": "fake", "picture": "fake", "clip": "fake"}
    os.mkfifo(tmp_path / "microphone")
    descriptor = os.open(tmp_path / "microphone", os.O_RDWR | os.O_NONBLOCK)
    config = Config.model_validate(
        {name: {"engine": engine} for name, engine in sections.items()}
        | {"state": tmp_path / "state", "show": show, "mqtt": {"enabled": False}, "speaker": {"output": "none"}}
        | {"ears": {"source": "pipe", "path": tmp_path / "microphone", "wake": {"engine": "fake"}}}
    )
    app = App(config, show=desktop.show)
    try:
        async with asyncio.timeout(30), app.running():
            await app.ready()
            app.command(Command(Name.DRAW, text="; rm -rf ~ $(id)", language="en"))
            while app.artifact("last") is None:  # noqa: ASYNC110 - it comes from another process
                await asyncio.sleep(0.01)
            await app.quiet()
            artifact = app.artifact("last")
            while show == "auto" and (not screen.exists() or "xdg-open" not in screen.read_text()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        os.close(descriptor)
    assert artifact is not None
    if show == "never":
        assert not screen.exists()
    else:
        assert screen.read_text().splitlines()[-1] == str(artifact.path)
        assert "rm" not in screen.read_text()
