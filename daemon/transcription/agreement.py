"""LocalAgreement-2: words are agreed when two decodings in a row, of growing audio, begin with them. Pure.

Machacek, Dabre, Bojar: Turning Whisper into Real-Time Transcription System, 2023.
"""

from dataclasses import dataclass
from itertools import takewhile

from daemon.transcription.guards import bare

SENTENCE_ENDS = ".,!?…;:"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The words agreed so far; they never change and never shrink."""

    agreed: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    """The latest decoding, whole."""

    @property
    def text(self) -> str:
        """The agreed words. The last one has no stop behind it: the sentence may go on."""
        return " ".join(self.agreed).rstrip(SENTENCE_ENDS)

    @property
    def guess(self) -> str:
        """What the latest decoding says after the agreed words."""
        return " ".join(self.last[len(self.agreed) :])


def agree(state: Agreement, text: str) -> Agreement:
    """Take the next decoding. Stops, case and ё do not count as disagreement; agreed words keep their spelling."""
    words = tuple(text.split())
    pairs = zip(state.last, words, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: bare(pair[0]) == bare(pair[1]), pairs))
    return Agreement(state.agreed + words[len(state.agreed) : common], words)
