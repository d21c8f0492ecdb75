"""Progress and cancelling of any diffusers pipeline, also of those that have no callback: through its progress bar."""

import gc
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from daemon.engines.base import Step


@contextmanager
def followed(pipe: Any, step: Step, begin: float = 0.0, end: float = 1.0) -> Iterator[None]:
    """Report each denoising step of what `pipe` does in this block as a share between `begin` and `end`.

    Cancelled, raised by `step`, ends the pipeline within one step; it stays usable, and its memory is given back.
    """
    bars = _Bars(step, begin, end)
    parts = [pipe, *(part for part in vars(pipe).values() if part is not pipe and hasattr(part, "progress_bar"))]
    for part in parts:  # combined pipelines show the bars of those inside
        part.progress_bar = bars
    try:
        step(begin)
        yield
    except BaseException:
        freed(pipe)
        raise
    finally:
        for part in parts:
            del part.progress_bar


def freed(pipe: Any) -> None:
    """Take a pipeline that was left half-way back to where it begins, and give back what it held on the device."""
    with suppress(Exception):  # the device may be what failed; that error is being raised
        pipe.maybe_free_model_hooks()
    collected()


def collected() -> None:
    """Give back device memory that nothing holds any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        with suppress(RuntimeError):
            torch.cuda.empty_cache()


def taken(pipe: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that the pipeline knows and that are not None; pipelines differ in what they take."""
    known = inspect.signature(pipe.__call__).parameters
    return {name: value for name, value in given.items() if name in known and value is not None}


class _Bars:
    """Stands in for `DiffusionPipeline.progress_bar`. The share never falls, though a pipeline show several bars."""

    def __init__(self, step: Step, begin: float, end: float) -> None:
        self._step, self._begin, self._end = step, begin, end
        self._reached = begin

    def __call__(self, iterable: Iterable[Any] | None = None, total: int | None = None, **_looks: Any) -> "_Bar":
        if total is None and iterable is not None:
            with suppress(TypeError):
                total = len(iterable)  # type: ignore[arg-type]
        return _Bar(self, iterable or () if iterable is None else iterable, total or 1)

    def report(self, share: float) -> None:
        """Report how much of one bar is done."""
        self._reached = max(self._reached, self._begin + min(1.0, share) * (self._end - self._begin))
        self._step(self._reached)


class _Bar:
    """As much of tqdm as pipelines use."""

    def __init__(self, bars: _Bars, iterable: Iterable[Any], total: int) -> None:
        self._bars, self._iterable, self._total = bars, iterable, total
        self._done = 0.0

    def update(self, count: float = 1) -> None:
        self._done += count
        self._bars.report(self._done / self._total)

    def __iter__(self) -> Iterator[Any]:
        for one in self._iterable:
            yield one
            self.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        """Nothing was opened."""

    def close(self) -> None:
        """Nothing was opened."""

    def set_description(self, *_text: object, **_more: object) -> None:
        """Nothing is shown."""

    set_postfix = set_description
