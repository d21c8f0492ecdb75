"""The composition root: every part is built here from the config, runs in one TaskGroup, and ends with it."""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, assert_never

import intents
from daemon import messages, paths, spoken
from daemon.artifacts import Artifacts
from daemon.bus import Bus
from daemon.catalogue.shelf import installed
from daemon.commands import Command, Name
from daemon.config import Config
from daemon.config import changed as differing
from daemon.control import Control, Reloaded
from daemon.errors import JobError, KombainError
from daemon.events import PartChanged
from daemon.gallery import image
from daemon.gallery.gallery import Gallery
from daemon.gallery.steward import Steward
from daemon.gallery.wish import Wish
from daemon.jobs import Jobs
from daemon.mqtt.client import MqttClient
from daemon.mqtt.options import MqttOptions
from daemon.order import AskedBy
from daemon.perform import Performer
from daemon.session import Session
from daemon.speech import Voice
from daemon.store import Store
from daemon.translation.translator import Translator
from daemon.turn import Turns, new_id
from daemon.types import Artifact, Health, Job, JobState
from daemon.workers import devices, hearing, mouth, speaking
from daemon.workers.maker import Maker
from daemon.workers.pool import Pool
from daemon.workers.worker import Worker
from intents.model import Generate

log = logging.getLogger(__name__)
FREE_WORDS = {"en": "draw a combine harvester", "ru": "нарисуй комбайн"}
"""Requests with free words use every table of the grammar."""
Show = Callable[[Path, str], Coroutine[None, None, None]]
SILENT = {"none": False, "device": False, "file": True, "both": True}
"""Whether replies are kept as files, by the speaker's output."""


class App:
    """The whole assistant. `running` is its life: everything is built before, everything has ended after."""

    def __init__(
        self,
        config: Config,
        *,
        models: Path | None = None,
        replies: Path | None = None,
        runtime: Path | None = None,
        reread: Callable[[], Config] | None = None,
        show: Show | None = None,
    ) -> None:
        """Put the parts together; nothing runs yet. Raises JobError for a state folder that can't be used.

        `models` is the folder of downloaded models (default: in the state folder), `replies` that of reply files,
        `runtime` that of the control socket; without it there is none. `reread` reads the config again, for `reload`;
        `show` opens a file on the desktop, under a title.
        """
        self.config = config
        self.bus = Bus()
        self.stand_in = ""
        """A sentence on the stand-in that is in use; known when ready."""
        self._state = config.state or paths.state()
        self._models = models or self._state / "models"
        self._replies = replies or self._state / "replies"
        self._reread = reread
        self._show = show
        self._reloading = asyncio.Lock()
        self._store = Store(self._state)
        self._started = inits = self._inits(config)
        self.stt = Worker("stt", hearing.SERVICE, inits["stt"], bus=self.bus)
        self.tts = Worker("tts", speaking.SERVICE, inits["tts"], bus=self.bus)
        self.mouth = Worker("mouth", mouth.SERVICE, inits["speaker"], bus=self.bus)
        found = devices.capacity(config.making.devices, devices.gpus(), devices.host_mb())
        self._pool = Pool(found, 60 * config.making.idle_minutes)
        self._makers = {
            kind: Maker(kind, inits[kind], self._models, bus=self.bus, pool=self._pool) for kind in ("picture", "clip")
        }
        self._parts: tuple[Worker | Maker, ...] = (self.stt, self.tts, self.mouth, *self._makers.values())
        self._artifacts = Artifacts(self._state / "artifacts", self._store)
        self.jobs = Jobs(self._store, self._artifacts, self.bus, self._makers, self._finished)
        self._gallery = Gallery(self._artifacts, self.bus, self.jobs.ingredients)
        self._steward = self.jobs.room = Steward(
            self._state, self._artifacts, self._gallery, self.bus, config.gallery, self._say_trouble
        )
        self._mouth = mouth.Mouth(self.mouth, self.bus)
        self.voice = Voice(
            speaking.Speaking(self.tts),
            self._mouth,
            self.bus,
            language=config.language,
            volume=config.speaker.volume,
            earcons=config.speaker.earcons,
            out=self._reply_files(config),
        )
        self._translator = Translator(config.translate, self._reads)
        self.performer = Performer(self.voice, self.jobs, self, sketches=self._is_sketch, translator=self._translator)
        self.hearing = hearing.Hearing(self.stt)
        self._turns = Turns(self.hearing, self.performer, self.bus, language=config.language)
        self.session = Session(
            self._make_ears(inits["ears"]), self._turns, self.voice, self.bus, language=config.language
        )
        self.performer.controls = self.session
        self.voice.on_sound = self.session.speaking
        self.voice.on_played = self.session.playing
        self.session.on_busy = lambda busy: self.jobs.pause(on=busy)
        self._mqtt = MqttClient(config.mqtt, self.bus, partial(self.command, asked_by="mqtt"))
        self._control = Control(runtime, self.bus, self) if runtime else None

    def _inits(self, config: Config) -> dict[str, dict[str, Any]]:
        """Return what each process is started with, by its section of the config."""
        plain = config.model_dump(mode="json")
        models = str(self._models)
        return {
            "stt": {"stt": plain["stt"], "models": models, "installed": installed(self._models, "*/model.bin")},
            "tts": {
                "tts": plain["tts"],
                "models": models,
                "language": config.language,
                "installed": installed(self._models, "piper/*.onnx"),
            },
            "speaker": {"speaker": plain["speaker"]},
            "ears": {"ears": plain["ears"], "models": models},
            "picture": plain["picture"],
            "clip": plain["clip"],
        }

    def _reply_files(self, config: Config) -> Path | None:
        return self._replies if SILENT[config.speaker.output] else None

    def _make_ears(self, init: dict[str, Any]) -> Callable[[], Worker]:
        return partial(Worker, "ears", "daemon.ears.child:Service", init, bus=self.bus)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run every part while the block runs. Raises ConfigError where another assistant runs already."""
        try:
            if self._control is not None:
                self._control.check()
            async with asyncio.TaskGroup() as self._group:
                group = self._group
                await self._report()
                self._gallery.tell()  # the broker may hold one that was deleted while we were away
                tasks = [group.create_task(part.run(), name=part.name) for part in self._parts]
                tasks.append(group.create_task(self._pool.run(), name="pool"))
                session = group.create_task(self.session.run(), name="session")  # it hears of what the others report
                tasks.append(group.create_task(self.jobs.run(), name="jobs"))
                tasks += [session, group.create_task(self._steward.run(), name="steward")]
                if self._control is not None:
                    tasks.append(group.create_task(self._control.run(), name="control"))
                failure: BaseException | None = None
                try:
                    yield
                except BaseException as error:  # noqa: BLE001 - raised again below, not as a group
                    failure = error
                tasks.insert(0, self._reporting)
                for task in reversed(tasks):  # who asks before who serves; MQTT tells of the end of all
                    task.cancel()
                    await asyncio.wait([task])
            if failure is not None:
                raise failure
        finally:
            self._store.close()

    async def ready(self) -> dict[str, str]:
        """Wait until every part serves or has said why it can't; return the sentences of those that can't."""
        troubles: dict[str, str] = {}
        for part in self._parts:
            try:
                await part.ready()
            except KombainError as error:
                troubles[part.name] = error.text(self.config.language)
        with contextlib.suppress(KombainError):
            await self._mouth.ready()
        await self._say_what_stands_in()
        await self.session.wake_words()
        return troubles

    async def warm_up(self) -> None:
        """Read what the first turn would wait for, once `ready`: the parts that load need the processor more."""
        await asyncio.to_thread(_warm_up)
        gc.collect()
        gc.freeze()  # it stays: to go through the grammars took 100 ms every few turns
        gc.enable()

    async def quiet(self) -> None:
        """Wait until nothing is being made, said or heard."""
        while True:
            await self.session.quiet()
            if not self.jobs.active():
                return
            await asyncio.sleep(0.05)

    async def _say_what_stands_in(self) -> None:
        with contextlib.suppress(KombainError):
            recogniser = await self.hearing.ready()
            if recogniser.stand_in:
                self.stand_in = messages.text("stt.stand_in", self.config.language)
                log.warning("%s", self.stand_in)
                self.bus.publish(PartChanged(part="stt", health=Health.DEGRADED, why=self.stand_in, at=time.time()))

    async def _report(self) -> None:
        self._reporting = self._group.create_task(self._mqtt.run(), name="mqtt")
        await asyncio.sleep(0)  # it subscribes in its first step, before anything is published

    async def reload(self, language: str) -> Reloaded:
        """Take up the config as it stands now: what has changed is started anew, all else goes on.

        An invalid config changes nothing. Answers when all is ready again.
        """
        async with self._reloading:
            try:
                new = await asyncio.to_thread(self._reread or (lambda: self.config))
            except KombainError as error:
                log.warning("%s", error)
                return Reloaded(problems=[error.text(language)])
            old, self.config = self.config, new.model_copy(update={"state": self.config.state})
            changed = differing(old, self.config)
            later = ["state"] if new.state != old.state else []
            later += ["making.devices"] if new.making.devices != old.making.devices else []
            self._pool.patience_s = 60 * new.making.idle_minutes
            self._turns.language = self.session.language = self.voice.language = new.language
            self._translator.options = new.translate
            self._steward.options = new.gallery
            self._steward.look()
            if new.speaker.volume != old.speaker.volume:
                self.voice.set_volume(new.speaker.volume, None)
            before, self._started = self._started, self._inits(self.config)
            inits = self._started
            started = [name for name in inits if inits[name] != before[name]]
            changed |= set(started)  # a model that has come or gone counts too
            problems = [
                error.text(language)
                for error in await asyncio.gather(*(self._renewed(name, inits[name]) for name in started))
                if error is not None
            ]
            if "mqtt" in changed and (trouble := await self._renew_mqtt(new.mqtt)) is not None:
                problems.append(trouble.text(language))
            log.info("reloaded: %s", ", ".join(sorted(changed)) or "nothing has changed")
            for problem in problems:
                log.error("%s", problem)
            return Reloaded(sorted(changed), later, problems)

    async def _renewed(self, section: str, init: dict[str, Any]) -> KombainError | None:
        """Start the process of a section anew; return why it can't serve."""
        try:
            match section:
                case "stt":
                    await self.stt.renew(init)
                    await self._say_what_stands_in()
                case "tts":
                    await self.tts.renew(init)
                case "speaker":
                    self.voice.earcons = self.config.speaker.earcons
                    self.voice.out = self._reply_files(self.config)
                    await self.mouth.renew(init)
                    await self._mouth.ready()
                case "ears":
                    await self.session.renew_ears(self._make_ears(init))
                case kind:
                    await self._makers[kind].renew(init)
        except KombainError as error:
            return error
        return None

    async def _renew_mqtt(self, options: MqttOptions) -> KombainError | None:
        self._reporting.cancel()
        await asyncio.wait([self._reporting])
        self._mqtt = MqttClient(options, self.bus, partial(self.command, asked_by="mqtt"))
        if not options.enabled:
            self.bus.publish(PartChanged(part="mqtt", health=Health.OK, at=time.time()))
        await self._report()
        self.session.tell()
        return await self._mqtt.tried()

    def command(self, command: Command, asked_by: AskedBy = "control") -> str:
        """Carry out a command from outside; returns at once, with the id of the turn that it will have.

        Raises JobError `image.…` for a picture to start from that can't be, `job.no_such` for a job to cancel that is
        neither waiting nor running.
        """
        language, turn = command.language or self.config.language, new_id()
        match command.name:
            case Name.ASK:
                self.session.typed(command.text, language, turn, asked_by)
            case Name.SAY:
                self.session.when_free(partial(self.voice.say, command.text, language, turn), turn)
            case Name.DRAW | Name.CLIP:
                wish = Generate("picture" if command.name is Name.DRAW else "clip", command.text, language)
                generate = partial(
                    self.performer.generate, wish, language, turn, command.id, self._with_image(command.making)
                )
                self.session.when_free(partial(generate, asked_by=asked_by), turn)
            case Name.STOP:
                self.session.silence()
            case Name.CANCEL:
                self.jobs.cancel(command.text or "last")
            case Name.REPEAT:
                self.session.when_free(partial(self.performer.repeat, language, turn), turn)
            case Name.LISTEN:
                self.session.listen()
            case Name.MUTE:
                self.session.mute(on=bool(command.on))
            case Name.VOLUME:
                self.voice.set_volume(command.level, command.by)
            case _:
                assert_never(command.name)
        return turn

    def status(self, language: str) -> dict[str, Any]:
        """Tell how things are, in plain data."""
        return {
            "version": version("kombain"),
            "state": self.session.state or "starting",
            "muted": self.session.muted,
            "volume": self.voice.volume,
            "language": self.config.language,
            "troubles": self.session.troubles(language),
            "makers": {kind: maker.told(language) for kind, maker in self._makers.items()},
            "elsewhere": {kind: maker.host for kind, maker in self._makers.items() if maker.host},
            "jobs": [
                {"job": job.id, "kind": job.kind, "state": job.state, "progress": round(job.progress, 3), **job.request}
                for job in self.jobs.active()
            ],
        }

    def line(self) -> str:
        """Say in one line how things are, for systemd's status."""
        language = self.config.language
        told = [messages.text(f"demo.state.{self.session.state or 'starting'}", language)]
        if count := len(self.jobs.active()):
            told.append(messages.text("service.jobs", language, n=count))
        return "; ".join(told + self.session.troubles(language)).replace("\n", " ")

    def hopeless(self) -> bool:
        """Say whether a part that we can't do without is lost, so that only a new start may bring it back."""
        return any(worker is not None and worker.hopeless for worker in (self.session.ears, self.stt, self.tts))

    def artifact(self, which: str) -> Artifact | None:
        """Return the newest artifact ("last"), or that of an id."""
        return self._artifacts.last() if which == "last" else self._artifacts.get(which)

    def _with_image(self, making: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is asked for with the path of the picture to start from. Raises JobError `image.…`."""
        if (given := making.get("image")) is None:
            return dict(making)
        if (found := None if given.startswith("/") else self.artifact(given)) is not None:
            given = str(found.path)
        return {**making, "image": str(image.checked(Path(given)))}

    def show(self, artifact: Artifact) -> bool:
        """Open it on the desktop; False where there is none."""
        if self._show is None:
            return False
        title = messages.text(f"show.{artifact.kind}", self.config.language)
        self._group.create_task(self._show(artifact.path, title), name="show")
        return True

    async def delete(self, artifact: str) -> None:
        """Delete what was made, at the word of somebody in the room. Raises JobError `gallery.…`, also when kept."""
        if any(entry.kept for entry in self._artifacts.named(artifact)):
            raise JobError("gallery.kept", id=artifact)
        await self._gallery.answer(Wish(do="delete", ids=[artifact]))

    async def gallery(self, asked: Wish) -> dict[str, Any]:
        """List, delete or keep what was made. Raises JobError."""
        return await self._gallery.answer(asked)

    def _say_trouble(self, error: KombainError) -> None:
        language, turn = self.config.language, new_id()
        told = messages.text("replies.trouble", language, why=error.text(language))
        self.session.when_free(partial(self.voice.say, told, language, turn), turn)

    def _finished(self, job: Job, artifact: Artifact | None) -> None:
        self._steward.look()
        if self.jobs.awaited(job):
            return
        if job.state in {JobState.DONE, JobState.FAILED, JobState.QUARANTINED}:
            self.session.when_free(partial(self.performer.finished, job, artifact), job.turn)
        if artifact is not None and self.config.show == "auto":
            self.show(artifact)

    def _reads(self, kind: str, from_picture: bool) -> tuple[str, ...]:  # noqa: FBT001 - a plain switch
        """Return what the engine of `kind` reads, or the one that makes the picture which it needs."""
        maker = self._makers[kind]
        return self._makers["picture"].reads if maker.needs_image and not from_picture else maker.reads

    def _is_sketch(self, kind: str) -> bool:
        return self._makers[kind].sketch


def _warm_up() -> None:
    """Read what the first turn would wait for: grammars, sentences, and how a time is written."""
    try:
        for language in messages.LANGUAGES:
            intents.recognize(FREE_WORDS[language], language)
            messages.text("replies.help", language)
            spoken.clock(datetime.now().astimezone(), language)
    except OSError as error:  # out of files, say: the first turn waits then, or tells
        log.warning("%s", error)
