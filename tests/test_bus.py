from daemon.bus import Bus
from daemon.events import StateChanged, WakeScore, WakeWord


def test_what_is_wanted_is_what_somebody_listens_to() -> None:
    bus = Bus()
    assert not bus.wanted(WakeScore)
    with bus.subscribe(WakeWord, StateChanged):
        assert bus.wanted(WakeWord)
        assert not bus.wanted(WakeScore)
        with bus.subscribe():
            assert bus.wanted(WakeScore)
    assert not bus.wanted(WakeWord)
