"""The prompt in a request that was heard in English."""

import pytest

from daemon.translation.heard import prompt_of
from intents.model import Question


@pytest.mark.parametrize(
    ("english", "prompt"),
    [
        ("Draw a red fox in the snow.", "a red fox in the snow"),
        ("Hey, combine, draw a red fox in the snow.", "a red fox in the snow"),
        ("Please draw me a picture of a castle", "a castle"),
        ("Make a clip about a cat on the moon.", "a cat on the moon"),
        ("A monster under a fir tree.", "A monster under a fir tree"),
        ("", ""),
    ],
)
def test_it_is_found_by_the_same_grammar(english, prompt):
    assert prompt_of(english, None) == prompt


def test_an_answer_is_a_prompt():
    assert prompt_of("A red fox.", Question("draw")) == "A red fox"
