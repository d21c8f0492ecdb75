from typing import Any

import pytest

from daemon.ears.pcm import FRAME
from daemon.ears.wake import Detector, WordRule
from daemon.engines.wake.fake import spoken
from daemon.turn import Utterance, _without_wake

HIT = spoken(0.9)


def kinds(reports: list[dict[str, Any]]) -> list[str]:
    return [report["type"] for report in reports]


def test_wake_word_and_command(ears, quiet, voice) -> None:
    told = ears.hear(*[quiet] * 20, *[voice] * 8, HIT, *[quiet] * 3, *[voice] * 10, *[quiet] * 20)
    assert kinds(told) == ["wake", "start", "pause", "end"]
    wake, start, _, end = told
    assert wake["t"] == pytest.approx(29 * 0.08)
    assert wake["word"] == "hey_jarvis"
    assert start["trigger"] == "wake_word"
    assert start["t"] < wake["end"] <= wake["t"] <= start["t"] + start["lead"] + 1e-9
    assert end["reason"] == "silence"
    assert end["t"] == pytest.approx(42 * 0.08 + 0.6)


def test_the_audio_of_an_utterance_is_whole(ears, quiet, voice) -> None:
    frames = [*[quiet] * 20, *[voice] * 8, HIT, *[quiet] * 3, *[voice] * 10, *[quiet] * 20]
    start = ears.hear(*frames)[1]
    whole = b"".join(frames)
    heard = b"".join(body for _, body in ears.audio)
    assert heard in whole
    assert whole.index(heard) % 2 == 0
    assert ears.audio[0][0] == start["t"]
    at = start["t"]
    for t, body in ears.audio:
        assert t == pytest.approx(at)
        at += len(body) / 32000


def test_a_wake_word_and_then_nothing(ears, quiet, voice) -> None:
    told = ears.hear(*[voice] * 8, HIT, *[quiet] * 60)
    assert told[-1] == {"type": "end", "utterance": 1, "t": pytest.approx(0.72 + 4.0), "reason": "nothing"}


def test_a_command_without_end_is_cut(ears, voice) -> None:
    told = ears.hear(*[voice] * 8, HIT, *[voice] * 200)
    assert told[-1]["reason"] == "limit"
    assert told[-1]["t"] == pytest.approx(0.72 + 15.0)


def test_the_wake_word_within_an_utterance_starts_no_other(ears, voice, quiet) -> None:
    told = ears.hear(*[voice] * 8, HIT, *[voice] * 30, HIT, *[voice] * 5)
    assert kinds(told) == ["wake", "start"]
    assert kinds(ears.hear(*[quiet] * 10)) == ["pause", "end"]


def test_after_a_drop_the_very_next_frame_may_wake(ears, voice) -> None:
    ears.hear(*[voice] * 8, HIT, voice)
    assert ears.command(type="drop") == []
    assert kinds(ears.hear(HIT)) == ["wake", "start"]


def test_a_dropped_utterance_is_not_heard_of_again(ears, voice, quiet) -> None:
    ears.hear(*[voice] * 8, HIT, *[voice] * 3)
    ears.command(type="drop")
    sent = len(ears.audio)
    assert ears.hear(*[voice] * 10, *[quiet] * 30) == []
    assert len(ears.audio) == sent


def test_push_to_talk_opens_at_once_and_release_ends_it(ears, voice, quiet) -> None:
    ears.hear(*[quiet] * 10)
    (start,) = ears.command(type="listen", trigger="push_to_talk")
    assert start == {"type": "start", "utterance": 1, "trigger": "push_to_talk", "t": pytest.approx(0.6), "lead": 0}
    ears.hear(*[voice] * 5)
    assert ears.command(type="release") == [
        {"type": "end", "utterance": 1, "t": pytest.approx(1.2), "reason": "released"}
    ]
    assert ears.command(type="release") == []


def test_after_a_question_nothing_from_before_is_taken_down(ears, voice, quiet) -> None:
    ears.hear(*[voice] * 10)
    (start,) = ears.command(type="listen", trigger="question")
    assert start["t"] == pytest.approx(0.8)
    assert ears.command(type="listen", trigger="question") == []
    assert kinds(ears.hear(*[quiet] * 5, *[voice] * 5, *[quiet] * 10)) == ["pause", "end"]


def test_an_unknown_command_is_not_fatal(ears, quiet) -> None:
    assert ears.command(type="nonsense") == []
    assert ears.hear(quiet) == []


def test_the_end_of_the_source_ends_the_utterance(ears, voice) -> None:
    ears.hear(*[voice] * 8, HIT, *[voice] * 5)
    told = ears.finish()
    assert kinds(told) == ["end", "eof"]
    assert told[0]["reason"] == "source_end"
    assert told[1]["t"] == pytest.approx(14 * 0.08)


def test_a_lost_source_ends_the_utterance_and_the_ears_go_on(ears, voice, quiet) -> None:
    ears.hear(*[voice] * 8, HIT, *[voice] * 5)
    *rest, end = ears.listener.interrupt()
    assert [frame.head["type"] for frame in rest] in ([], ["audio"])
    assert end.head["reason"] == "source_end"
    assert ears.listener.interrupt() == []
    assert kinds(ears.hear(*[quiet] * 5, HIT)) == ["wake", "start"]


def test_a_reply_that_contains_the_wake_word_starts_nothing(ears, voice) -> None:
    reply = [*[voice] * 5, spoken(0.7), *[voice] * 5]
    told = ears.command(b"".join(reply), type="playing", rate=16000)
    told += ears.hear(voice, *reply[:5], HIT, *reply[6:])
    assert told == []


def test_our_own_wake_word_does_not_hide_the_users_soon_after(ears, voice, quiet) -> None:
    ears.command(voice * 3 + spoken(0.7), type="playing", rate=16000)
    assert ears.hear(*[voice] * 3, HIT, *[voice] * 19) == []
    assert kinds(ears.hear(HIT)) == ["wake", "start"]


def test_a_reply_that_ends_with_the_wake_word_starts_nothing(ears, voice, quiet) -> None:
    ears.hear(*[quiet] * 10)
    ears.command(voice * 3 + spoken(0.7)[:-200], type="playing", rate=16000)
    ears.command(spoken(0.7)[-200:], type="playing", rate=16000)
    assert ears.hear(*[voice] * 5, HIT) == []


def test_a_users_wake_word_over_another_reply_is_heard(ears, voice) -> None:
    told = ears.command(voice * 40, type="playing", rate=16000)
    told += ears.hear(*[voice] * 20, HIT)
    assert kinds(told) == ["wake", "start"]


def test_the_wake_word_is_heard_again_once_the_reply_is_over(ears, voice, quiet) -> None:
    ears.command(voice * 3 + spoken(0.7), type="playing", rate=16000)
    assert ears.hear(*[voice] * 4, HIT, *[quiet] * 30) == []
    assert kinds(ears.hear(*[voice] * 4, HIT)) == ["wake", "start"]


def test_played_sound_at_another_rate_is_scored(ears, voice, quiet) -> None:
    # Constant sound stays constant when it is resampled, and so does the score written in it.
    high = spoken(0.7)[:2] * (4 * FRAME * 3)
    for at in range(0, len(high), 2000):
        ears.command(high[at : at + 2000], type="playing", rate=48000)
    assert ears.hear(*[voice] * 3, HIT) == []


def test_a_flood_of_played_sound_is_forgotten_not_hoarded(ears, voice) -> None:
    for _ in range(200):
        ears.command(voice * 13, type="playing", rate=16000)
    assert len(ears.listener._echo._waiting) <= 60 * 32000


def test_scores_are_told_when_they_move(ears, voice) -> None:
    reports = [
        report.head
        for frame in [voice, spoken(0.3), spoken(0.31), spoken(0.1), voice]
        for report in ears.listener.hear(frame)
    ]
    assert [head["score"] for head in reports if head["type"] == "score"] == [0.3, 0.1, 0.0]


def test_a_report_of_a_wake_word_tells_how_its_phrase_may_be_written(ears, quiet, voice) -> None:
    (wake, *_) = ears.hear(*[quiet] * 20, *[voice] * 8, HIT)
    assert wake["spellings"] == ()
    rules = {"robot": WordRule(0.5, 1, ("эй робот",))}
    assert Detector(rules).spellings("robot") == ("эй робот",)
    assert Detector(rules).spellings("alexa") == ()


def test_the_transcript_loses_what_the_model_s_card_says() -> None:
    spoken_to = Utterance("t", "robot", 0.0, None, ("эй робот", "hey robot"))
    assert _without_wake("Эй, робот, нарисуй кота", spoken_to) == "нарисуй кота"
    assert _without_wake("robot, draw a cat", Utterance("t", "robot", 0.0)) == "draw a cat"
    assert _without_wake("robot, draw a cat", Utterance("t", None, 0.0)) == "robot, draw a cat"
