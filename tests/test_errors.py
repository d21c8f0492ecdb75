import json
from pathlib import Path

from daemon.errors import EngineError, from_wire, told
from daemon.workers.choice import _reasons


def test_the_reasons_within_an_error_are_told_in_the_readers_language_behind_any_wire() -> None:
    reasons = {"svd": EngineError("making.too_slow", n=90), "own": EngineError("own.code"), "x": EngineError("x", a=1)}
    error = EngineError("making.no_engine", kind="clip", why=_reasons(reasons))
    behind = from_wire(error.code, json.loads(json.dumps(error.plain)))
    for language, sentence in (
        ("en", "No engine can make a clip here (svd: on this machine one would take"),
        ("ru", "Ни один движок из раздела clip здесь не работает (svd: на этой машине пришлось бы ждать"),
    ):
        assert error.text(language).startswith(sentence)
        assert error.text(language).endswith("own: own.code x: x).")
        assert behind.text(language) == error.text(language)


def test_other_values_cross_as_text() -> None:
    assert EngineError("x", path=Path("/a"), n=3, share=0.5, words=("a", Path("b")), none=None).plain == {
        "path": "/a",
        "n": 3,
        "share": 0.5,
        "words": ["a", "b"],
        "none": None,
    }
    assert told({"path": Path("/a"), "words": ["a", "b"], "none": ()}, "ru") == {
        "path": Path("/a"),
        "words": "a b",
        "none": "",
    }
