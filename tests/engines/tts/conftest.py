import pytest

from tests.tiny_piper import make_voice


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """A models folder with a tiny voice in each language."""
    folder = tmp_path_factory.mktemp("models")
    make_voice(folder / "piper" / "en_US-tiny-low.onnx")
    make_voice(folder / "piper" / "ru_RU-tiny-low.onnx", "ru")
    return folder
