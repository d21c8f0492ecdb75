"""Settings of the whole suite."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from daemon.log import Format

# In CI the examples are always the same: a failure there is one that anybody can repeat.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that is run in the test's own process starts logging; the next test must not feel it."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    for handler in [one for one in root.handlers if isinstance(one.formatter, Format)]:
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give a tiny pipeline of diffusers by its name, built once a session; needs torch.

    From then on torch computes in one thread, here and in children: with tensors this small, threads only wait.
    """

    @cache
    def build(name: str) -> Path:
        import torch

        from tests import tiny_clips, tiny_pipelines

        torch.set_num_threads(1)
        os.environ["OMP_NUM_THREADS"] = "1"

        builder = tiny_clips if name in tiny_clips.KINDS else tiny_pipelines
        return builder.build(name, tmp_path_factory.mktemp("tiny") / name)

    return build
