"""A Whisper in CTranslate2's form, driven directly: its own short windows, a capped length, one encoding a window."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from daemon.errors import EngineError
from daemon.transcription.decoding import Decoding
from daemon.transcription.loudness import Samples


class Whisper:
    """A loaded model. `window` arguments are mel frames of 10 ms."""

    def __init__(self, folder: Path, *, device: str = "cpu", compute_type: str = "default", threads: int = 0) -> None:
        """Load the model. Raises EngineError `stt.damaged` or `stt.device`."""
        from faster_whisper import WhisperModel

        try:
            self._loaded: Any = WhisperModel(
                str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
            )
        except ValueError as error:  # ctranslate2: this device or compute type is not to be had here
            raise EngineError("stt.device", device=device, compute_type=compute_type, why=str(error)[:200]) from error
        except Exception as error:  # tokenizers and ctranslate2 raise whatever a damaged file makes them stumble over
            raise EngineError("stt.damaged", path=folder, why=str(error).splitlines()[0][:200]) from error
        self.model: Any = self._loaded.model
        self._tokenizer: Any = self._loaded.hf_tokenizer
        self.multilingual = bool(self.model.is_multilingual)

    def knows(self, language: str) -> bool:
        """Say whether the model knows `language`: it has a token for it, or is an English one."""
        if not self.multilingual:
            return language == "en"
        return self._tokenizer.token_to_id(f"<|{language}|>") is not None

    def encode(self, sound: Samples, window: int, *, silence: bool = False) -> Any:
        """Return the encoding of `sound`, cut at `window` or filled up to it with zeros, or as `silence` has it."""
        import ctranslate2

        features = self._loaded.feature_extractor(sound)[:, :window]
        features = np.pad(
            features, ((0, 0), (0, window - features.shape[1])), constant_values=features.min() if silence else 0
        )
        return self.model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None])))

    def detect(self, encoding: Any, allowed: Sequence[str]) -> str:
        """Return the likeliest of the `allowed` languages."""
        if len(allowed) == 1 or not self.multilingual:
            return allowed[0]
        found = {token[2:-2]: probability for token, probability in self.model.detect_language(encoding)[0]}
        return max(allowed, key=lambda language: found.get(language, 0.0))

    def generate(
        self,
        encoding: Any,
        language: str,
        *,
        room: int,
        beam: int,
        vocabulary: str = "",
        blank: bool = False,
        task: Literal["transcribe", "translate"] = "transcribe",
    ) -> Decoding:
        """Decode an encoding into at most `room` tokens: a loop must not cost a second.

        `vocabulary`: words to expect; `blank`: allow a blank start; `task` translate: into English.
        """
        prompt = self._prompt(language, vocabulary, task)
        most = min(len(prompt) + room, self._loaded.max_length)
        (result,) = self.model.generate(
            encoding,
            [prompt],
            beam_size=beam,
            max_length=most,
            suppress_blank=not blank,
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = result.sequences_ids[0]
        return Decoding(
            self._tokenizer.decode(tokens).strip(),
            language,
            result.scores[0] * len(tokens) / (len(tokens) + 1),  # as in OpenAI's: the end counts as a token
            result.no_speech_prob,
            len(prompt) + len(tokens) < most,
        )

    def _prompt(self, language: str, vocabulary: str, task: str) -> list[int]:
        named = ["<|startoftranscript|>"]
        if self.multilingual:
            named += [f"<|{language}|>", f"<|{task}|>"]
        start = [self._tokenizer.token_to_id(token) for token in [*named, "<|notimestamps|>"]]
        if not vocabulary:
            return start
        words = self._tokenizer.encode(f" {vocabulary.strip()}", add_special_tokens=False).ids
        return [self._tokenizer.token_to_id("<|startofprev|>"), *words[: self._loaded.max_length // 2 - 1], *start]
