"""The gallery as others use it: the control socket, the command line without an assistant, what makes room."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from daemon.artifacts import Artifacts, Entry, Query
from daemon.bus import Bus
from daemon.errors import JobError
from daemon.events import ArtifactReady, GalleryChanged
from daemon.gallery import thumbnail, trash, words
from daemon.gallery.wish import Wish
from daemon.types import Artifact


class Gallery:
    """Lists, finds and deletes; what touches many files does so in a thread."""

    def __init__(self, artifacts: Artifacts, bus: Bus, in_use: Callable[[], Collection[str]]) -> None:
        """`in_use` returns the ids that a waiting or running job is made of: those are not deleted."""
        self._artifacts = artifacts
        self._bus = bus
        self._in_use = in_use

    async def answer(self, wish: Wish) -> dict[str, Any]:
        """Do what is wished; return the entries it was done to. Raises JobError."""
        match wish.do:
            case "list" if wish.ids:
                entries = self._named(wish.ids)
            case "list":
                needles = await asyncio.to_thread(words.needles, wish.text) if wish.text else ()
                query = Query(wish.kind, needles, wish.since, wish.before, wish.limit)
                entries = self._artifacts.find(query) if needles or not wish.text else []
            case "delete":
                entries = self._named(wish.ids)
                return {"entries": [told(entry, present=False) for entry in await self.delete(entries)]}
            case "keep" | "unkeep":
                ids = [entry.artifact.id for entry in self._named(wish.ids)]
                self._artifacts.keep(ids, kept=wish.do == "keep")
                entries = self._named(ids)
        present = await asyncio.to_thread(lambda: [entry.artifact.path.is_file() for entry in entries])
        return {"entries": [told(entry, present=one) for entry, one in zip(entries, present, strict=True)]}

    async def delete(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Delete files, what lies beside them, and rows: all of it or nothing, whatever comes between.

        Raises JobError `gallery.in_use` when a job needs one of them, `gallery.undeletable`, `store.…`.
        """
        if needed := {entry.artifact.id for entry in entries} & self.needed():
            raise JobError("gallery.in_use", id=min(needed))
        deleting = asyncio.create_task(self._delete(entries), name="gallery: delete")
        return await asyncio.shield(deleting)  # what is begun is ended, whoever waits for it

    def needed(self) -> set[str]:
        """Return the ids that a waiting or running job is made of."""
        return set(self._in_use())

    async def _delete(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        hidden = await asyncio.to_thread(_hide, [entry.artifact for entry in entries])
        try:
            self._artifacts.forget([entry.artifact.id for entry in entries])
        except BaseException:
            await asyncio.to_thread(trash.restore, hidden)
            raise
        self.tell([entry.artifact.id for entry in entries])
        await asyncio.to_thread(trash.empty, hidden)
        return entries

    def tell(self, removed: Sequence[str] = ()) -> None:
        """Report what is gone, and what is the newest now."""
        last = self._artifacts.last()
        now, newest = time.time(), None
        if last is not None:
            newest = ArtifactReady(
                artifact=last.id, job=last.job, kind=last.kind, path=str(last.path), mime=last.mime, meta=last.meta,
                at=now,
            )  # fmt: skip
        self._bus.publish(GalleryChanged(removed=list(removed), last=newest, at=now))

    def _named(self, names: Sequence[str]) -> list[Entry]:
        """Return the entries of ids, ends of ids and "last". Raises JobError: `gallery.no_such`, nothing, several."""
        found: dict[str, Entry] = {}
        for name in names:
            last = self._artifacts.last() if name == "last" else None
            if name == "last" and last is None:
                raise JobError("gallery.nothing")
            entries = self._artifacts.named(last.id if last else name)
            if not entries:
                raise JobError("gallery.no_such", id=name)
            if len(entries) > 1:
                raise JobError("gallery.several", id=name)
            found[entries[0].artifact.id] = entries[0]
        return list(found.values())


def told(entry: Entry, *, present: bool) -> dict[str, Any]:
    """Return an entry as JSON holds it; `present`: whether its file is there."""
    artifact = entry.artifact
    small = artifact.path.with_name(artifact.path.stem + thumbnail.SUFFIX)
    return {
        "id": artifact.id,
        "number": entry.number,
        "kind": artifact.kind,
        "created": round(entry.created, 3),
        "prompt": artifact.meta.get("prompt", ""),
        "engine": artifact.meta.get("engine", ""),
        "bytes": entry.bytes,
        "mime": artifact.mime,
        "path": str(artifact.path),
        "thumbnail": str(small),
        "present": present,
        "kept": entry.kept,
        "meta": artifact.meta,
    }


def _hide(artifacts: Sequence[Artifact]) -> list[Any]:
    hidden: list[Any] = []
    for artifact in artifacts:
        try:
            hidden += trash.hide(artifact.path)
        except OSError as error:
            trash.restore(hidden)
            raise JobError("gallery.undeletable", path=artifact.path, why=error.strerror) from error
    return hidden
