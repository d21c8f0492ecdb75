"""Choose the sentences that `evaluate.py` asks for: `python -m models.mini.recipe.judged` writes eval/{en,ru}.json.

"grammar": half of them written by people as examples of what is said (tests/intents), half drawn from the grammar.
"unseen": the same requests with a noun or adjective that `words.held_out` keeps from training.
The corpus leaves out every sentence that stands here.
"""

import json
import re
from pathlib import Path
from random import Random

from models.mini.recipe.sentences import LANGUAGES, maker, transcript
from models.mini.recipe.words import held_out, morph, sketch

EACH = 120
SHORTEST = 3
"""Words: "stop" can't be kept from training."""
LONGEST = 12
ROOT = Path(__file__).resolve().parents[3]
LETTERS = {"en": "a-z'", "ru": "а-я"}
FRAMES = {
    "en": (
        "draw {}",
        "draw a picture of {}",
        "make a clip about {}",
        "say {} please",
        "show me {} on the beach",
        "can you paint {}",
    ),
    "ru": (
        "нарисуй {}",
        "нарисуй картинку {}",
        "сделай клип {}",
        "скажи {} пожалуйста",
        "покажи мне {} на пляже",
        "можешь изобразить {}",
    ),
}


def examples(language: str, draw: Random) -> list[str]:
    """Return sentences that people wrote, in letters alone."""
    text = (ROOT / f"tests/intents/examples_{language}.yaml").read_text("utf-8")
    found = re.findall(r'^ *-? *"([^"]+)"', text, re.MULTILINE)
    plain = [transcript(re.sub(r"[.,!?…:;—-]+", " ", one.lower()).replace("’", "'")) for one in found]
    fitting = {" ".join(one.split()) for one in plain if re.fullmatch(f"[{LETTERS[language]} ]+", one)}
    return draw.sample(sorted(one for one in fitting if SHORTEST <= one.count(" ") + 1 <= LONGEST), EACH // 2)


def drawn(language: str, draw: Random) -> list[str]:
    """Return sentences of the grammar."""
    make = maker(language)
    found: set[str] = set()
    while len(found) < EACH - EACH // 2:
        text = transcript(make.finished(draw.choice([make.request, make.drawing])(draw)))
        if SHORTEST <= text.count(" ") + 1 <= LONGEST:
            found.add(text)
    return sorted(found)


def unseen(language: str, draw: Random) -> list[str]:
    """Return requests with words that are in no training sentence."""
    from wordfreq import top_n_list

    things, qualities = sketch(language)
    known = {word for phrase in (*things, *qualities) for word in phrase.split()}
    words = []
    for word in top_n_list(language, 20000)[1000:]:
        if not re.fullmatch(f"[{LETTERS[language]}]+", word) or len(word) < 4 or "'" in word:
            continue
        if language == "ru":
            parse = morph().parse(word)[0]
            fits = held_out(parse.normal_form) and parse.normal_form not in known and parse.tag.POS == "NOUN"
        else:
            fits = held_out(word) and word not in known
        if fits:
            words.append(transcript(word))
    return [draw.choice(FRAMES[language]).format(word) for word in draw.sample(words, EACH // 2)]


def main() -> None:
    """Write the lists."""
    for language in LANGUAGES:
        draw = Random(2026)
        kinds = {"grammar": examples(language, draw) + drawn(language, draw), "unseen": unseen(language, draw)}
        found = [{"text": text, "language": language, "kind": kind} for kind, texts in kinds.items() for text in texts]
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
        (ROOT / f"models/mini/eval/{language}.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()
