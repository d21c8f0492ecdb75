"""Performs a plan: each action becomes speech, a job or a change of the assistant itself."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, assert_never

from daemon import messages, spoken
from daemon.commands import following
from daemon.errors import KombainError
from daemon.jobs import Jobs
from daemon.order import AskedBy
from daemon.recall import Hands, Recall
from daemon.speech import STEP, Voice
from daemon.translation.translator import Translator
from daemon.translation.writing import TRANSLATION
from daemon.types import Artifact, Job, JobState
from intents import Plan
from intents.model import (
    Action,
    Another,
    Cancel,
    Delete,
    Generate,
    Mute,
    Question,
    Repeat,
    Say,
    Show,
    Stop,
    Tell,
    Volume,
)


class Controls(Protocol):
    """What a plan may change about the session it runs in."""

    def silence(self) -> None:
        """Stop what is being said."""

    def mute(self, *, on: bool) -> None:
        """Close the microphone, or open it."""

    def ask(self, question: Question) -> None:
        """Listen once without the wake word; what comes is the answer to `question`."""

    def troubles(self, language: str) -> list[str]:
        """Say what is not as it should be, a sentence each."""

    def fail(self, error: KombainError, turn: str, language: str) -> None:
        """Tell all who listen to events, in `language`, that something in a turn failed."""


class Performer:
    """Performs plans for one session."""

    def __init__(
        self, voice: Voice, jobs: Jobs, hands: Hands, *, sketches: Callable[[str], bool], translator: Translator
    ) -> None:
        self.controls: Controls | None = None
        self._recall = Recall(jobs, hands, self.tell, self.generate)
        self._voice = voice
        self._jobs = jobs
        self._sketches = sketches
        self._several: Counter[str] = Counter()
        """By turn, how many of those that were asked for together are done."""
        self._translator = translator

    async def perform(
        self, plan: Plan, language: str, turn: str, asked_by: AskedBy = "microphone", *, english: str = ""
    ) -> None:
        """Do every action of `plan`, in order, answering in `language`; `english`: its prompt as heard in English."""
        for action in plan:
            await self._do(action, language, turn, asked_by, english)

    @property
    def may_translate(self) -> bool:
        """Whether an engine in use can't read Russian."""
        return self._translator.needed

    def translates(self, plan: Plan) -> bool:
        """Say whether `plan` has a prompt that its engine can't read."""
        return any(
            isinstance(action, Generate) and self._translator.wanted(action.kind, action.prompt) for action in plan
        )

    async def tell(self, what: str, language: str, turn: str, **values: object) -> None:
        """Say the reply `replies.<what>`."""
        await self._voice.say(messages.text(f"replies.{what}", language, **values), language, turn)

    async def finished(self, job: Job, artifact: Artifact | None) -> None:
        """Announce what became of a job, in the language it was asked for in."""
        language = str(job.request.get("language", "en"))
        prompt = told_prompt(job.request, language)
        subject = self._subject(job.kind)
        missing = ", ".join(artifact.meta.get("missing", [])) if artifact else ""
        if artifact is None:
            why = KombainError(job.error or "job.internal", **job.error_values).text(language)
            await self.tell(f"failed.{job.kind}", language, job.turn, why=why)
        elif self._jobs.siblings(job):
            self._several[job.turn] += 1
        elif (before := self._several.pop(job.turn, 0)) > 0:
            await self.tell(f"done_several.{job.kind}", language, job.turn, n=before + 1, prompt=prompt)
        elif artifact.job != job.id:
            await self.tell(f"done_again.{job.kind}", language, job.turn, prompt=prompt)
        elif missing:
            await self.tell(f"done_without.{subject}", language, job.turn, prompt=prompt, missing=missing)
        else:
            await self.tell(f"done.{subject}", language, job.turn, prompt=prompt)

    async def repeat(self, language: str, turn: str) -> None:
        """Say the last reply again."""
        if self._voice.last is None:
            await self.tell("nothing_to_repeat", language, turn)
        else:
            text, spoken_in = self._voice.last
            await self._voice.say(text, spoken_in, turn)

    async def _do(self, action: Action, language: str, turn: str, asked_by: AskedBy, english: str) -> None:
        match action:
            case Say():
                await self._voice.say(action.text, action.language or language, turn)
            case Tell():
                await self._tell(action.what, language, turn)
            case Generate():
                await self.generate(action, language, turn, asked_by=asked_by, english=english)
            case Question():
                await self.tell(f"question.{action.kind}", language, turn)
                self._session.ask(action)
            case Another():
                self._listen_for(await self._recall.another(action, language, turn, asked_by))
            case Show():
                await self._recall.show(action, language, turn)
            case Delete():
                self._listen_for(await self._recall.delete(action, language, turn))
            case Stop():
                self._session.silence()
            case Cancel():
                await self._recall.cancel(language, turn)
            case Repeat():
                await self.repeat(language, turn)
            case Volume():
                by = action.by if action.by is None or abs(action.by) > 1 else action.by * STEP
                level = self._voice.set_volume(action.to, by)
                await self.tell("volume", language, turn, n=level)
            case Mute():
                if action.on:
                    await self.tell("muted", language, turn)
                self._session.mute(on=action.on)
                if not action.on:
                    await self.tell("unmuted", language, turn)
            case _:
                assert_never(action)

    @property
    def _session(self) -> Controls:
        if self.controls is None:
            raise RuntimeError("a performer needs its session before it performs")
        return self.controls

    def _listen_for(self, question: Question | None) -> None:
        if question is not None:
            self._session.ask(question)

    async def _tell(self, what: str, language: str, turn: str) -> None:
        now = datetime.now().astimezone()
        match what:
            case "time":
                await self.tell("time", language, turn, time=spoken.clock(now, language))
            case "date":
                await self.tell("date", language, turn, date=spoken.date(now, language))
            case "status":
                troubles = self._session.troubles(language)
                state = " ".join(troubles) if troubles else messages.text("replies.status.fine", language)
                await self._voice.say(f"{state} {self._under_way(language)}", language, turn)
            case "made":
                await self._recall.tell(language, turn)
            case _:
                await self.tell(what, language, turn)

    async def generate(
        self,
        action: Generate,
        language: str,
        turn: str,
        key: str | None = None,
        making: Mapping[str, Any] | None = None,
        *,
        asked_by: AskedBy = "",
        english: str = "",
    ) -> None:
        """Accept a job and say how long it will take. The same `key` again is the same job.

        `making` is what was asked for beside the prompt: those of `commands.MAKING`; `english` the prompt as it was
        heard in English, for an engine that can't read it as it is.
        """
        request = {"prompt": action.prompt, "language": language, **(making or {})}
        if action.source == "last":
            if (picture := self._jobs.last("picture")) is None:
                await self.tell("no_picture", language, turn)
                return
            request |= {name: picture.meta[name] for name in ("prompt", "seed") if picture.meta.get(name) is not None}
            request["image"] = str(picture.path)
        count, priority = request.pop("count", action.count), request.pop("priority", "normal")
        try:
            wanted = self._translator.wanted(action.kind, request["prompt"], from_picture="image" in request)
            if wanted and TRANSLATION not in request:
                request[TRANSLATION] = english or await self._translator.english(request["prompt"])
            self._jobs.estimate(action.kind, request)  # where no engine can make it there is no job, and one reply
            for number in range(count):
                job = self._jobs.submit(
                    action.kind, following(request, number), turn, key and f"{key}.{number}" if number else key,
                    asked_by=asked_by, priority=priority,
                )  # fmt: skip
            seconds = self._jobs.remaining(job)
        except KombainError as error:
            self._session.fail(error, turn, language)
            await self.tell(f"failed.{action.kind}", language, turn, why=error.text(language))
            return
        if job.state is JobState.DONE:  # made before: `finished` says so
            return
        subject = self._subject(job.kind)
        told = {"prompt": request["prompt"], "takes": takes(seconds, language)}
        if count > 1:
            await self.tell(f"making_several.{job.kind}", language, turn, n=count, **told)
        else:
            await self.tell(f"making.{subject}", language, turn, **told)

    def _under_way(self, language: str) -> str:
        """Say how much is being made, and how long it will take yet, where that is known."""
        jobs = self._jobs.active()
        told = messages.text("replies.status.jobs" if jobs else "replies.status.idle", language, n=len(jobs))
        guesses = [self._remaining(job) for job in jobs]
        if not jobs or None in guesses:
            return told
        left = wait(max(guess for guess in guesses if guess is not None), language)
        return f"{told} {messages.text('replies.status.left', language, wait=left)}"

    def _remaining(self, job: Job) -> float | None:
        try:
            return self._jobs.remaining(job)
        except KombainError:  # no engine that could make it: that is told when it fails
            return None

    def _subject(self, kind: str) -> str:
        return f"{kind}_sketch" if self._sketches(kind) else kind


def told_prompt(request: Mapping[str, Any], language: str) -> str:
    """Return the prompt as it is told: with its translation, where the engine was given that."""
    prompt = str(request.get("prompt", ""))
    if english := request.get(TRANSLATION):
        return messages.text("replies.translated", language, prompt=prompt, english=english)
    return prompt


def takes(seconds: float | None, language: str) -> str:
    """Say how long it will take, or that nobody knows yet."""
    if seconds is None:
        return messages.text("replies.takes.unknown", language)
    return messages.text("replies.takes.about", language, wait=wait(seconds, language))


def wait(seconds: float, language: str) -> str:
    """Say a guessed time as people do: about a second, about 20 seconds, about 3 minutes."""
    if seconds < 1.5:  # noqa: PLR2004 - what rounds to one second
        return messages.text("replies.wait.moment", language)
    if seconds < 10:  # noqa: PLR2004 - below ten every second counts, above it fives do
        return messages.text("replies.wait.seconds", language, n=round(seconds))
    if seconds < 90:  # noqa: PLR2004
        return messages.text("replies.wait.seconds", language, n=5 * round(seconds / 5))
    return messages.text("replies.wait.minutes", language, n=round(seconds / 60))
