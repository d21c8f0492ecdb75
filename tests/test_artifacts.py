from pathlib import Path

import pytest

from daemon.artifacts import Artifacts
from daemon.engines.base import Made
from daemon.errors import JobError
from daemon.store import Store
from daemon.types import Job

JOB = Job("20261123-120000000-abcdef", "t", "picture", {"prompt": "../../etc/passwd"}, created=1795435200.0)


@pytest.fixture
def store(tmp_path: Path):
    made = Store(tmp_path)
    yield made
    made.close()


def keep(store: Store, artifacts: Artifacts, job: Job, content: str = "x"):
    part = artifacts.begin(job, ".png")
    part.write_text(content)
    artifact = artifacts.finish(job, part, Made("image/png", {"prompt": "лиса", "seed": 1}))
    with store.transaction() as db:
        artifacts.index(db, artifact)
    return artifact


def test_a_file_and_its_row(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    artifact = keep(store, artifacts, JOB)
    assert artifact.path == tmp_path / "artifacts" / "2026-11" / f"{JOB.id}.png"
    assert artifact.path.read_text() == "x"
    assert artifacts.get(artifact.id) == artifact == artifacts.last() == artifacts.last("picture")
    assert artifacts.last("clip") is None
    assert artifacts.get("none") is None


def test_the_last_one(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    keep(store, artifacts, JOB)
    earlier = Job("20250101-000000000-000000", "t", "picture", {}, created=1.0)  # the clock was set back
    assert keep(store, artifacts, earlier) == artifacts.last()


def test_the_same_job_again_replaces_its_file(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    keep(store, artifacts, JOB, "first")
    keep(store, artifacts, JOB, "second")
    assert [path.read_text() for path in tmp_path.glob("artifacts/*/*")] == ["second"]
    assert len(store.rows("SELECT * FROM artifacts")) == 1


def test_half_made_files_of_an_earlier_life_go_and_whole_ones_stay(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    whole = keep(store, artifacts, JOB).path
    half = artifacts.begin(Job("b", "t", "clip", {}, created=1.0), ".mp4")
    half.write_text("half")
    Artifacts(tmp_path / "artifacts", store)
    assert not half.exists()
    assert whole.exists()


def test_what_lies_beside_a_file_comes_along_and_a_preview_does_not(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    part = artifacts.begin(JOB, ".png")
    for ending in (".png", ".thumb.jpg", ".preview.png"):
        part.with_name(part.stem + ending).write_text(ending)
    final = artifacts.finish(JOB, part, Made("image/png")).path
    artifacts.discard(part)
    assert sorted(path.name for path in final.parent.iterdir()) == [f"{JOB.id}.png", f"{JOB.id}.thumb.jpg"]
    assert final.read_text() == ".png"


def test_what_is_half_made_goes_with_all_beside_it(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    part = artifacts.begin(JOB, ".png")
    part.write_text("half")
    part.with_name(part.stem + ".preview.png").write_text("half")
    artifacts.discard(part)
    assert list(part.parent.iterdir()) == []


def test_nothing_made_and_nowhere_to_write(tmp_path: Path, store: Store) -> None:
    artifacts = Artifacts(tmp_path / "artifacts", store)
    part = artifacts.begin(JOB, ".png")
    with pytest.raises(JobError) as nothing:
        artifacts.finish(JOB, part, Made("image/png"))
    assert nothing.value.code == "job.nothing_made"
    (tmp_path / "file").touch()
    with pytest.raises(JobError) as nowhere:
        Artifacts(tmp_path / "file", store).begin(JOB, ".png")
    assert nowhere.value.code == "job.write"
