from contextlib import nullcontext

import pytest

from daemon.ears import child
from daemon.ears.child import Service
from daemon.ears.source import State
from daemon.engines.wake.fake import spoken


def test_a_microphone_lost_in_the_middle_ends_the_utterance_and_hearing_goes_on(
    tmp_path, fake_call, voice, quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = State("lost", "ears.microphone_lost")
    sound = [*[voice] * 8, spoken(0.9), *[voice] * 5, lost, None, None, State("ok"), *[quiet] * 20, spoken(0.9)]
    monkeypatch.setattr(child, "open_source", lambda _: nullcontext(sound))
    ears = Service({"ears": {"wake": {"engine": "fake"}, "vad": {"engine": "fake"}}, "models": str(tmp_path)})
    ears.load()
    call = fake_call()
    ears.run(call)
    told = call.told("wake", "end", "source", "eof")
    assert [head["type"] for head in told] == ["source", "wake", "source", "end", "source", "wake", "end", "eof"]
    assert told[2] == {"type": "source", "state": "lost", "why": "ears.microphone_lost", "values": {}}
    assert told[3]["reason"] == "source_end"
