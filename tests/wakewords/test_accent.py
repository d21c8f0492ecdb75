"""Another language by flite's English phones."""

import pytest

from daemon.wakewords.accent import PHONES, phones
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


def test_flite_knows_all_phones():
    assert {phone for said in PHONES.values() for phone in said.split()} <= set(US.split())


@pytest.mark.slow
def test_flite_speaks_russian():
    one, other = speak([Line(text, Voice("flite", "rms", "ru")) for text in ("эй, комбайн", "эй")])
    assert len(one.sound) > len(other.sound) > 1000
