"""Progress and cancelling through the progress bar, whatever the pipeline."""

import pytest

from daemon.diffusion.faults import explained
from daemon.diffusion.stepping import followed, taken
from daemon.errors import Cancelled, EngineError

torch = pytest.importorskip("torch")


class Pipe:
    """Shows its progress in each of the ways that pipelines do."""

    def __init__(self, way="with", inner=None):
        self.way, self.freed, self.ran, self.inner = way, 0, 0, inner

    def progress_bar(self, iterable=None, total=None):
        raise AssertionError("the original was called")

    def maybe_free_model_hooks(self):
        self.freed += 1

    def __call__(self, prompt, *, steps=4, guidance_scale=1.0):
        if self.way == "with":
            with self.progress_bar(total=steps) as bar:
                for _ in range(steps):
                    self.ran += 1
                    bar.update()
        elif self.way == "iterable":
            for _ in self.progress_bar(range(steps), desc="x"):
                self.ran += 1
        else:
            self.inner(prompt)
            self.inner(prompt)


def pipes():
    return [Pipe(), Pipe("iterable"), Pipe("inner", inner=Pipe())]


@pytest.mark.parametrize("pipe", pipes(), ids=lambda pipe: pipe.way)
def test_every_step_is_reported(pipe):
    seen = []
    with followed(pipe, seen.append, 0.1, 0.9):
        pipe("a fox")
    assert len(seen) >= 5
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.1, pytest.approx(0.9))
    with pytest.raises(AssertionError, match="the original"):
        pipe.progress_bar(total=1) if pipe.inner is None else pipe("a fox")


def test_cancelling_takes_one_step_and_leaves_a_usable_pipe():
    pipe = Pipe()

    def step(share):
        if share >= 0.25:
            raise Cancelled

    with pytest.raises(Cancelled), followed(pipe, step):
        pipe("a fox")
    assert (pipe.ran, pipe.freed) == (1, 1)
    with followed(pipe, lambda _share: None):
        pipe("a fox")
    assert (pipe.ran, pipe.freed) == (5, 1)


def test_arguments_are_dropped_by_signature():
    assert taken(Pipe(), {"prompt": "a", "guidance_scale": None, "negative_prompt": "b", "steps": 2}) == {
        "prompt": "a",
        "steps": 2,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), "engine.out_of_memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "engine.out_of_memory"),
        (MemoryError(), "engine.out_of_memory"),
        (RuntimeError("CUDA error: an illegal memory access was encountered\nmore"), "engine.device"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "engine.device"),
    ],
)
def test_faults_of_torch_have_codes(error, code):
    with pytest.raises(EngineError) as caught, explained("cuda"):
        raise error
    assert caught.value.code == code
    assert "\n" not in caught.value.text("ru")


@pytest.mark.parametrize("error", [RuntimeError("shapes do not match"), ValueError("x"), Cancelled()])
def test_other_faults_pass_through(error):
    with pytest.raises(type(error)), explained("cuda"):
        raise error
