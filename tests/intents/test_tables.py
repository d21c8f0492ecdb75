"""The tables beside the code are read by libyaml, as YAML 1.1; here they are read as what they look like, YAML 1.2."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from intents.tables import read

ROOT = Path(__file__).parents[2]
TABLES = sorted(path for package in ("daemon", "intents") for path in (ROOT / package).rglob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_is_taken_for_a_truth_value(path: Path):
    package, *rest = path.relative_to(ROOT).with_suffix("").parts
    assert repr(read(package, "/".join(rest))) == repr(dict(YAML(typ="safe", pure=True).load(path)))
