"""Broken set-ups, each seeded by itself: `kombain doctor` names it, says why, and gives the command that mends it."""

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from daemon import messages
from daemon.catalogue.entries import read
from daemon.catalogue.fetch import SPARE
from daemon.doctor import diffusion, engines, environment, examine, service, setup, sound
from daemon.doctor.finding import House
from daemon.scene import glyphs
from daemon.store import Store
from tests import tiny_videocrafter
from tests.broker import broker, free_port
from tests.diffusion.test_weights import pipeline
from tests.sound import sound_card


class Ground:
    """A home, a root and a config of a test's own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.home, self.root, self.state = folder / "home", folder / "root", folder / "state"
        for path in (self.home, self.root, self.state):
            path.mkdir()
        self.path = folder / "config.yaml"
        self.write("")
        patch.setenv("HOME", str(self.home))
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        patch.setattr("daemon.paths.SYSTEM", folder / "run" / "system.sock")

    def write(self, text: str, mode: int = 0o600) -> None:
        self.path.write_text(f"state: {self.state}\n{text}")
        self.path.chmod(mode)

    def file(self, name: str, text: str = "", base: Path | None = None) -> Path:
        path = (base or self.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def house(self) -> House:
        return House(self.path, self.root)


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    return Ground(tmp_path, monkeypatch)


def codes(check, ground: Ground) -> set[str]:
    """Run one check; every finding must read well in both languages and have a command."""
    found = list(check(ground.house()))
    for one in found:
        assert one.fix
        assert "#" not in one.fix
        for language in messages.LANGUAGES:
            text = one.text(language)
            assert text
            assert "{" not in text
    return {one.code for one in found}


def without_spec(name: str) -> Callable[[Ground], None]:
    real = importlib.util.find_spec
    return lambda ground: ground.patch.setattr(
        environment, "find_spec", lambda wanted: None if wanted == name else real(wanted)
    )


def version(name: str, found: str) -> Callable[[Ground], None]:
    real = importlib.metadata.version
    return lambda ground: ground.patch.setattr(
        importlib.metadata, "version", lambda wanted: found if wanted == name else real(wanted)
    )


def clash(ground: Ground) -> None:
    ground.patch.setattr(importlib.metadata, "packages_distributions", lambda: {"daemon": ["kombain", "python-daemon"]})


def full(free: int) -> Callable[[Ground], None]:
    return lambda ground: ground.patch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(total=1 << 40, used=0, free=free)
    )


def readonly(ground: Ground) -> None:
    ground.patch.setattr(os, "access", lambda path, _mode: Path(path) != ground.state)


def no_font(ground: Ground) -> None:
    ground.patch.setattr(glyphs, "FOLDERS", ())
    ground.patch.setattr(glyphs, "USUAL", ground.root / "none.ttf")


def picture_model(ground: Ground) -> Path:
    return pipeline(ground.state / "models" / "sd")


def film_model(ground: Ground) -> Path:
    return pipeline(ground.state / "models" / "wan", "WanPipeline")


def painter(ground: Ground) -> str:
    return f"{{engine: diffusers, diffusers: {{model: {ground.state}/models/sd}}}}"


def runs_here(ground: Ground) -> None:
    ground.patch.setattr("daemon.diffusion.model.LIBRARIES", ("json",))


def damaged(ground: Ground) -> None:
    Store(ground.state).close()
    path = ground.state / "kombain.db"
    with contextlib.closing(sqlite3.connect(path)) as known:
        known.execute("PRAGMA journal_mode=DELETE")
    data = bytearray(path.read_bytes())
    data[100:4096] = bytes(3996)
    path.write_bytes(data)


def half_a_model(ground: Ground) -> None:
    from daemon.catalogue.shelf import Shelf

    ground.file("config.json.part", "{", Shelf(ground.state / "models")._passing(read().models["whisper-tiny"]))


def shortened_model(ground: Ground) -> None:
    model = read().models["whisper-tiny"]
    for file in model.files:
        ground.file(f"models/tiny/{file}", "x", ground.state)
    ground.file("models/checksums.json", json.dumps({"tiny/model.bin": {"sha256": "0" * 64, "size": 99}}), ground.state)


def config(text: str) -> Callable[[Ground], None]:
    return lambda ground: ground.write(text.format(folder=ground.folder))


def unit(text: str, *, linger: bool = True, whole: bool = False) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        ground.file(".config/systemd/user/kombain.service", text, ground.home)
        if linger:
            ground.file(f"var/lib/systemd/linger/{ground.house().user}")
        if whole:
            ground.file("etc/systemd/system/kombain.service", text)

    return seed


def dead_socket(ground: Ground) -> None:
    path = ground.folder / "run" / "kombain" / "control.sock"
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    path.chmod(0o660)


def stripped_whisper(ground: Ground) -> None:
    ground.file("models/small/model.bin", "", ground.state)


GOOD = "[Service]\nType=notify\nExecStart=/bin/true run\n"
SEEDS = {
    "an old Python": (environment.python, lambda g: g.patch.setattr(sys, "version_info", (3, 10, 1)), "python"),
    "the system's Python": (environment.python, lambda g: g.patch.setattr(sys, "prefix", sys.base_prefix), "no_venv"),
    "a package is missing": (environment.packages, without_spec("paho"), "package"),
    "a package is too old": (environment.packages, version("pydantic", "1.9"), "package_old"),
    "python-daemon is installed": (environment.packages, clash, "package_clash"),
    "our files are missing": (
        environment.files,
        lambda g: g.patch.setattr("daemon.paths.data", lambda name: g.root / name),
        "data_missing",
    ),
    "no espeak-ng": (environment.programs, lambda g: g.patch.setattr(shutil, "which", lambda _: None), "no_espeak"),
    "no PortAudio": (
        environment.programs,
        lambda g: g.patch.setattr("ctypes.util.find_library", lambda _: None),
        "no_portaudio",
    ),
    "no font": (environment.programs, no_font, "no_font"),
    "a locale of the last century": (
        environment.system,
        lambda g: g.patch.setattr("locale.getpreferredencoding", lambda do_setlocale=True: "ANSI_X3.4-1968"),
        "locale",
    ),
    "the clock was never set": (environment.system, lambda g: g.patch.setattr(time, "time", lambda: 86400.0), "clock"),
    "an old processor": (
        environment.system,
        lambda g: g.file("proc/cpuinfo", "flags\t\t: fpu sse sse2 avx\n"),
        "slow_processor",
    ),
    "little memory": (environment.system, lambda g: g.file("proc/meminfo", "MemAvailable:  204800 kB\n"), "memory"),
    "a GPU without cuBLAS": (environment.gpu, lambda g: g.file("proc/driver/nvidia/version", "535"), "gpu_library"),
    "a wrong key": (setup.config, config("sstt: {{}}\n"), "config"),
    "no YAML": (setup.config, config("a: [\n"), "config"),
    "a password that others read": (
        setup.secrets,
        lambda g: g.write("mqtt: {password: x}\n", 0o644),
        "config_readable",
    ),
    "no password file": (setup.secrets, config("mqtt: {{password_file: {folder}/none}}\n"), "secret_file"),
    "a password file that others read": (
        setup.secrets,
        lambda g: (
            g.file("secret", "x", g.folder).chmod(0o644),
            g.write(f"mqtt: {{password_file: {g.folder}/secret}}\n"),
        ),
        "secret_readable",
    ),
    "no key file": (
        setup.secrets,
        config("picture: {{engine: openai_images, openai_images: {{key_file: {folder}/none}}}}\n"),
        "secret_file",
    ),
    "a key that others read": (
        setup.secrets,
        lambda g: (
            g.file("secret", "x", g.folder).chmod(0o640),
            g.write(f"picture: {{engine: openai_images, openai_images: {{key_file: {g.folder}/secret}}}}\n"),
        ),
        "secret_readable",
    ),
    "OpenAI without a key": (engines.makers, config("picture: {{engine: openai_images}}\n"), "maker"),
    "pictures from elsewhere": (
        engines.makers,
        config("picture: {{engine: openai_images, openai_images: {{key_file: {folder}/key}}}}\n"),
        "elsewhere",
    ),
    "no clone of VideoCrafter": (engines.makers, config("clip: {{engine: videocrafter}}\n"), "maker"),
    "VideoCrafter's licence": (
        engines.makers,
        lambda g: (
            made := tiny_videocrafter.build(g.folder / "clone"),
            g.write(f"clip: {{engine: videocrafter, videocrafter: {made.model_dump_json()}}}\n"),
        ),
        "licence",
    ),
    "an engine that reads English in a Russian house": (
        engines.makers,
        lambda g: (picture_model(g), runs_here(g), g.write(f"language: ru\npicture: {painter(g)}\n")),
        "unread",
    ),
    "no model of pictures": (engines.makers, config("picture: {{engine: diffusers}}\n"), "maker"),
    "a model of pictures without its libraries": (
        diffusion.pictures,
        lambda g: (picture_model(g), g.patch.setattr("daemon.diffusion.model.LIBRARIES", ("no_such",))),
        "diffusion_library",
    ),
    "a torch that does not see the GPU": (
        diffusion.pictures,
        lambda g: (
            picture_model(g),
            g.patch.setattr("daemon.diffusion.model.LIBRARIES", ("json",)),
            g.file("proc/driver/nvidia/version", "535"),
            version("torch", "2.13.0+cpu")(g),
        ),
        "cpu_torch",
    ),
    "a model that would take hours here": (
        engines.makers,
        lambda g: (
            film_model(g),
            g.patch.setattr("daemon.diffusion.model.LIBRARIES", ()),
            g.patch.setattr("daemon.diffusion.memory.GPU_FILES", ()),
        ),
        "declined",
    ),
    "no model of clips": (engines.makers, config("clip: {{engine: svd}}\n"), "maker"),
    "a model of clips without its libraries": (
        diffusion.films,
        lambda g: (film_model(g), g.patch.setattr("daemon.diffusion.model.LIBRARIES", ("no_such",))),
        "film_library",
    ),
    "a model of clips that is cut off": (
        diffusion.films,
        lambda g: (
            film_model(g).joinpath("unet", "diffusion_pytorch_model.safetensors").write_bytes(b"short"),
            g.write(f"clip: {{engine: diffusers_video, diffusers_video: {{model: {g.state}/models/wan}}}}\n"),
        ),
        "diffusion_weights",
    ),
    "a pickle among the weights": (
        diffusion.pictures,
        lambda g: (
            picture_model(g)
            .joinpath("unet", "diffusion_pytorch_model.safetensors")
            .rename(g.state / "models" / "sd" / "unet" / "diffusion_pytorch_model.bin")
        ),
        "diffusion_weights",
    ),
    "a file in place of the state folder": (
        setup.state,
        lambda g: (g.file("x", "", g.folder), g.path.write_text(f"state: {g.folder}/x\n")),
        "state_no_folder",
    ),
    "a state folder of somebody else": (setup.state, readonly, "state_unwritable"),
    "a full disk": (setup.state, full(SPARE), "disk"),
    "a damaged database": (setup.database, damaged, "database"),
    "half a model": (setup.downloads, half_a_model, "model_partly"),
    "a shortened model": (setup.downloads, shortened_model, "model_changed"),
    "a recording that is not there": (
        sound.microphone,
        config("ears: {{source: file, path: {folder}/none.wav}}\n"),
        "source_missing",
    ),
    "a wake word without a model": (
        engines.wake,
        config("ears: {{wake: {{openwakeword: {{words: {{computer: {{}}}}}}}}}}\n"),
        "wake",
    ),
    "only the stand-in": (engines.stt, lambda _: None, "stand_in"),
    "a Whisper that is not there": (engines.stt, config("stt: {{engine: faster_whisper}}\n"), "stt_missing"),
    "half a Whisper": (engines.stt, stripped_whisper, "stt"),
    "no Piper voice": (engines.tts, config("tts: {{engine: piper}}\n"), "no_voice"),
    "only espeak-ng": (engines.tts, config("language: ru\n"), "plain_voice"),
    "a voice that is not there": (
        engines.tts,
        config("tts: {{piper: {{voices: {{en: en_US-nobody-medium}}}}}}\n"),
        "voice_missing",
    ),
    "a broker without a name": (service.names, config("mqtt: {{host: broker.invalid}}\n"), "broker_name"),
    "no broker": (service.broker, lambda g: g.write(f"mqtt: {{port: {free_port()}}}\n"), "broker_absent"),
    "a certificate that can't be read": (
        service.broker,
        config("mqtt: {{tls: true, ca: {folder}/none.pem}}\n"),
        "tls_file",
    ),
    "a broker open to all": (
        service.outside,
        lambda g: g.file("etc/mosquitto/conf.d/open.conf", "listener 1883 0.0.0.0\nallow_anonymous true\n"),
        "broker_open",
    ),
    "a socket that was left": (service.running, dead_socket, "socket_dead"),
    "a unit without its program": (
        service.units,
        unit(GOOD.replace("/bin/true", "/nowhere/kombain")),
        "unit_program",
    ),
    "an old unit": (service.units, unit(GOOD.replace("Type=notify\n", "")), "unit_old"),
    "two units": (service.units, unit(GOOD, whole=True), "two_units"),
    "a unit that ends with the session": (service.units, unit(GOOD, linger=False), "no_linger"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_a_broken_set_up_is_named(name: str, ground: Ground) -> None:
    check, seed, code = SEEDS[name]
    seed(ground)
    assert code in codes(check, ground)


@pytest.mark.slow
def test_a_sound_set_up_is_left_alone(ground: Ground) -> None:
    """What the seeds break is whole without them, so it is the seed that is named."""
    ground.write("mqtt: {enabled: false}\n")
    ground.file("proc/cpuinfo", "flags : avx avx2\n")
    ground.file("proc/meminfo", "MemAvailable: 8000000 kB\n")
    unit(GOOD)(ground)
    topics = (environment, setup, engines, diffusion, service)
    harmless = {"stand_in", "plain_voice"}
    found = {
        code
        for check, *_ in SEEDS.values()
        if check.__module__ in {topic.__name__ for topic in topics}
        for code in codes(check, ground)
    }
    assert found <= harmless


@pytest.fixture
def refusing() -> Iterator[int]:
    with broker(password="secret") as mosquitto:
        yield mosquitto.port


@pytest.mark.slow
def test_a_wrong_password_is_told_and_a_right_one_is_not(ground: Ground, refusing: int) -> None:
    ground.write(f"mqtt: {{port: {refusing}, username: kombain, password: wrong}}\n")
    assert codes(service.broker, ground) == {"broker_refuses"}
    ground.write(f"mqtt: {{port: {refusing}, username: kombain, password: secret}}\n")
    assert codes(service.broker, ground) == set()


@pytest.mark.slow
@pytest.mark.parametrize(("days", "told"), [("-1", True), ("30", False)])
def test_an_expired_certificate(ground: Ground, days: str, told: bool) -> None:
    command = [
        "openssl",
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "asked.pem",
        "-subj",
        "/CN=x",
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=ground.folder)
    command = ["openssl", "x509", "-req", "-in", "asked.pem", "-signkey", "key.pem", "-out", "cert.pem", "-days", days]
    subprocess.run(command, check=True, capture_output=True, cwd=ground.folder)
    port = free_port()
    ground.write(f"mqtt: {{port: {port}, tls: true, cert: {ground.folder}/cert.pem, key: {ground.folder}/key.pem}}\n")
    assert ("certificate_old" in codes(service.broker, ground)) is told


@pytest.mark.slow
def test_devices_on_a_virtual_sound_card(ground: Ground) -> None:
    with sound_card() as card:
        assert codes(sound.devices, ground) == set()
        assert codes(sound.microphone, ground) == {"microphone_muted"}, "nobody speaks there, and it has no noise"
        ground.write("ears: {device: webcam}\nspeaker: {device: radio}\n")
        assert codes(sound.devices, ground) == {"microphone_unknown", "speaker_unknown"}
        card.stop()


@pytest.mark.slow
def test_the_command_is_quick_and_says_it_in_both_languages(ground: Ground) -> None:
    def kombain(*arguments: str, language: str = "C") -> tuple[int, str, float]:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "daemon", "doctor", *arguments], capture_output=True, text=True, check=False,
            env={**os.environ, "LC_ALL": f"{language}.UTF-8"}, cwd=Path(__file__).parents[2], timeout=60,
        )  # fmt: skip
        assert done.stderr == ""
        return done.returncode, done.stdout, time.monotonic() - began

    ground.write("mqtt: {port: 9}\nsstt: {}\n")
    status, out, took = kombain("--json", "--config", str(ground.path))
    assert (status, took < 10) == (1, True)
    found = json.loads(out)
    assert set(found) == set(examine.TOPICS)
    assert found["config"][0]["fix"] == "kombain config check"
    told = kombain("--config", str(ground.path), language="ru_RU")[1]
    assert "✗ Настройки: " in told
    assert "stt" in told


def test_a_missing_font_is_told_once(ground: Ground) -> None:
    no_font(ground)
    found = [code for check in (environment.programs, engines.makers) for code in codes(check, ground)]
    assert found == ["no_font"]


@pytest.mark.parametrize("config", [
    "language: en\n", "language: ru\ntranslate: {base_url: 'http://127.0.0.1:8080/v1'}\n", "language: ru\n",
])  # fmt: skip
def test_what_can_be_translated_is_no_trouble(ground: Ground, config: str) -> None:
    picture_model(ground)
    runs_here(ground)
    if "translate" not in config and "ru" in config:
        for name in ("model.bin", "config.json", "tokenizer.json"):
            ground.file(f"models/small/{name}", "", ground.state)
    ground.write(f"{config}picture: {painter(ground)}\n")
    assert "unread" not in codes(engines.makers, ground)


def test_what_libraries_print_is_not_seen_and_what_we_print_is() -> None:
    ours = "import os, sys; from daemon.cli.doctor import hush; hush(); print('ё', file=sys.stderr)"
    command = [sys.executable, "-c", f"{ours}; os.write(2, b'jack')"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stderr.decode() == "ё\n"


def test_a_check_that_fails_itself_is_a_finding(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_house: House) -> Iterator[None]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr(examine, "TOPICS", {"config": (broken,)})
    (finding,) = examine.examine(ground.house())["config"]
    assert finding.code == "check_failed"
    assert "broken" in finding.text("ru")


@pytest.mark.slow
def test_an_engine_that_is_chosen_by_itself_is_no_trouble(ground: Ground) -> None:
    ground.write("ears: {wake: {engine: auto}, vad: {engine: auto}}\n")
    assert codes(engines.wake, ground) | codes(engines.vad, ground) == set()
