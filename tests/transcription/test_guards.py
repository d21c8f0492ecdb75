import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.transcription.decoding import Decoding
from daemon.transcription.guards import bare, compression, dubious, invented, looping, stock

REAL = [
    "Draw a picture of a red fox in the snow.",
    "Stop.",
    "No, no, no, no!",
    "Thank you.",
    "Say thanks for watching.",
    "Play it again and again and again.",
    "Нарисуй рыжую лису в снегу.",
    "Скажи «продолжение следует».",
    "Спасибо.",
    "Тише, тише.",
    "Сколько времени?",
]
INVENTED = [
    "",
    " ... ",
    "♪♪",
    "Thanks for watching!",
    "Thank you for watching.",
    "Subtitles by the Amara.org community",
    "Субтитры сделал DimaTorzok",
    "Субтитры создавал DimaTorzok.",
    "Редактор субтитров А.Семкин Корректор А.Егорова",
    "Продолжение следует...",
    "ПРОДОЛЖЕНИЕ СЛЕДУЕТ",
    "Спасибо за просмотр!",
    "you you you you you you you",
    "и и и и и и и и",
    "a cat and a cat and a cat and a cat and a cat and",
    "Я не знаю, что делать. " * 4,
]


@pytest.mark.parametrize("text", REAL)
def test_what_people_say_passes(text):
    assert not invented(Decoding(text, "en", -0.3, 0.05))
    assert not dubious(Decoding(text, "en", -0.3, 0.05))


@pytest.mark.parametrize("text", INVENTED)
def test_what_whisper_makes_up_is_dropped_however_sure_it_is(text):
    assert invented(Decoding(text, "en", -0.05, 0.01))


@pytest.mark.parametrize("text", ["Thank you.", "you", "Спасибо.", "Пока!"])
def test_a_phrase_that_people_say_too_is_dropped_only_when_the_model_is_unsure(text):
    assert not stock(text, unsure=False)
    assert invented(Decoding(text, "ru", -0.9, 0.1))
    assert invented(Decoding(text, "ru", -0.1, 0.5))
    assert not invented(Decoding(text, "ru", -0.1, 0.1))


def test_an_unlikely_text_is_dropped_only_where_silence_is_likely_too():
    assert invented(Decoding("draw a cat", "en", -1.2, 0.7))
    assert not invented(Decoding("draw a cat", "en", -1.2, 0.5))
    assert not invented(Decoding("draw a cat", "en", -0.8, 0.7))


@pytest.mark.parametrize(
    "decoding",
    [
        Decoding("draw a cat", "en", -1.1),
        Decoding("draw a cat", "en", -0.1, ended=False),
        Decoding("the cat " * 20, "en", -0.1),
    ],
)
def test_a_dubious_decoding_deserves_another_try(decoding):
    assert dubious(decoding)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True), st.integers(0, 5))
def test_a_phrase_often_enough_in_a_row_is_a_loop_wherever_it_begins(phrase, before):
    text = " ".join([*(f"w{number}" for number in range(before)), *phrase * 6])
    assert looping(text)
    assert not looping(" ".join([*phrase, *phrase]))


@given(st.text(max_size=300))
def test_no_text_breaks_the_guards(text):
    invented(Decoding(text, "ru", -0.5, 0.5))
    assert compression(text) >= 0
    assert bare(bare(text)) == bare(text)
