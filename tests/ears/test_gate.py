import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears.gate import BACKLOG, HOLD, Gate
from daemon.ears.pcm import FRAME


class Memory:
    """A model that, as the real ones, sees the newest frames only: its score names them."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def score(self, pcm: bytes) -> dict[str, float]:
        self.seen.append(int.from_bytes(pcm, "little"))
        return {"word": hash(tuple(self.seen[-BACKLOG:])) % 1_000_003}


@pytest.mark.slow
@given(st.lists(st.booleans(), max_size=300))
def test_its_scores_are_those_of_a_model_that_always_runs(flags: list[bool]) -> None:
    gated, always = Memory(), Memory()
    gate = Gate(gated.score)
    expected = {}
    for _ in range(BACKLOG):
        gated.score(b"\0"), always.score(b"\0")
    for number, voiced in enumerate(flags, 1):
        pcm = number.to_bytes(4, "little")
        expected[number * FRAME] = always.score(pcm)
        scored = gate.hear(pcm, number * FRAME, voiced=voiced)
        if scored:
            scores, at = scored[-1]
            assert at == number * FRAME
            assert scores == expected[at]
        assert bool(scored) == any(flags[max(number - 1 - HOLD // FRAME, 0) : number])
    assert len(gated.seen) <= len(always.seen)


def test_an_open_gate_passes_everything_on() -> None:
    gate = Gate(lambda _: {"word": 0.1}, always=True)
    assert [gate.hear(b"", n * FRAME, voiced=False) for n in (1, 2)] == [
        [({"word": 0.1}, FRAME)],
        [({"word": 0.1}, 2 * FRAME)],
    ]
