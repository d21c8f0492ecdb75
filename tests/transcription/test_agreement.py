from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from daemon.transcription.agreement import Agreement, agree

WORDS = st.lists(st.sampled_from(["draw", "a", "red", "fox", "Fox,", "snow."]), max_size=8).map(" ".join)


def run(*texts: str) -> list[Agreement]:
    states = [Agreement()]
    for text in texts:
        states.append(agree(states[-1], text))
    return states[1:]


def test_two_decodings_in_a_row_agree_on_their_common_beginning():
    first, second, third = run("draw a", "draw a red folks", "draw a red fox")
    assert (first.text, first.guess) == ("", "draw a")
    assert (second.text, second.guess) == ("draw a", "red folks")
    assert (third.text, third.guess) == ("draw a red", "fox")


def test_case_and_stops_do_not_count_as_disagreement():
    assert run("Draw a fox.", "draw a fox in snow")[-1].text == "draw a fox"
    assert run("Нарисуй ёлку", "нарисуй елку.")[-1].text == "нарисуй елку"


def test_words_that_were_agreed_outlive_a_decoder_that_changed_its_mind():
    state = run("draw a cat", "draw a cat", "paint the dog and the owl")[-1]
    assert state.text == "draw a cat"
    assert state.guess == "and the owl"


@given(st.lists(WORDS, max_size=8))
def test_the_agreed_words_never_change_and_never_shrink(texts):
    states = run(*texts)
    for before, after in pairwise(states):
        assert after.agreed[: len(before.agreed)] == before.agreed
        assert after.text.startswith(before.text)


@given(WORDS)
def test_the_same_text_twice_is_agreed_whole(text):
    state = run(text, text)[-1]
    assert len(state.agreed) == len(text.split())
    assert state.guess == ""
