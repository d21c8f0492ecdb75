"""A running assistant takes up a changed config: what changed starts anew, all else stays as it is."""

import asyncio
import os
import random
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daemon.app import App
from daemon.config import load
from daemon.control import Reloaded
from daemon.errors import ConfigError
from tests.broker import broker, free_port, watcher

pytestmark = pytest.mark.slow
EDITS = int(os.environ.get("KOMBAIN_EDITS", "300"))
CONFIG = """
ears: {{source: pipe, path: {folder}/microphone, vad: {{engine: fake}}, wake: {{engine: fake}}}}
stt: {{engine: fake}}
tts: {{engine: fake}}
speaker: {{output: none, earcons: false}}
picture: {{engine: fake}}
clip: {{engine: fake}}
mqtt: {{enabled: false}}
"""


class Reloading:
    """An assistant with its config file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "config.yaml"
        self._base = CONFIG.format(folder=folder) + f"state: {folder}/state\n"
        self.write()
        self.app = App(load(self.path, {}), reread=lambda: load(self.path, {}))

    def write(self, **changes: str) -> None:
        """Write the config with some sections in other words, in YAML."""
        lines = {line.split(":")[0]: line for line in self._base.strip().splitlines()}
        self.path.write_text("\n".join((lines | {name: f"{name}: {text}" for name, text in changes.items()}).values()))

    def pids(self) -> dict[str, int | None]:
        app = self.app
        workers = (app.stt, app.tts, app.mouth, app.session.ears, *(maker.worker for maker in app._makers.values()))
        return {worker.name: worker.pid for worker in workers}

    async def reload(self, **changes: str) -> tuple[Reloaded, set[str]]:
        """Reload with changes; return what came of it and which children are others now."""
        self.write(**changes)
        before = self.pids()
        found = await self.app.reload("en")
        after = self.pids()
        return found, {name for name in before if before[name] != after[name]}


@asynccontextmanager
async def assistant(folder):
    os.mkfifo(folder / "microphone")
    descriptor = os.open(folder / "microphone", os.O_RDWR | os.O_NONBLOCK)  # nobody speaks
    house = Reloading(folder)
    try:
        async with house.app.running():
            assert await house.app.ready() == {}
            yield house
    finally:
        os.close(descriptor)


async def test_only_what_changed_starts_anew(tmp_path):
    async with assistant(tmp_path) as house:
        assert await house.reload() == (Reloaded(), set())
        found, others = await house.reload(picture="{engine: sketch}")
        assert (found.changed, others) == (["picture"], {"picture"})
        found, others = await house.reload(tts="{engine: espeak}", picture="{engine: sketch}")
        assert (found, others) == (Reloaded(["tts"]), {"tts"})
        assert house.app._is_sketch("picture")
        found, others = await house.reload(ears=f"{{source: pipe, path: {tmp_path}/microphone, gate: false}}")
        assert (found.changed, others) == (["ears", "picture", "tts"], {"ears", "picture", "tts"})
        assert found.problems == []


async def test_the_speaker_the_language_and_the_level_of_the_log(tmp_path):
    async with assistant(tmp_path) as house:
        house.app.voice.set_volume(33, None)
        found, others = await house.reload(speaker="{output: file, earcons: true}", log="{level: debug}")
        assert (found.changed, others) == (["log", "speaker"], {"mouth"})
        assert house.app.voice.out == tmp_path / "state" / "replies"
        assert house.app.voice.volume == 33, "the config's volume has not changed: what the user said stands"
        found, others = await house.reload(language="ru", speaker="{output: file, earcons: true, volume: 20}")
        assert (house.app.voice.volume, house.app.session.language) == (20, "ru")
        assert others == {"mouth", "tts"}


async def test_an_invalid_config_changes_nothing(tmp_path):
    async with assistant(tmp_path) as house:
        found, others = await house.reload(tts="{engin: espeak}", picture="{engine: sketch}")
        assert (found.changed, others) == ([], set())
        assert "tts.engin" in found.problems[0]
        assert house.app.config.picture.engine == "fake"
        house.path.unlink()
        assert (await house.app.reload("ru")).problems[0].startswith("Файла настроек")


async def test_what_can_not_serve_is_told_and_can_be_mended(tmp_path):
    async with assistant(tmp_path) as house:
        found, _ = await house.reload(tts="{engine: piper}")
        assert found.changed == ["tts"]
        assert len(found.problems) == 1
        found, others = await house.reload()
        assert (found, others) == (Reloaded(["tts"]), {"tts"})


async def test_another_state_folder_needs_a_restart(tmp_path):
    async with assistant(tmp_path) as house:
        for _ in range(2):
            assert await house.reload(state=f"{tmp_path}/other") == (Reloaded(later=["state"]), set())


async def test_another_broker_gets_all_states(tmp_path):
    with broker() as mosquitto, watcher(mosquitto.port) as seen:
        async with assistant(tmp_path) as house:
            house.app.session.mute(on=True)
            found, _ = await house.reload(mqtt=f"{{port: {mosquitto.port}, id: other}}")
            assert found == Reloaded(["mqtt"])
            retained = await asyncio.to_thread(seen.all_retained)
            told = {name: retained[f"kombain/other/{name}"] for name in ("status", "mute", "volume")}
            assert told == {"status": b"online", "mute": b"ON", "volume": b"80"}
            found, _ = await house.reload(mqtt=f"{{port: {free_port()}, id: other}}")
            assert len(found.problems) == 1
            assert (await asyncio.to_thread(seen.all_retained))["kombain/other/status"] == b"offline"
            assert (await house.reload())[0].problems == []
            assert house.app.session.troubles("en") == []


async def test_a_model_that_came_is_taken_up(tmp_path):
    async with assistant(tmp_path) as house:
        folder = tmp_path / "state" / "models" / "small"
        folder.mkdir(parents=True)
        (folder / "model.bin").touch()
        assert await house.reload() == (Reloaded(["stt"]), {"stt"})
        assert await house.reload() == (Reloaded(), set())


def edited(text: str, chance: random.Random) -> str:
    """Return a config as a slip of the hand leaves it: a piece cut, doubled, swapped, or something typed into it."""
    for _ in range(chance.randint(1, 3)):
        first, last = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        piece = text[first : min(last, first + chance.choice((1, 3, 40)))]
        typed = chance.choice(
            ("x", ":", "  ", "\n", "{", "}", "[", "]", "- ", "\t", "é", "\x00", "'", "&a ", "*a", "7", "#")
        )
        match chance.randrange(4):
            case 0:
                text = text[:first] + text[first + len(piece) :]
            case 1:
                text = text[:first] + piece + text[first:]
            case 2:
                text = text[:first] + typed + text[first:]
            case _:
                text = text[:first]  # half-written
        text = text or "\n"
    return text


@pytest.mark.timeout(60 + EDITS // 10)
async def test_random_edits_are_taken_up_whole_or_not_at_all(tmp_path, monkeypatch):
    """KOMBAIN_EDITS says how many (10,000 takes some minutes)."""
    chance = random.Random(3)
    house = Reloading(tmp_path)

    async def as_if(*_args):
        return None

    monkeypatch.setattr(house.app, "_renewed", as_if)
    monkeypatch.setattr(house.app, "_renew_mqtt", as_if)
    whole, taken = house.path.read_text() + "\n", 0
    for _ in range(EDITS):
        house.path.write_text(edited(whole, chance), errors="surrogateescape")
        before = house.app.config
        found = await house.app.reload("ru")
        try:
            wanted = load(house.path, {})
        except ConfigError:
            assert house.app.config is before
            assert len(found.problems) == 1
            assert found.changed == []
        else:
            taken += 1
            assert house.app.config == wanted.model_copy(update={"state": before.state})
            assert found.problems == []
    house.app._store.close()
    assert 0 < taken < EDITS
