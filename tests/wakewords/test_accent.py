"""Another language by English phones: flite's, and those of festival's English voices."""

import pytest

from daemon.wakewords.accent import PHONES, VOWELS, phones, syllables
from daemon.wakewords.speech import Line, speak
from daemon.wakewords.voices import Voice

US = """
    aa ae ah ao aw ax ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh
"""


def test_sounds_become_the_nearest_phones_and_a_comma_a_pause():
    assert phones("ˈɛj\nkʌmbˈɑjn") == "pau ey pau k ah m b ay n pau"
    assert phones("ɕˈuka, tʃʲˈɵrnyj") == "pau sh uw k aa ch ow r n ih y pau"


def test_a_sound_without_a_phone_is_left_out():
    assert phones("ʘǃaʔ") == "pau aa pau"
    assert phones("ʘ") == phones("") == ""


@pytest.mark.parametrize(
    ("ipa", "said"),
    [
        ("prʲivʲˈet", "p r iy v y eh t"),
        ("pʲˈɑtʲ", "p y aa t"),
        ("xoroʃˈo", "hh ow r ow sh ow"),
        ("ʃtʃʲˈuka", "sh ch uw k aa"),
        ("ˈutrʌnnyj", "uw t r ah n ih y"),
        ("nˈotʃʲjju", "n ow ch y uw"),
    ],
)
def test_a_soft_consonant_glides_into_a_back_vowel_and_a_long_one_is_said_once(ipa, said):
    assert phones(ipa) == f"pau {said} pau"


def test_syllables_are_open_and_one_is_stressed():
    assert syllables("kʌmbˈɑjn") == [(["k", "ah"], False), (["m", "b", "ay", "n"], True)]
    assert syllables("ɡɐlɐvˈa") == [(["g", "ah"], False), (["l", "ah"], False), (["v", "aa"], True)]
    assert syllables("f") == [(["f"], False)]
    assert syllables("ʘ") == syllables("") == []


def test_all_phones_are_known():
    assert {phone for said in PHONES.values() for phone in said.split()} <= set(US.split())
    assert set(US.split()) >= VOWELS


@pytest.mark.slow
def test_flite_speaks_russian():
    one, other = speak([Line(text, Voice("flite", "rms", "ru")) for text in ("эй, комбайн", "эй")])
    assert len(one.sound) > len(other.sound) > 1000


@pytest.mark.slow
def test_festival_speaks_russian_as_fast_as_it_is_asked():
    voice = Voice("festival", "kal_diphone", "ru")
    quick, slow = speak([Line("эй, комбайн", voice, speed) for speed in (200, 100)])
    assert len(slow.sound) > 1.5 * len(quick.sound) > 3000
