"""What is read aloud: examples of both languages, and anything at all."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.spoken import sentences, speakable


def examples(name):
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return [line.split(" => ") for line in lines]


@pytest.mark.parametrize(("written", "said"), examples("english"))
def test_english(written, said):
    assert speakable(written, "en") == said


@pytest.mark.parametrize(("written", "said"), examples("russian"))
def test_russian(written, said):
    assert speakable(written, "ru") == said


def test_markdown_of_every_kind():
    text = (
        "# Title\n\nSome **bold** text with [a link](http://a.b/c) and ![a cat](x.png).\n\n- one\n- two\n\n1. first\n\n"
        "```python\nprint('no')\n```\n\n| name | age |\n|------|-----|\n| Tom  | 5   |\n\n---\n\n> quoted\n"
    )
    assert speakable(text, "en") == (
        "Title. Some bold text with a link and a cat. one. two. one. first. name, age. Tom, five. quoted."
    )


def test_controls_and_escapes_are_dropped():
    assert speakable("\x1b[31mred\x1b[0m \x00alert\x07\u202e", "en") == "red alert."


def test_phoneme_brackets_never_reach_a_voice():
    assert "[[" not in speakable("[[h@l'oU]]", "en")


@pytest.mark.parametrize("text", ["", "   ", "---", "😀", "```\nx = 1\n```", "\n\n"])
def test_nothing_to_say(text):
    assert speakable(text, "en") == ""
    assert speakable(text, "ru") == ""


def test_a_long_text_is_cut_at_a_word():
    said = speakable("слово и 1999 " * 1000, "ru")
    assert 2000 < len(said) <= 4001
    assert said.endswith(".")


def test_an_unknown_language_is_read_as_english():
    assert speakable("5 km", "de") == "five kilometers."


PIECES = st.sampled_from(
    ["1", "23", "5,5", "1.5", "2026", "14:05", "99:99", "0", "000", "-", "–", "−", " ", ".", ",", "%", "°C", "км", "$",
     "€", "руб.", "№", "#", "*", "_", "`", "[", "]", "(", ")", "|", "\n", "\n\n", "http://a.b/c", "😀", "🇷🇺", "ноября",
     "Nov", "год", "минут", "минуту", "в", "с", "к", "-й", "st", "ый", "кот", "cats", "XX век", "/", "x", "×", "т. е.",
     "e.g.", "!", "?", "…", "&", "@", "\x00", "\u200d", "½", "²", "٣", "१२", "Ⅷ", "①"]
)  # fmt: skip
ANYTHING = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join))
FORBIDDEN = re.compile(r"[*_`#|<>\[\]{}\\~^]")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(text=ANYTHING, language=st.sampled_from(["en", "ru", "de"]))
def test_anything_becomes_words_and_punctuation(text, language):
    said = speakable(text, language)
    assert not any(char.isnumeric() and unicodedata.category(char) != "Lo" for char in said)
    assert not FORBIDDEN.search(said)
    assert not any(unicodedata.category(char) in {"So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"} for char in said)
    assert said == "" or (any(char.isalpha() for char in said) and said[-1] in ".!?…»”\"’')")


@pytest.mark.parametrize(("name", "language"), [("english", "en"), ("russian", "ru")])
def test_saying_it_twice_changes_nothing(name, language):
    for _, said in examples(name):
        assert speakable(said, language) == said


@settings(max_examples=200, deadline=None)
@given(text=ANYTHING)
def test_sentences_keep_every_word(text):
    said = speakable(text, "en")
    words = [char for char in said if char.isalnum()]
    assert [char for sentence in sentences(said, "en") for char in sentence if char.isalnum()] == words
