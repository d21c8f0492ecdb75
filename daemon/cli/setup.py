"""`kombain setup`: five questions, each answer tested on the spot, and a config with comments at the end."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from daemon.config import Config

NOTHING, DEFAULT = "none", "default"
GPU_MB = 6000
"""GPU memory from which the large Whisper is proposed."""
WAKE_S = 25.0
TIMES = 3
VOICES = {"en": "piper-en-lessac", "ru": "piper-ru-irina"}


def setup(
    language: Annotated[str | None, typer.Option(help="en or ru.")] = None,
    microphone: Annotated[
        str | None, typer.Option(help="Its name or a part of it; default; none (not tested).")
    ] = None,
    speaker: Annotated[str | None, typer.Option(help="Its name or a part of it; default; none.")] = None,
    models: Annotated[
        str | None, typer.Option(help="Names of `kombain models list` with commas; default; none.")
    ] = None,
    broker: Annotated[str | None, typer.Option(help="MQTT broker as HOST or HOST:PORT; none.")] = None,
    user: Annotated[str | None, typer.Option(help="User name at the broker.")] = None,
    password_file: Annotated[Path | None, typer.Option(readable=False, help="File with the broker's password.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: what is not given takes its default.")] = False,
    config: Annotated[Path | None, typer.Option(readable=False, help="Config file to write; default: yours.")] = None,
) -> None:
    """Set everything up, step by step; every answer is tested. · Настроить всё по шагам."""
    from daemon import log, messages, paths
    from daemon.cli.language import system_language

    log.start("error")
    path = config or paths.own_config()
    steps = Steps(path, asks=not yes, language=system_language())
    steps.take_language(language)
    steps.take_microphone(microphone)
    steps.take_speaker(speaker)
    steps.take_models(models)
    steps.take_broker(broker, user, password_file)
    steps.write()
    print(messages.text("setup.done", steps.language, path=path))


class Steps:
    """The answers so far, and how each is got: given, asked for, or the default. `language` is that of the talk."""

    def __init__(self, path: Path, *, asks: bool, language: str) -> None:
        """Read what is configured already. Raises ConfigError for a file that can't be used."""
        from daemon.config import load

        self.language = language
        self._path = path
        self._asks = asks
        self._before = load(path if path.exists() else None)
        self._found: dict[str, Any] = {}

    def take_language(self, given: str | None) -> None:
        """Which language is spoken."""
        from daemon.cli.language import checked

        self._title("language")
        self.language = checked(given or self._ask("setup.ask.language", self.language), "")
        self._found["language"] = self.language
        if self.language == "ru":
            self._found["ears"] = {"wake": {"openwakeword": {"words": {"hey_jarvis": {}, "kombain_ru": {}}}}}

    def take_microphone(self, given: str | None) -> None:
        """Which microphone, and how well it hears."""
        self._try("microphone", given, self._microphone)

    def _microphone(self, name: str) -> bool:
        if name == NOTHING:
            return True
        self._found.setdefault("ears", {})["device"] = None if name in {DEFAULT, ""} else name
        return not name or self._hears()

    def _try(self, kind: str, given: str | None, take: Callable[[str], bool]) -> None:
        """Let `take` try a device; while it is not good, and there is somebody to ask, another."""
        self._title(kind)
        while not take(given if given is not None else self._device(kind)):
            if given is not None or not self._asks or not self._yes("setup.ask.again"):
                return

    def _hears(self) -> bool:
        """Listen to the room and to the wake word; say what is heard, and whether it is good."""
        from daemon.cli.devices import measured, shown, tell
        from daemon.errors import AudioError, EngineError

        seconds = WAKE_S if self._asks else 2.0
        self._say("setup.say_wake" if self._asks else "setup.listening", word=self._wake_word(), n=TIMES)
        try:
            with shown(self.language, quiet=not self._asks) as show:
                meter, hits = measured(self._config(), seconds, show, times=TIMES)
        except (AudioError, EngineError) as error:
            self._note(error.text(self.language))
            return False
        troubles = meter.troubles() if self._asks else [one for one in meter.troubles() if one != "no_voice"]
        tell(meter, hits, troubles, self.language)
        return not troubles and (not self._asks or any(hits.values()))

    def take_speaker(self, given: str | None) -> None:
        """Which speaker, and whether it is heard."""
        self._try("speaker", given, self._speaker)

    def _speaker(self, name: str) -> bool:
        if name == NOTHING:
            self._found["speaker"] = {"output": "none"}
            return True
        self._found["speaker"] = {"output": "device", "device": "" if name == DEFAULT else name}
        return not name or self._sounds()

    def _sounds(self) -> bool:
        """Say something aloud; ask whether it was heard."""
        from daemon import messages
        from daemon.cli.say import play
        from daemon.errors import KombainError
        from daemon.workers.speaking import Service

        options = self._config().speaker
        try:
            voice = Service({"tts": {"engine": "espeak"}, "models": str(self._models())})
            voice.load()
            play(
                voice.speak(messages.text("setup.hello", self.language), self.language), options.device, options.volume
            )
        except KombainError as error:
            self._note(error.text(self.language))
            return False
        return not self._asks or self._yes("setup.ask.heard")

    def take_models(self, given: str | None) -> None:
        """Get a real Whisper and a voice, or leave it."""
        from daemon.catalogue.entries import read
        from daemon.catalogue.shelf import Shelf
        from daemon.cli.models import pull_all

        self._title("models")
        known, shelf = read(), Shelf(self._models())
        wanted = [] if given == NOTHING else self._proposed() if given in {None, DEFAULT} else (given or "").split(",")
        chosen = {name: known.model(name) for name in wanted}
        missing = {name: model for name, model in chosen.items() if shelf.found(model) != "here"}
        size = round(sum(model.size for model in missing.values()))
        if missing:
            self._say("setup.models", names=", ".join(missing), mb=size)
            if given is None and not (self._asks and self._yes("setup.ask.models")):
                self._say("setup.models_later", names=" ".join(missing))
                return
            pull_all(missing, known, shelf, self.language)
        turbo = next((model.place for model in chosen.values() if model.kind == "stt"), "small")
        if turbo != "small":
            self._found["stt"] = {"faster_whisper": {"model": turbo}}

    def _proposed(self) -> list[str]:
        large = gpu_memory() >= GPU_MB
        return ["whisper-large-v3-turbo" if large else "whisper-small", VOICES[self.language]]

    def take_broker(self, given: str | None, user: str | None, password_file: Path | None) -> None:
        """Which MQTT broker, and whether it lets us in."""
        import asyncio

        from daemon.doctor.service import connected
        from daemon.errors import ConfigError
        from daemon.mqtt.options import MqttOptions

        self._title("broker")
        while True:
            here = asyncio.run(connected(MqttOptions())) is None
            found = "127.0.0.1" if here else NOTHING
            place = given if given is not None else self._ask("setup.ask.broker", found)
            if place == NOTHING:
                self._found["mqtt"] = {"enabled": False}
                return
            self._found["mqtt"] = self._broker(place, user, password_file, asks=given is None)
            try:
                options = self._config().mqtt
            except ConfigError as mistake:  # no broker can be called so
                if given is not None:
                    raise
                self._note(mistake.text(self.language))
                if not self._yes("setup.ask.again"):
                    raise
                continue
            error = asyncio.run(connected(options))
            if error is None:
                self._say("setup.broker_answers")
                return
            self._note(error.text(self.language))
            if given is not None or not self._asks or not self._yes("setup.ask.again"):
                return

    def _broker(self, place: str, user: str | None, password_file: Path | None, *, asks: bool) -> dict[str, Any]:
        host, _, port = place.rpartition(":") if place.count(":") == 1 else (place, "", "")
        options: dict[str, Any] = {"enabled": True, "host": host, **({"port": port} if port else {})}
        if user is None and asks and self._asks:
            user = self._ask("setup.ask.user", "") or None
        if user is not None:
            options["username"] = user
        if password_file is None and user is not None and asks and self._asks:
            password_file = self._kept(typer.prompt(self._text("setup.ask.password"), hide_input=True, default=""))
        if password_file is not None:
            options["password_file"] = str(password_file)
        return options

    def _kept(self, password: str) -> Path | None:
        """Write a password to a file that nobody else can read."""
        from daemon.passing import written

        if not password:
            return None
        path = self._path.with_name("mqtt-password")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = os.umask(0o077)
        try:
            with written(path) as file:
                file.write(password.encode())
        finally:
            os.umask(before)
        return path

    def write(self) -> None:
        """Write the config, beside what stands in it already. Raises ConfigError."""
        from daemon.errors import ConfigError
        from daemon.passing import written
        from daemon.settings import merged

        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = merged(self._path.read_text("utf-8") if self._path.exists() else "", self._found, self.language)
            with written(self._path) as file:
                file.write(text.encode())
        except OSError as error:
            raise ConfigError("setup.unwritable", path=self._path, why=error.strerror or error) from error

    def _config(self) -> "Config":
        """Return the config that the answers make so far."""
        from daemon.config import validated
        from daemon.settings import joined

        return validated(joined(self._before.model_dump(exclude_unset=True), self._found), self._path, {})

    def _models(self) -> Path:
        from daemon import paths

        return (self._before.state or paths.state()) / "models"

    def _wake_word(self) -> str:
        from daemon import messages

        return messages.text("setup.wake_words", self.language)

    def _device(self, kind: str) -> str:
        """Let the user choose a device; return its name, "default", "none", or "" where there is none at all."""
        from daemon.audio.devices import devices, sounddevice
        from daemon.errors import AudioError

        try:
            known = [one for one in devices(sounddevice("ears.no_portaudio"), None, "") if one.kind == kind]
        except AudioError as error:
            self._note(error.text(self.language))
            return ""
        if not known:
            self._say(f"setup.no_{kind}")
            return ""
        if not self._asks:
            return DEFAULT
        for number, one in enumerate(known, 1):
            print(f"  {number}  {one.name}" + " *" * one.default)
        chosen = self._ask("setup.ask.device", DEFAULT)
        return known[int(chosen) - 1].name if chosen.isdecimal() and 0 < int(chosen) <= len(known) else chosen

    def _text(self, key: str, **values: Any) -> str:
        from daemon import messages

        return messages.text(key, self.language, **values)

    def _title(self, name: str) -> None:
        self._say(f"setup.title.{name}")

    def _say(self, key: str, **values: Any) -> None:
        print(self._text(key, **values))

    def _note(self, text: str) -> None:
        print(text, file=sys.stderr)

    def _ask(self, key: str, default: str) -> str:
        return str(typer.prompt(self._text(key), default=default)) if self._asks else default

    def _yes(self, key: str) -> bool:
        return typer.confirm(self._text(key), default=True)


def gpu_memory() -> int:
    """Return the memory of the largest GPU, MB; 0 without one."""
    import shutil
    import subprocess

    if shutil.which("nvidia-smi") is None:
        return 0
    told = subprocess.run(
        ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"], capture_output=True, text=True,
        check=False, timeout=10,
    ).stdout  # fmt: skip
    return max((int(line) for line in told.split() if line.isdecimal()), default=0)
