"""The twelve sketches of docs/gallery.md: each is composed of all that was asked for, and shown as it was asked."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from daemon.scene.glyphs import shape
from daemon.scene.layout import compose
from daemon.scene.parse import parse

DOCS = Path(__file__).parents[2] / "docs"
ROWS: list[dict[str, Any]] = yaml.safe_load((DOCS / "gallery" / "sketches.yaml").read_text("utf-8"))


def test_there_are_six_in_each_language() -> None:
    assert len(ROWS) == 12
    assert sum(row["prompt"].isascii() for row in ROWS) == 6


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_sketch_of_the_gallery_is_composed_with_nothing_missing(row: dict[str, Any]) -> None:
    request = parse(row["prompt"])
    assert request.missing == ()
    scene = compose(request, row["seed"], shape)
    drawn = [one.item.thing for one in scene.placed if not one.front]
    for item in request.items:
        kinds = {item.thing.glyph, *item.thing.mix}
        assert sum(thing.glyph in kinds for thing in drawn) == item.count, item


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_sketch_of_the_gallery_is_small_and_shown_with_request_and_seed(row: dict[str, Any]) -> None:
    assert (DOCS / "gallery" / row["file"]).stat().st_size <= 60_000
    page = (DOCS / "gallery.md").read_text("utf-8")
    assert f"![{row['prompt']}](gallery/{row['file']})" in page
    assert f"{row['prompt']} · seed {row['seed']}" in page
