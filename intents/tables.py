"""The tables of words that lie beside the code, as YAML."""

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return `<name>.yaml` of this package as a dict."""
    import yaml  # type: ignore[import-untyped] # it comes with hassil, its stubs do not

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster, where it was built in
    parsed = yaml.load(files(__package__).joinpath(f"{name}.yaml").read_text("utf-8"), loader)  # noqa: S506 - safe ones
    return dict(parsed)
