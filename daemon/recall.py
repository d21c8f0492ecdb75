"""What is asked for of what was made last: another like it, to see it, to hear what it is, to be rid of it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from daemon.errors import KombainError
from daemon.jobs import Jobs
from daemon.order import AskedBy
from daemon.types import Artifact, Job
from intents.model import Another, Delete, Generate, Question, Show

Tell = Callable[..., Awaitable[None]]
"""`perform.Performer.tell`"""
Make = Callable[..., Awaitable[None]]
"""`perform.Performer.generate`"""


class Hands(Protocol):
    """What is done with an artifact outside of the conversation."""

    def show(self, artifact: Artifact) -> bool:
        """Open it on the desktop; False where there is none."""

    async def delete(self, artifact: str) -> None:
        """Delete the artifact of that id for good. Raises JobError `gallery.…`."""


class Recall:
    """Knows what is meant by "it". A question that it returns is asked already: the answer is to be listened for."""

    def __init__(self, jobs: Jobs, hands: Hands, tell: Tell, make: Make) -> None:
        self._jobs = jobs
        self._hands = hands
        self._tell = tell
        self._make = make

    async def another(self, action: Another, language: str, turn: str, asked_by: AskedBy) -> Question | None:
        """Make what was asked for last, also if it is being made still, with another seed."""
        if (job := self._newest(action.kind)) is None:
            question = Question("clip" if action.kind == "clip" else "draw")
            await self._tell(f"question.{question.kind}", language, turn)
            return question
        making = {name: value for name, value in job.request.items() if name not in {"prompt", "seed"}}
        again = Generate("clip" if job.kind == "clip" else "picture", str(job.request["prompt"]), language)
        await self._make(again, language, turn, making=making, asked_by=asked_by)
        return None

    async def show(self, action: Show, language: str, turn: str) -> None:
        """Open the last one on the desktop."""
        if (last := await self._last(action.kind, language, turn)) is not None:
            key = f"showing.{last.kind}" if self._hands.show(last) else "no_desktop"
            await self._tell(key, language, turn, prompt=_prompt(last))

    async def tell(self, language: str, turn: str) -> None:
        """Say what was made last."""
        if (last := await self._last(None, language, turn)) is not None:
            await self._tell(f"made.{last.kind}", language, turn, prompt=_prompt(last))

    async def delete(self, action: Delete, language: str, turn: str) -> Question | None:
        """Delete what the user said yes to; else ask, or give up what is being made."""
        if action.artifact:
            await self._delete(action.artifact, language, turn)
        elif self._jobs.active():
            await self.cancel(language, turn)
        elif (last := await self._last(action.kind, language, turn)) is not None:
            await self._tell(f"question.delete.{last.kind}", language, turn, prompt=_prompt(last))
            return Question("delete", artifact=last.id)
        return None

    async def cancel(self, language: str, turn: str) -> None:
        """Give up what was asked for last."""
        await self._tell("cancelled" if self._jobs.cancel("last") else "nothing_to_cancel", language, turn)

    async def _delete(self, artifact: str, language: str, turn: str) -> None:
        try:
            await self._hands.delete(artifact)
        except KombainError as error:
            await self._tell("not_deleted", language, turn, why=error.text(language))
        else:
            await self._tell("deleted", language, turn)

    def _newest(self, kind: str | None) -> Job | None:
        """Return the job that was asked for last: an open one, else that of the newest artifact."""
        fit = [job for job in self._jobs.active() if kind in {None, job.kind} and not self._jobs.awaited(job)]
        if fit:
            return fit[-1]
        last = self._jobs.last(kind)
        return self._jobs.get(last.job) if last else None

    async def _last(self, kind: str | None, language: str, turn: str) -> Artifact | None:
        """Return the newest artifact; say so where there is none."""
        if (last := self._jobs.last(kind)) is None:
            await self._tell("nothing_made", language, turn)
        return last


def _prompt(artifact: Artifact) -> str:
    return str(artifact.meta.get("prompt", ""))
