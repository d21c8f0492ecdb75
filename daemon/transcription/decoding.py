"""What one pass of a Whisper over one window of audio gave."""

from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Decoding:
    """Text with what the decoder thought of it."""

    text: str
    language: str
    logprob: float = 0.0
    """Mean log probability of the tokens."""
    silence: float = 0.0
    """Probability that nobody spoke, 0 to 1."""
    ended: bool = True
    """The model ended the text itself; False when it ran into the cap."""

    @property
    def score(self) -> float:
        """Mean token probability, 0 to 1."""
        return min(1.0, exp(self.logprob))


def joined(parts: list[Decoding], language: str) -> Decoding:
    """Put the windows of one utterance together; scores are weighted by the length of the texts."""
    spoken = [part for part in parts if part.text]
    if not spoken:
        return Decoding("", parts[-1].language if parts else language)
    weight = sum(len(part.text) for part in spoken)
    return Decoding(
        " ".join(part.text for part in spoken),
        spoken[-1].language,
        sum(part.logprob * len(part.text) for part in spoken) / weight,
        min(part.silence for part in spoken),
        all(part.ended for part in spoken),
    )
