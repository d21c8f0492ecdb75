"""The gallery: found by words, deleted whole or not at all, also when killed between two steps."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from daemon.artifacts import Artifacts, Query
from daemon.bus import Bus
from daemon.engines.base import Made
from daemon.errors import CommandError, JobError
from daemon.events import GalleryChanged
from daemon.gallery import trash, wish, words
from daemon.gallery.gallery import Gallery
from daemon.gallery.wish import Wish
from daemon.ledger import Ledger
from daemon.store import MIGRATIONS, Store
from daemon.types import Artifact, Job, JobState

PROMPTS = ("рыжая лиса в снегу", "Ёлка и дом", "two foxes on a hill", "кот на крыше")


class House:
    """A gallery over a real store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = Bus()
        self.needed: set[str] = set()
        self.store = Store(folder)
        self.artifacts = Artifacts(folder / "artifacts", self.store)
        self.gallery = Gallery(self.artifacts, self.bus, lambda: self.needed)

    def make(self, number: int, prompt: str = "x", kind: str = "picture") -> Artifact:
        job = Job(f"20261123-120000000-{number:06x}", "t", kind, {}, created=1795435200.0 + number)
        part = self.artifacts.begin(job, ".png")
        part.write_text(prompt)
        part.with_name(f"{part.stem}.thumb.jpg").write_text("small")
        artifact = self.artifacts.finish(job, part, Made("image/png", {"prompt": prompt, "seed": number}))
        with self.store.transaction() as db:
            self.artifacts.index(db, artifact)
        return artifact

    async def ask(self, **fields) -> list[dict]:
        return (await self.gallery.answer(wish.read(fields)))["entries"]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("artifacts/*/*"))


@pytest.fixture
def house(tmp_path: Path):
    made = House(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("лиса", [0]), ("лисой", [0]), ("лису снег", [0]), ("лис", [0]), ("Ёлка", [1]), ("елки", [1]), ("дома", [1]),
        ("fox", [2]), ("foxes", [2]), ("hill fox", [2]), ("коты", [3]), ("крыша", [3]), ("лиса дом", []),
        ("верблюд", []), ("%", []), ("_'; DROP TABLE artifacts", []), ("o", [2]),
    ],
)  # fmt: skip
async def test_words_are_found_in_any_form(house: House, query: str, found: list[int]) -> None:
    for number, prompt in enumerate(PROMPTS):
        house.make(number, prompt)
    got = await house.ask(text=query)
    assert sorted(entry["meta"]["seed"] for entry in got) == found


async def test_kind_time_pages_and_order(house: House) -> None:
    made = [house.make(number, kind="clip" if number % 2 else "picture").id for number in range(6)]
    everything = await house.ask()
    assert [entry["id"] for entry in everything] == made[::-1]
    assert [entry["id"] for entry in await house.ask(kind="clip")] == [made[5], made[3], made[1]]
    assert await house.ask(since=everything[0]["created"] + 1) == []
    page = await house.ask(limit=4)
    assert [entry["id"] for entry in await house.ask(before=page[-1]["number"])] == made[1::-1]


async def test_a_name_is_an_id_its_end_or_last(house: House) -> None:
    made = [house.make(number).id for number in range(3)]
    for name in ("last", made[2], "000002"):
        assert [entry["id"] for entry in await house.ask(ids=[name])] == [made[2]]
    with pytest.raises(JobError) as nothing:
        await house.ask(ids=["00"])
    assert nothing.value.code == "gallery.no_such"


async def test_deleting_takes_file_thumbnail_and_row_and_tells_the_last(house: House) -> None:
    first, second = house.make(1), house.make(2)
    with house.bus.subscribe(GalleryChanged) as events:
        gone = await house.ask(do="delete", ids=["last"])
        assert [entry["id"] for entry in gone] == [second.id]
        event = await anext(aiter(events))
    assert isinstance(event, GalleryChanged)
    assert event.removed == [second.id]
    assert event.last is not None
    assert event.last.artifact == first.id
    assert house.files() == [f"{first.id}.png", f"{first.id}.thumb.jpg"]
    assert house.artifacts.last() == first
    with pytest.raises(JobError):
        await house.ask(do="delete", ids=[first.id, second.id])
    assert house.artifacts.get(first.id) == first, "all or nothing"


async def test_what_a_job_is_made_of_stays(house: House) -> None:
    made = house.make(1)
    other, ledger = house.make(2), Ledger(house.store)
    ledger.add(Job("b", "t", "clip", {"image": str(made.path)}), None)
    ledger.add(Job("c", "t", "picture", {}), None)
    ledger.add(Job("d", "t", "clip", {}, parent="c"), None)
    ledger.write(Job("c", "t", "picture", {}, state=JobState.DONE, artifact=other.id))
    house.needed = ledger.ingredients()
    assert house.needed == {made.id, other.id}
    for needed in (made, other):
        with pytest.raises(JobError) as refused:
            await house.ask(do="delete", ids=[needed.id])
        assert refused.value.code == "gallery.in_use"
        assert house.artifacts.get(needed.id) == needed


async def test_a_file_deleted_by_hand_is_not_shown_as_alive(house: House) -> None:
    first, second = house.make(1), house.make(2)
    second.path.unlink()
    assert [entry["present"] for entry in await house.ask()] == [False, True]
    assert house.artifacts.last() == first
    assert len(await house.ask(do="delete", ids=[second.id])) == 1
    assert house.files() == [f"{first.id}.png", f"{first.id}.thumb.jpg"]


async def test_a_database_that_fails_brings_the_files_back(house: House, monkeypatch) -> None:
    made = house.make(1)

    def full(ids: list[str]) -> None:
        raise JobError("store.full", path="x")

    monkeypatch.setattr(house.artifacts, "forget", full)
    with pytest.raises(JobError):
        await house.ask(do="delete", ids=[made.id])
    assert house.files() == [f"{made.id}.png", f"{made.id}.thumb.jpg"]


@pytest.mark.parametrize("step", ["hidden", "forgotten", "half removed"])
def test_killed_while_deleting(tmp_path: Path, step: str) -> None:
    house = House(tmp_path)
    stays, goes = house.make(1), house.make(2)
    hidden = trash.hide(goes.path)
    if step != "hidden":
        house.artifacts.forget([goes.id])
    if step == "half removed":
        trash.empty(hidden[:1])
    house.store.close()
    again = House(tmp_path)
    alive = [goes, stays] if step == "hidden" else [stays]
    assert [entry.artifact for entry in again.artifacts.find(Query())] == alive
    assert again.files() == sorted(f"{one.id}{end}" for one in alive for end in (".png", ".thumb.jpg"))
    again.store.close()


async def test_kept_is_told(house: House) -> None:
    house.make(1)
    assert (await house.ask(do="keep", ids=["last"]))[0]["kept"]
    assert not (await house.ask(do="unkeep", ids=["last"]))[0]["kept"]


@pytest.mark.parametrize(
    "fields",
    [{"do": "steal"}, {"limit": 0}, {"limit": 10_000}, {"ids": ["../x"]}, {"kind": "song"}, {"x": 1}, {"ids": "last"},
     {"since": "now"}, {"text": 3}, {"ids": ["a"] * 201}],
)  # fmt: skip
def test_a_wish_that_cannot_be(fields: dict) -> None:
    with pytest.raises(CommandError, match="can't do that"):
        wish.read(fields)


def test_an_index_of_before_the_search_learns_its_words(tmp_path: Path) -> None:
    house = House(tmp_path)
    made = house.make(1, "Ёлка")
    with house.store.transaction() as db:
        db.execute("UPDATE artifacts SET words = ''")
    house.store.close()
    again = House(tmp_path)
    assert [entry.artifact for entry in again.artifacts.find(Query(needles=words.needles("елка")))] == [made]
    again.store.close()


class Shelf(RuleBasedStateMachine):
    """Index against files, whatever comes in whatever order, kills and deletions by hand among it."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = Path(tempfile.mkdtemp())
        self.house = House(self.folder)
        self.alive: dict[str, Artifact] = {}
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.store.close()
            shutil.rmtree(self.folder)

    def one(self, choice: int) -> Artifact | None:
        return list(self.alive.values())[choice % len(self.alive)] if self.alive else None

    @rule(prompt=st.sampled_from(PROMPTS))
    def make(self, prompt: str) -> None:
        self.number += 1
        made = self.house.make(self.number, prompt)
        self.alive[made.id] = made

    @rule(choice=st.integers(0, 50))
    def delete(self, choice: int) -> None:
        if chosen := self.one(choice):
            asyncio.run(self.house.gallery.answer(Wish(do="delete", ids=(chosen.id,))))
            del self.alive[chosen.id]

    @rule(choice=st.integers(0, 50))
    def lose_by_hand(self, choice: int) -> None:
        if chosen := self.one(choice):
            chosen.path.unlink(missing_ok=True)

    @rule(choice=st.integers(0, 50), forgotten=st.booleans())
    def killed_while_deleting(self, choice: int, forgotten: bool) -> None:
        if chosen := self.one(choice):
            trash.hide(chosen.path)
            if forgotten:
                self.house.artifacts.forget([chosen.id])
                del self.alive[chosen.id]
            self.start_again()

    @rule()
    def start_again(self) -> None:
        self.house.store.close()
        self.house = House(self.folder)

    @invariant()
    def index_and_files_agree(self) -> None:
        if not hasattr(self, "house"):
            return
        entries = self.house.artifacts.find(Query())
        assert {entry.artifact.id for entry in entries} == set(self.alive)
        there = {path.stem for path in self.folder.glob("artifacts/*/*.png")}
        assert there == {one.id for one in self.alive.values() if one.path.exists()}
        assert not list(self.folder.glob("artifacts/*/.*"))
        assert json.dumps([entry.artifact.meta for entry in entries])


TestShelf = Shelf.TestCase
TestShelf.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestShelf = pytest.mark.slow(TestShelf)


def test_the_second_version_of_the_schema_is_reached_from_the_first(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "kombain.db") as db:
        db.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        db.execute(
            "INSERT INTO artifacts (id, job, kind, file, mime, meta, bytes, created)"
            """ VALUES ('a', 'a', 'picture', '2026-11/a.png', 'image/png', '{"prompt": "Лиса"}', 1, 1)"""
        )
    db.close()
    house = House(tmp_path)
    assert [entry.artifact.id for entry in house.artifacts.find(Query(needles=words.needles("лисы")))] == ["a"]
    house.store.close()
