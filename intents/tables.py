"""The tables of words that lie beside the code, as YAML."""

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return `<name>.yaml` of this package as a dict."""
    return read(__package__, name)


def read(package: str, name: str) -> dict[str, Any]:
    """Return `<name>.yaml` of `package` as a dict. It is read as YAML 1.1: a key `on` or `no` needs quotes."""
    import yaml  # type: ignore[import-untyped] # it comes with hassil, its stubs do not

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster, where it was built in
    parsed = yaml.load(files(package).joinpath(f"{name}.yaml").read_text("utf-8"), loader)  # noqa: S506 - safe ones
    return dict(parsed)
