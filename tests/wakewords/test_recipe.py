from functools import partial
from pathlib import Path

import numpy as np
import pytest

from daemon.ears.wake import WordRule
from daemon.passing import written
from daemon.wakewords import recipe
from daemon.wakewords.judgement import Scored, point
from daemon.wakewords.material import Clips, Minutes, Take
from daemon.wakewords.network import Layer
from daemon.wakewords.recipe import Recipe, Scale, Trained
from daemon.wakewords.sentences import PARTS, lines, part_of, vocabulary
from daemon.wakewords.shelf import Shelf
from daemon.wakewords.training import SHAPES, train
from daemon.wakewords.voices import voices

TINY = Scale(clips=(96, 24, 48), near=(24, 24, 24), minutes=(3, 2, 3), steps=250)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru", "de"])
def test_no_voice_and_no_word_is_in_two_parts(language: str) -> None:
    makes = {
        part: {
            voice.name.partition("+")[2].rstrip("0123456789") if voice.program == "espeak-ng" else voice.name
            for voice in voices(language, part)
        }
        for part in PARTS
    }
    assert all(len(voices(language, part)) >= 10 for part in PARTS)
    for one, other in (("training", "test"), ("training", "validation"), ("validation", "test")):
        assert not makes[one] & makes[other], (one, other)
        assert not set(vocabulary(language, one)) & set(vocabulary(language, other))
    assert all(part_of(word) == "test" for word in vocabulary(language, "test"))


@pytest.mark.slow
def test_the_same_seed_says_the_same() -> None:
    def said(seed: int) -> list[str]:
        source = lines("en", "training", seed)
        return [next(source) for _ in range(30)]

    assert said(1) == said(1) != said(2)


@pytest.mark.slow
def test_the_same_order_is_the_same_sound() -> None:
    order = Clips("en", "training", ("hey kombain",) * 3, 5)
    one, other = order.make(), order.make()
    assert all(np.array_equal(a.embeddings, b.embeddings) and a.said == b.said for a, b in zip(one, other, strict=True))
    assert all(0 < take.said[0][1] < take.said[0][2] < len(take.embeddings) for take in one)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, set[str], Path]:
    folder, stages = tmp_path_factory.mktemp("cache"), set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "train", partial(train, shapes=SHAPES[:3]))  # half of the members: it is quicker
        made = Recipe(["hey kombine"], "en", TINY, Shelf(folder), lambda stage, _: stages.add(stage)).make()
    return made, stages, folder


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_tiny_training_hears_unseen_voices_and_little_else(trained: tuple[Trained, set[str], Path]) -> None:
    made, stages, folder = trained
    assert stages == {"phrase", "near", "other", "training", "judging"}
    assert made.test.clips >= 40
    assert made.test.clear < 0.2
    assert made.test.false_rejects < 0.6
    assert made.test.false_accepts <= 3
    assert not [voice for voice in made.unseen if voice.endswith(("en-US", "+m1", "+f1"))]
    assert len(list(folder.glob("en-*.npz"))) == 3
    assert not list(folder.glob(".*"))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_network_that_has_learnt_nothing_would_be_found_out(
    trained: tuple[Trained, set[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures above are the training's doing: untrained scores miss every phrase, or wake all the time."""
    made = trained[0]
    for weight, bias in ((0.0, -1.0), (0.0, 4.0)):
        nothing = recipe.Network(
            tuple(
                tuple(
                    Layer(np.full_like(one.weights, weight), np.full_like(one.biases, bias), one.span) for one in layers
                )
                for layers in made.network.members
            )
        )
        scores = nothing.scores(np.ones((60, 12, 96), np.float32))
        clip = Scored(tuple(scores.tolist()), (20, 30), "x")
        judged = point([clip] * 10, [], [clip] * 10, WordRule(made.chosen.threshold, made.chosen.patience))
        assert judged.false_rejects == 1 or judged.false_accepts == 10


def test_the_shelf_gives_back_what_was_put_and_nothing_damaged(tmp_path: Path) -> None:
    shelf, orders = Shelf(tmp_path), [Minutes("en", "test", 1)]
    takes = [Take(np.ones((3, 96), np.float16), (("a text", 0, 2),), "", 0.24), Take(np.zeros((2, 96), np.float16), ())]
    assert shelf.get("en", orders) is None
    shelf.put("en", orders, takes)
    found = shelf.get("en", orders)
    assert found is not None
    assert [take.said for take in found] == [take.said for take in takes]
    assert all(np.array_equal(a.embeddings, b.embeddings) for a, b in zip(found, takes, strict=True))
    assert shelf.get("en", [Minutes("en", "test", 2)]) is None
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:200])
    assert shelf.get("en", orders) is None


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError])
def test_what_ends_early_leaves_nothing(tmp_path: Path, end: type[BaseException]) -> None:
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(end), written(tmp_path / "x") as file:
        raise end(file.write(b"new"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x", b"old")]
    with written(tmp_path / "x") as file:
        file.write(b"new")
    assert (tmp_path / "x").read_bytes() == b"new"
    assert (tmp_path / "x").stat().st_mode & 0o600 == 0o600
