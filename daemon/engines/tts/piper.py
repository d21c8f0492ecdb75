"""Piper voices: NAME.onnx with NAME.onnx.json beside it, by name in the state folder's models/piper, or by path."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon import paths
from daemon.engines import base
from daemon.errors import EngineError
from daemon.types import Pcm

PIECE = 0.1
"""Seconds of sound in one piece."""


class Engine:
    """Text to speech by Piper, one piece of work a sentence. Source: OHF-Voice/piper1-gpl."""

    class Options(base.Options):
        """Which voices speak, and how."""

        voices: dict[str, str] = Field(
            {}, description="voice name or path for each language; a language not named takes the first voice found"
        )
        length_scale: float | None = Field(None, gt=0.1, le=5, description="above 1 is slower; empty: as the voice is")
        noise_scale: float | None = Field(None, ge=0, le=2, description="liveliness; empty: as the voice is")
        noise_w_scale: float | None = Field(None, ge=0, le=2, description="varied length; empty: as the voice is")
        speaker: int | None = Field(None, ge=0, description="number of the speaker, in voices with several")
        threads: int = Field(2, ge=1, le=64, description="processor cores that a voice may use")

    requires: ClassVar[tuple[str, ...]] = ("python:piper", "python:onnxruntime")
    memory_mb: ClassVar[int] = 200

    def __init__(self, options: "Engine.Options", *, models: Path) -> None:
        """`models` is the state folder's `models/`; its `piper/` holds the voices."""
        self._options = options
        self._models = models
        self._voices: dict[str, Any] = {}
        self.languages: tuple[str, ...] = ()

    @classmethod
    def missing(cls, options: "Engine.Options", *, models: Path) -> str | None:
        """Return "engine.no_piper_voice" when no voice file is there."""
        return None if found(options, models) else "engine.no_piper_voice"

    def load(self) -> None:
        """Load every voice. Raises EngineError `engine.no_piper_voice` or `engine.piper_broken`."""
        paths = found(self._options, self._models)
        if not paths:
            raise EngineError("engine.no_piper_voice")
        self._voices = {language: _voice(path, self._options.threads) for language, path in paths.items()}
        self.languages = tuple(self._voices)

    def speak(self, text: str, language: str) -> Iterator[Pcm]:
        """Yield each sentence as soon as it is there, in pieces. Raises EngineError."""
        voice = self._voices.get(language)
        if voice is None:
            raise EngineError("engine.no_voice", language=language, engine="piper")
        text = text.replace("[[", " ").replace("\0", " ")  # Piper reads [[ ]] as phonemes
        text = text.encode("utf-8", "ignore").decode()
        try:
            for chunk in voice.synthesize(text, self._settings()):
                yield from _pieces(chunk.audio_int16_bytes, chunk.sample_rate)
        except EngineError:
            raise
        except Exception as error:  # onnxruntime's own classes, from whatever is in the voice file
            raise EngineError("engine.piper_failed", why=str(error).splitlines()[0] if str(error) else "") from error

    def _settings(self) -> Any:
        from piper import SynthesisConfig

        options = self._options
        return SynthesisConfig(
            speaker_id=options.speaker,
            length_scale=options.length_scale,
            noise_scale=options.noise_scale,
            noise_w_scale=options.noise_w_scale,
        )


def found(options: Engine.Options, models: Path) -> dict[str, Path]:
    """Return the voice file for each language: those that the options name, else the first of the folder."""
    folder = models / "piper"
    voices: dict[str, Path] = {}
    for path in sorted(folder.glob("*.onnx")):
        if path.with_name(path.name + ".json").is_file():
            voices.setdefault(path.name.partition("_")[0].partition("-")[0], path)
    for language, name in options.voices.items():
        path = paths.expanded(name) if name.endswith(".onnx") else folder / f"{name}.onnx"
        path = path if path.is_absolute() else folder / path
        voices.pop(language, None)  # a voice that is named and not there is not replaced by another in silence
        if path.is_file():
            voices[language] = path
    return voices


def _voice(path: Path, threads: int) -> Any:
    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        config = json.loads(path.with_name(path.name + ".json").read_text("utf-8"))
        session = onnxruntime.InferenceSession(str(path), sess_options=settings, providers=["CPUExecutionProvider"])
        return PiperVoice(session=session, config=PiperConfig.from_dict(config))
    except Exception as error:  # any damage of two files from elsewhere
        raise EngineError("engine.piper_broken", path=str(path)) from error


def _pieces(pcm: bytes, rate: int) -> Iterator[Pcm]:
    size = int(rate * PIECE) * 2
    for start in range(0, len(pcm), size):
        yield Pcm(pcm[start : start + size], rate)
