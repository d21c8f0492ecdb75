import pytest

from daemon.wakewords.card import Figures


@pytest.mark.parametrize(
    ("clear", "accepts", "hours", "verdict"),
    [(0.05, 0, 5.01, "met"), (0.06, 0, 5.01, "missed"), (0.0, 1, 5.01, "missed"), (0.0, 0, 0.1, "short")],
)
def test_the_bar_is_met_only_by_who_was_heard_for_hours(clear: float, accepts: int, hours: float, verdict: str) -> None:
    test = Figures(
        clips=96, false_rejects=0.1, clear=clear, hours=hours, false_accepts=accepts, near_misses=4, near_misses_woken=0
    )
    assert test.verdict == verdict
