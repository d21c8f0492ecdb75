from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intents.normalize import cut, normalize, strip_wake, words
from intents.tables import table

NATURAL = "abcXYZ йёЁжъ 19 .,!?-–—'’\"«»()%…\u0301\u0306\n\t🙂🦊İßΣ"
texts = st.one_of(st.text(), st.text(alphabet=NATURAL))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Hey, Jarvis!", "hey jarvis"),
        ("What's  the\ntime?", "whats the time"),
        ("Нарисуй-ка ёлку…", "нарисуй ка елку"),
        ("за́мок", "замок"),
        ("Ёжик", "ежик"),  # ё as two characters
        ("50%", "50 %"),
        ("a 🦊", "a 🦊"),
        ("\x00\x07...", ""),
        ("", ""),
    ],
)
def test_normalize(text, normal):
    assert normalize(text) == normal


@given(texts)
@example("Ё\u0306")
@example("е\u0301\u0308")
def test_normalising_twice_changes_nothing(text):
    assert normalize(normalize(text)) == normalize(text)


@given(texts)
def test_every_word_stands_where_it_says(text):
    found = words(text)
    assert all(normalize(text[word.start : word.end]) == word.text for word in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(texts, st.data())
def test_what_is_cut_is_a_part_of_the_text(text, data):
    found = words(text)
    first = data.draw(st.integers(0, len(found)))
    last = data.draw(st.integers(first, len(found)))
    piece = cut(text, found[first:last])
    assert piece in text
    assert words(piece) == () or normalize(piece) == " ".join(word.text for word in found[first:last])


@pytest.mark.parametrize(
    ("text", "first", "last", "piece"),
    [
        ("draw a house (a wooden one).", 1, 6, "a house (a wooden one)"),
        ('draw "Ice" now', 1, 2, "Ice"),
        ('draw "Ice Age" two', 1, 4, '"Ice Age" two'),
        ("скажи «да», сказал он", 1, 4, "«да», сказал он"),
        ("say he said “no.”", 1, 4, "he said “no.”"),
        ("don't, can't!", 0, 2, "don't, can't"),
    ],
)
def test_brackets_and_quotes_keep_their_partner(text, first, last, piece):
    assert cut(text, words(text)[first:last]) == piece


@pytest.mark.parametrize(
    ("text", "word", "left"),
    [
        ("hey jarvis draw a cat", "hey_jarvis", "draw a cat"),
        ("Hey, Jarvis! Draw a cat.", "hey_jarvis", "Draw a cat."),
        ("hey jervis, what's the time?", "hey_jarvis", "what's the time?"),
        ("Hey Jarvis' draw a cat", "hey_jarvis", "draw a cat"),
        ("Jarvis, stop.", "hey_jarvis", "stop."),
        ("Эй, Джарвис, нарисуй кота", "hey_jarvis", "нарисуй кота"),
        ("хей джарвис который час", "hey_jarvis", "который час"),
        ("hey travis draw a cat", "hey_jarvis", "draw a cat"),
        ("vis draw a cat", "hey_jarvis", "draw a cat"),
        ("Hey Jarvis. Hey Jarvis, stop", "hey_jarvis", "stop"),
        ("hey jarvis", "hey_jarvis", ""),
        ("Hey Jarvis...", "hey_jarvis", ""),
        ("Alexa, draw a cat", "alexa", "draw a cat"),
        ("Алекса, нарисуй кота", "alexa", "нарисуй кота"),
        ("Hey, my croft, help", "hey_mycroft", "help"),
        ("OK, Nabu: help", "okay_nabu", "help"),
        ("окей набу помощь", "okay_nabu", "помощь"),
        ("Hey Raspy help", "hey_rhasspy", "help"),
        ("hey kombain, help", "hey_kombain", "help"),
        # only a leading phrase goes
        ("draw a cat, hey jarvis", "hey_jarvis", "draw a cat, hey jarvis"),
        ("draw jarvis", "hey_jarvis", "draw jarvis"),
        ("travis draws a cat", "hey_jarvis", "travis draws a cat"),
        ("hey draw a cat", "hey_jarvis", "hey draw a cat"),
        ("jarvises are many", "hey_jarvis", "jarvises are many"),
        ("", "hey_jarvis", ""),
    ],
)
def test_strip_wake(text, word, left):
    assert strip_wake(text, word) == left


def test_strip_wake_takes_spellings_of_ones_own():
    assert strip_wake("Oh hal, open", "hal", ["oh hal"]) == "open"
    assert strip_wake("hal, open", "hal", ["oh hal"]) == "hal, open"


@pytest.mark.parametrize("word", sorted(table("wake")))
def test_spellings_are_normalised(word):
    for phrases in table("wake")[word].values():
        assert phrases == [normalize(phrase) for phrase in phrases]
        assert len(set(phrases)) == len(phrases)


@given(texts, st.sampled_from(sorted(table("wake"))))
def test_strip_wake_leaves_an_end_of_the_text(text, word):
    assert text.endswith(strip_wake(text, word))
    assert strip_wake(f"{word.replace('_', ' ')}, {text}", word) in text
