"""A key that stands twice in a table would silently lose what stands at the first."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TABLES = ["config.yaml", "daemon/**/*.yaml", "docs/**/*.yaml", "intents/**/*.yaml", "models/**/*.yaml"]


def twice(node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        count = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        yield from (f"{key}, line {node.start_mark.line} on" for key, number in count.items() if number > 1)
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for part in child if isinstance(child, tuple) else (child,):
            yield from twice(part)


@pytest.mark.parametrize(
    "path", sorted(path for table in TABLES for path in ROOT.glob(table)), ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_key_stands_twice(path: Path) -> None:
    root = yaml.compose(path.read_text("utf-8"), yaml.CSafeLoader)
    assert root is not None
    assert list(twice(root)) == []


def test_a_key_that_stands_twice_is_found() -> None:
    assert list(twice(yaml.compose("a:\n- b: 1\n  c: 2\n  b: 3\n", yaml.CSafeLoader))) == ["b, line 1 on"]
