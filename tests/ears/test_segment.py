import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ears.pcm import HOP
from daemon.ears.segment import Endpointing, Segment, Signal, opened, primed, step
from daemon.types import RATE

RULES = Endpointing()
MS = 20
"""A hop."""


def voice(ms: int) -> list[bool]:
    return [True] * (ms // MS)


def quiet(ms: int) -> list[bool]:
    return [False] * (ms // MS)


def play(flags: list[bool], state: Segment | None = None) -> list[tuple[int, Signal]]:
    """Return the signals with the milliseconds at which they came, up to the end of the utterance."""
    state = state or opened(RULES, after_wake=False)
    told = []
    for number, voiced in enumerate(flags, 1):
        state, signal = step(state, RULES, HOP, voiced=voiced)
        if signal is not None:
            told.append((number * MS, signal))
            if signal is not Signal.PAUSE:
                break
    return told


def test_a_sentence_ends_after_600_ms_of_silence_and_its_pause_is_told() -> None:
    assert play(quiet(300) + voice(1000) + quiet(2000)) == [(1460, Signal.PAUSE), (1900, Signal.SILENCE)]


def test_stop_is_a_sentence_too() -> None:
    assert play(quiet(200) + voice(200) + quiet(2000))[-1] == (1000, Signal.SILENCE)


def test_a_breath_between_words_does_not_end_it() -> None:
    told = play(voice(400) + quiet(500) + voice(400) + quiet(2000))
    assert told == [(560, Signal.PAUSE), (1460, Signal.PAUSE), (1900, Signal.SILENCE)]


def test_nothing_said_ends_it_after_4_s() -> None:
    assert play(quiet(10_000)) == [(4000, Signal.NOTHING)]


def test_voice_without_end_is_cut_at_15_s() -> None:
    assert play(voice(20_000)) == [(15_000, Signal.LIMIT)]


def test_clicks_are_no_speech() -> None:
    clicks = (quiet(300) + voice(40)) * 40
    assert play(clicks) == [(4000, Signal.NOTHING)]


def test_a_click_does_not_put_off_the_end() -> None:
    assert play(voice(400) + quiet(300) + voice(40) + quiet(2000))[-1] == (1000, Signal.SILENCE)


def test_flickering_voice_is_speech() -> None:
    assert play((voice(40) + quiet(20)) * 10 + quiet(2000))[-1][1] is Signal.SILENCE


def test_the_rest_of_the_wake_phrase_is_no_speech() -> None:
    woken = opened(RULES, after_wake=True)
    assert play(voice(300) + quiet(9000), woken) == [(4000, Signal.NOTHING)]


def test_a_command_in_one_breath_with_the_wake_phrase_is_speech() -> None:
    woken = opened(RULES, after_wake=True)
    assert play(voice(800) + quiet(2000), woken)[-1] == (1400, Signal.SILENCE)


def test_a_command_after_a_short_gap_is_speech_at_once() -> None:
    woken = opened(RULES, after_wake=True)
    assert play(voice(100) + quiet(120) + voice(120) + quiet(2000), woken)[-1] == (940, Signal.SILENCE)


def test_speech_in_the_pre_roll_counts_and_so_does_the_silence_after_it() -> None:
    woken = opened(RULES, after_wake=True)
    state = primed(woken, RULES, voice(40) + quiet(100) + voice(200) + quiet(200), HOP)
    assert state.spoken
    assert play(quiet(2000), state)[-1] == (400, Signal.SILENCE)


def test_waiting_in_the_pre_roll_does_not_shorten_the_4_s() -> None:
    state = primed(opened(RULES, after_wake=True), RULES, quiet(400), HOP)
    assert play(quiet(9000), state) == [(4000, Signal.NOTHING)]


FLAGS = st.lists(st.booleans(), max_size=400)


@pytest.mark.slow
@given(FLAGS, st.booleans())
def test_every_utterance_ends_in_time(flags: list[bool], woken: bool) -> None:
    told = play(flags + quiet(16_000), opened(RULES, after_wake=woken))
    assert told
    at, signal = told[-1]
    assert signal is not Signal.PAUSE
    assert at <= RULES.limit * 1000


@pytest.mark.slow
@given(FLAGS)
def test_silence_ends_only_what_was_quiet_long_enough(flags: list[bool]) -> None:
    told = play(flags + quiet(16_000))
    at, signal = told[-1]
    before = (flags + quiet(16_000))[: at // MS]
    if signal is Signal.SILENCE:
        tail = before[-round(RULES.silence * RATE) // HOP :]
        longest = max((len(run) for run in "".join("v" if flag else "." for flag in tail).split(".")), default=0)
        assert longest * MS < RULES.click * 1000
    if signal is Signal.NOTHING:
        assert "v" * 3 not in "".join("v" if flag else "." for flag in before)


@pytest.mark.slow
@given(FLAGS, st.integers(0, 400))
def test_a_state_can_be_resumed_anywhere(flags: list[bool], at: int) -> None:
    state = opened(RULES, after_wake=False)
    for voiced in flags[:at]:
        state, signal = step(state, RULES, HOP, voiced=voiced)
        if signal not in (None, Signal.PAUSE):
            return
    done = min(at, len(flags)) * MS
    rest = [(done + ms, signal) for ms, signal in play(flags[at:] + quiet(16_000), state)]
    assert play(flags + quiet(16_000))[-1] == rest[-1]
