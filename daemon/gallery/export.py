"""Copies of what was made under names that people can read, with what they were made of beside them as JSON."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

MOST = 60
"""Characters of a prompt in a name."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names that Windows can't have."""


def name(prompt: str, kind: str) -> str:
    """Return a file name, without ending, of the words of a prompt: letters and digits of any script, and "-"."""
    words = re.findall(r"[^\W_]+", prompt.lower())
    text = ""
    for word in words:
        if len(f"{text}-{word}") > MOST and text:
            break
        text = f"{text}-{word}" if text else word[:MOST]
    text = text.encode("utf-8", "ignore")[:180].decode("utf-8", "ignore")
    return kind if not text or RESERVED.fullmatch(text) else text


def copy(source: Path, told: Mapping[str, Any], folder: Path) -> Path:
    """Copy a file into `folder`, its card as JSON beside it; return where it is. Nothing is ever overwritten.

    `told` is an entry as the gallery tells it. Raises OSError, FileNotFoundError for a source that is gone.
    """
    ending = source.suffix
    with _passing(folder, ending) as picture, _passing(folder, ".json") as card:
        shutil.copyfile(source, picture)
        known = {key: value for key, value in told["meta"].items() if key != "recipe"}
        known |= {key: told[key] for key in ("id", "kind", "created", "mime")}
        card.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", "utf-8")
        for stem in _stems(name(str(told["prompt"]), str(told["kind"]))):
            target, beside = folder / f"{stem}{ending}", folder / f"{stem}.json"
            if not os.path.lexists(beside) and _placed(picture, target):
                if _placed(card, beside):
                    return target
                target.unlink()
    raise AssertionError("names do not end")


def _stems(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))


def _placed(passing: Path, target: Path) -> bool:
    """Give a file its name, unless that is taken."""
    try:
        os.link(passing, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if os.path.lexists(target):
            return False
        passing.rename(target)
    return True


@contextlib.contextmanager
def _passing(folder: Path, suffix: str) -> Iterator[Path]:
    handle, made = tempfile.mkstemp(prefix=".kombain-", suffix=suffix, dir=folder)
    os.close(handle)
    path = Path(made)
    mask = os.umask(0)
    os.umask(mask)
    try:
        path.chmod(0o666 & ~mask)
        yield path
    finally:
        path.unlink(missing_ok=True)
