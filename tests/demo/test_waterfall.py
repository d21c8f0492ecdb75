"""Where the time went, from events of a turn."""

from daemon.demo.show import Request, verdict
from daemon.demo.waterfall import Stage, bar, stages
from daemon.events import ArtifactReady, IntentEnd, JobChanged, SttEnd, TtsEnd, TtsStart, WakeWord


def turn(*, asked: bool = True):
    plan = [{"action": "generate"}] if asked else []
    return [
        WakeWord(word="hey_jarvis", score=0.9, at=10.0),
        SttEnd(text="draw a cat", language="en", at=12.0),
        IntentEnd(intent="draw", language="en", plan=plan, at=12.1),
        JobChanged(job="1", kind="picture", state="running", at=12.2),
        TtsStart(text="on it", language="en", at=12.3),
        TtsEnd(text="on it", path="a.wav", at=13.0),
        ArtifactReady(artifact="1", job="1", kind="picture", path="a.png", mime="image/png", at=13.5),
    ]


def test_stages_are_in_seconds_from_the_wake_word():
    found = {stage.name: (round(stage.begin, 3), round(stage.end, 3)) for stage in stages(turn(), 11.4, "en")}
    assert found == {
        "speech": (0.0, 1.4),
        "silence, transcript": (1.4, 2.0),
        "understanding": (2.0, 2.1),
        "to the first sound": (2.1, 2.3),
        "reply": (2.3, 3.0),
        "making": (2.2, 3.5),
    }


def test_without_a_transcript_there_is_no_chart():
    assert stages(turn()[:1], 11.0, "en") == []


def test_a_bar_begins_at_its_place_and_is_never_invisible():
    assert bar(Stage("x", 5.0, 10.0), 10.0, 20) == " " * 10 + "█" * 10
    assert bar(Stage("x", 5.0, 5.0), 10.0, 20) == " " * 10 + "█"


def test_the_verdict_names_the_first_thing_that_did_not_happen():
    def problems(events):
        return verdict(Request("hello", b"", events), "en")

    assert problems(turn()) == []
    assert problems([]) == ["“hello”: the wake word was not heard."]
    assert problems(turn()[:1]) == ["“hello”: nothing was transcribed."]
    assert problems(turn()[:-1]) == ["“hello”: nothing was made."]
    assert problems(turn(asked=False)[:-1]) == []
    assert problems(turn()[:5]) == ["“hello”: nothing was made."]
    stopped = [*turn(asked=False)[:-2], TtsEnd(text="on it", stopped=True, at=13.0)]
    assert problems(stopped) == ["“hello”: no reply was spoken to its end."]
