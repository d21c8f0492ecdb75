import subprocess
import sys

import pytest
from pydantic import ValidationError

from daemon.ears.child import Service
from daemon.ears.options import EarsOptions


def test_the_defaults_are_a_microphone_and_hey_jarvis() -> None:
    options = EarsOptions()
    assert options.source == "microphone"
    assert set(options.wake.options("openwakeword").words) == {"hey_jarvis"}  # type: ignore[attr-defined]
    assert options.endpointing.silence == 0.6


@pytest.mark.parametrize(
    "wrong",
    [
        {"sauce": "file"},
        {"source": "radio"},
        {"pace": -1},
        {"endpointing": {"silence": "long"}},
        {"wake": {"engine": "nonsense"}},
        {"wake": {"openwakeword": {"words": {"alexa": {"threshold": 2}}}}},
        {"vad": {"webrtc": {"mode": 9}}},
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EarsOptions.model_validate(wrong)


def test_they_survive_the_way_to_the_child(tmp_path) -> None:
    options = EarsOptions.model_validate(
        {
            "source": "file",
            "path": "x.wav",
            "wake": {"engine": "fake", "fake": {"word": "alexa"}},
            "vad": {"engine": "auto"},
        }
    )
    service = Service({"ears": options.model_dump(mode="json"), "models": str(tmp_path)})
    assert service.load()["words"] == ["alexa"]


@pytest.mark.slow
def test_reading_them_imports_no_numpy() -> None:
    program = "import sys; from daemon.ears.options import EarsOptions; EarsOptions(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
