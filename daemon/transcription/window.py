"""How much audio an encoder is given. Whisper was trained on 30 s; a shorter window costs far less and mostly suffices.

Counts are mel frames of 10 ms. Pure.
"""

from daemon.transcription.loudness import Samples, quietest
from daemon.types import RATE

FULL = 3000
"""30 s, Whisper's own window."""
FRAME = RATE // 100
STEP = 10
"""Windows are multiples of 0.1 s: CTranslate2 keeps what it has worked out for each length that it has seen."""
EARLY, LATE, PAUSE_DB = 0.4, 0.6, 10.0


def frames(seconds: float, least: int, margin: int) -> int:
    """Return the window for `seconds` of audio: a multiple of STEP up to 3000, with `margin` to spare."""
    return min(FULL, stepped(max(least, int(100 * seconds) + margin)))


def stepped(count: int) -> int:
    """Return the shortest window that holds so many frames."""
    return -(-count // STEP) * STEP


def ladder(seconds: float, least: int, margin: int) -> list[int]:
    """Return the windows to try one after another while a decoding is dubious; the last is the full one."""
    first = frames(seconds, least, margin)
    return [first] + [rung for rung in (1000, FULL) if rung > first * 1.2]


def cuts(sound: Samples, longest: float) -> list[tuple[int, int]]:
    """Divide audio into pieces of at most `longest` seconds, cut where it is quietest.

    Audio that is appended later does not move a cut: pieces but the last stay as they are.
    """
    most = int(longest * RATE)
    pieces = []
    begin = 0
    while len(sound) - begin > most:
        cut = _cut(sound, begin, most)
        pieces.append((begin, cut))
        begin = cut
    return [*pieces, (begin, len(sound))]


def _cut(sound: Samples, begin: int, most: int) -> int:
    """Return where to cut: in the last 40 % of what fits, unless there is a much better pause a little earlier."""
    middle = begin + int(most * LATE)
    late, late_db = quietest(sound, middle, begin + most)
    early, early_db = quietest(sound, begin + int(most * EARLY), middle)
    return early if early_db < late_db - PAUSE_DB else late
