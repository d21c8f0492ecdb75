import numpy as np
import pytest

from daemon.errors import EngineError
from daemon.transcription.decoding import Decoding
from daemon.transcription.utterance import LONGEST_S, Utterance
from daemon.types import RATE

WORDS = ("draw", "a", "picture", "of", "a", "red", "fox", "in", "the", "snow")


class Reader:
    """Hears a word for each half second of sound; it counts what it is asked for."""

    def __init__(self, longest: float = 60.0, invents: str = "", english: str | None = None) -> None:
        self.longest = longest
        self.asked: list[tuple[float, bool]] = []
        self.languages: list[str | None] = []
        self._invents = invents
        self._english = english

    def extent(self, sound):
        return 0, len(sound)

    def decode(self, sound, language, *, final):
        seconds = len(sound) / RATE
        self.asked.append((seconds, final))
        self.languages.append(language)
        text = self._invents or " ".join(WORDS[: int(seconds * 2)])
        return Decoding(text, language or "en", -0.1)

    def translate(self, sound, language):
        self.languages.append(language)
        return self._english and Decoding(self._english, language)


def voice(seconds: float) -> bytes:
    return (np.random.default_rng(0).normal(0, 3000, round(seconds * RATE))).astype("<i2").tobytes()


def quiet(seconds: float) -> bytes:
    return bytes(round(seconds * RATE) * 2)


def fed(utterance: Utterance, pcm: bytes, step: float = 0.08) -> list:
    size = round(step * RATE) * 2
    partials = [utterance.feed(pcm[start : start + size]) for start in range(0, len(pcm), size)]
    return [partial for partial in partials if partial is not None]


def test_partials_come_every_half_second_and_their_agreed_words_only_grow():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0)
    partials = fed(utterance, voice(3.2))
    assert [round(seconds, 2) for seconds, _ in reader.asked] == [0.56, 1.12, 1.68, 2.24, 2.8]
    assert [partial.text for partial in partials] == ["", "draw", "draw a", "draw a picture", "draw a picture of"]
    assert partials[-1].guess == "a"
    assert not any(partial.final for partial in partials)


def test_who_falls_behind_gets_one_partial_for_all_that_has_piled_up():
    reader = Reader()
    partials = fed(Utterance(reader, "t", None, 0), voice(4), step=4)
    assert len(reader.asked) == len(partials) == 1


def test_the_final_is_ready_when_only_silence_followed_the_pause():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0)
    fed(utterance, quiet(0.2) + voice(2.0) + quiet(0.16))
    utterance.pause()
    asked = len(reader.asked)
    assert fed(utterance, quiet(0.44)) == []
    final = utterance.finish()
    assert len(reader.asked) == asked
    assert (final.turn, final.text, final.language, final.final) == ("t", "draw a picture of", "en", True)
    assert final.score == pytest.approx(0.905, abs=0.001)


def test_words_after_the_pause_are_not_lost():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0)
    fed(utterance, quiet(0.2) + voice(1.0) + quiet(0.16))
    utterance.pause()
    fed(utterance, quiet(0.2) + voice(1.5) + quiet(0.2))
    assert utterance.finish().text == "draw a picture of a red"
    assert reader.asked[-1][1]


def test_a_second_pause_decodes_again():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0)
    fed(utterance, quiet(0.2) + voice(1.0) + quiet(0.16))
    utterance.pause()
    fed(utterance, voice(1.0) + quiet(0.16))
    utterance.pause()
    assert fed(utterance, quiet(0.5)) == []
    assert utterance.finish().text == "draw a picture of a"


def test_long_speech_is_decoded_in_pieces_and_the_early_ones_once():
    reader = Reader(longest=2.0)
    utterance = Utterance(reader, "t", None, 0)
    fed(utterance, voice(1.7) + quiet(0.2) + voice(1.7))
    asked = len(reader.asked)
    assert utterance.finish().text == "draw a picture draw a picture"
    fed_again = len(reader.asked) - asked
    assert fed_again == 2
    assert all(seconds <= 2.0 for seconds, _ in reader.asked)


def test_the_language_is_decided_once_and_then_kept():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0)
    fed(utterance, quiet(0.2) + voice(1.0) + quiet(0.16))
    utterance.pause()
    fed(utterance, voice(1.0))
    utterance.finish()
    assert reader.languages[-1] == "en"


def test_what_the_model_made_up_is_no_text():
    utterance = Utterance(Reader(invents="Thanks for watching!"), "t", None, 0)
    assert fed(utterance, voice(2)) == []
    assert utterance.finish().text == ""


def test_no_partial_comes_before_the_end_of_the_lead():
    reader = Reader()
    utterance = Utterance(reader, "t", None, 0.8)
    partials = fed(utterance, voice(2.0))
    assert partials
    assert reader.asked[0][0] >= 0.8 + 0.3
    assert len(reader.asked) == 2


@pytest.mark.parametrize("pcm", [b"", quiet(1.0)])
def test_nothing_said_is_an_empty_final(pcm):
    utterance = Utterance(Reader(invents=" "), "t", "ru", 0)
    utterance.feed(pcm)
    assert (utterance.finish().text, utterance.finish().language) == ("", "ru")


def test_an_endless_utterance_is_refused_before_it_takes_the_memory():
    utterance = Utterance(Reader(), "t", None, 0)
    utterance.feed(quiet(LONGEST_S))
    with pytest.raises(EngineError) as caught:
        utterance.feed(quiet(0.1))
    assert caught.value.code == "stt.too_long"


@pytest.mark.parametrize(
    ("english", "expected"), [("a fox", "a fox"), (None, None), ("лиса", None), ("Thank you for watching!", None)]
)
def test_a_translation_is_english_or_none(english, expected):
    reader = Reader(english=english)
    utterance = Utterance(reader, "t", "ru", 0.0)
    fed(utterance, voice(3))
    utterance.finish()
    assert utterance.translation() == expected
    assert reader.languages[-1] == "ru"


def test_a_long_translation_is_made_in_pieces_and_nothing_of_nothing():
    utterance = Utterance(Reader(2.0, english="a fox"), "t", "ru", 0.0)
    assert utterance.translation() is None
    fed(utterance, voice(3))
    utterance.finish()
    assert utterance.translation() == "a fox a fox"
