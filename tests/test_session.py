"""Whole turns over fakes: what is heard, said and made, and the states on the way."""

import asyncio

import pytest

from daemon.errors import EngineError, JobError
from daemon.events import (
    ArtifactReady,
    Failed,
    IntentEnd,
    JobChanged,
    Listening,
    MuteChanged,
    PartChanged,
    StateChanged,
    SttEnd,
    SttPartial,
    TtsEnd,
    VolumeChanged,
    WakeWord,
)
from daemon.turn import new_id
from intents.model import Generate
from tests.parts import session


def of(house, kind):
    return [event for event in house.events if isinstance(event, kind)]


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what it looks at are the states of fakes, not of events
            await asyncio.sleep(0)


async def quiet(house):
    async with asyncio.timeout(5):
        await house.session.quiet()
    for _ in range(5):  # let the collector of events have them
        await asyncio.sleep(0)


async def test_a_spoken_turn_from_wake_word_to_reply(tmp_path):
    busy = []
    async with session(tmp_path, "hey jarvis say good morning") as house:
        house.session.on_busy = busy.append
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, TtsEnd))
        await quiet(house)
        assert house.mouth.heard == ["good morning"]
        assert house.mouth.earcons == ["wake"]
        assert [event.state for event in of(house, StateChanged)] == ["idle", "listening", "thinking", "speaking",
                                                                      "thinking", "idle"]  # fmt: skip
        assert busy == [True, False], "from the wake word to the end of the reply"
        turn = of(house, WakeWord)[0].turn
        kinds = (Listening, SttPartial, SttEnd, IntentEnd, TtsEnd)
        assert {event.turn for kind in kinds for event in of(house, kind)} == {turn}
        assert of(house, SttEnd)[0].text == "say good morning", "the wake phrase is no part of the request"
        assert of(house, IntentEnd)[0].slots == {"text": "good morning"}


async def test_a_turn_answers_in_the_language_of_its_transcript(tmp_path):
    async with session(tmp_path, "повтори") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, TtsEnd))
        assert house.mouth.heard == ["Я ещё ничего не говорил."]


async def test_a_wake_word_over_a_reply_stops_it_and_listens(tmp_path):
    async with session(tmp_path, "say a very long story", "what time is it") as house:
        house.mouth.hold = True
        house.ears[0].wake()
        house.ears[0].speak()
        await house.mouth.talking.wait()
        house.ears[0].wake()
        await until(lambda: house.mouth.stopped)
        assert house.mouth.stopped == ["a very long story"]
        await until(lambda: house.session.state == "listening")
        house.mouth.release()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard)
        assert of(house, TtsEnd)[0].stopped


async def test_silence_after_the_wake_word_says_nothing(tmp_path):
    async with session(tmp_path, "") as house:
        house.ears[0].wake()
        house.ears[0].speak(reason="nothing")
        await until(lambda: of(house, SttEnd))
        await quiet(house)
        assert house.mouth.heard == []
        assert house.session.state == "idle"


async def test_speech_that_can_not_be_read_is_told(tmp_path):
    async with session(tmp_path, "") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard)
        assert house.mouth.heard == ["I didn't catch that."]


async def test_what_is_no_request_gets_a_helpful_answer(tmp_path):
    async with session(tmp_path, "I drew a picture at school") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, TtsEnd))
        assert of(house, IntentEnd)[0].intent is None
        assert "help" in house.mouth.heard[0]


async def test_a_picture_is_acknowledged_made_and_announced(tmp_path):
    async with session(tmp_path, "draw a red fox") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: len(house.mouth.heard) == 2)
        assert house.mouth.heard == [
            "I am drawing a red fox. It will take about 2 seconds.",
            "The picture of a red fox is ready.",
        ]
        assert of(house, ArtifactReady)[0].turn == of(house, WakeWord)[0].turn
        assert [event.state for event in of(house, JobChanged)][-1] == "done"


async def test_a_time_that_nobody_knows_is_not_made_up(tmp_path):
    async with session(tmp_path, "нарисуй рыжую лису") as house:
        house.maker.rough = True
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard)
        assert house.mouth.heard[0] == "Рисую: рыжую лису. Сколько это займёт, пока не знаю."


async def test_what_may_wait_is_put_behind(tmp_path):
    async with session(tmp_path) as house:
        wish = Generate("picture", "a fox", "en")
        for priority in ("later", "normal", "now"):
            await house.performer.generate(wish, "en", priority, making={"priority": priority})
        await until(lambda: len(of(house, ArtifactReady)) == 3)
        jobs = {job.turn: job for job in (house.jobs.get(event.job) for event in of(house, ArtifactReady))}
        assert jobs["later"].priority < jobs["normal"].priority < jobs["now"].priority
        assert all("priority" not in job.request for job in jobs.values())


async def test_several_pictures_are_announced_once(tmp_path):
    async with session(tmp_path, "draw three pictures of a red fox") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: len(house.mouth.heard) == 2)
        assert house.mouth.heard == [
            "I am making 3 pictures of a red fox. It will take about 6 seconds.",
            "3 pictures of a red fox are ready.",
        ]
        assert len({event.artifact for event in of(house, ArtifactReady)}) == 3


async def test_where_no_engine_can_make_it_there_is_one_reply_and_no_job(tmp_path):
    def missing(_request):
        raise EngineError("making.no_engine", kind="picture", why="none")

    async with session(tmp_path, "draw a red fox", "say hello", "нарисуй рыжую лису") as house:
        house.maker.estimate = missing
        await say(house, replies=1)
        await say(house, replies=2)
        assert house.mouth.heard[0].startswith("The picture could not be made. ")
        assert (house.mouth.heard[1], of(house, JobChanged)) == ("hello", [])
        await say(house, replies=3)
        await until(lambda: len(of(house, Failed)) == 2)
        failed = of(house, Failed)
        assert [event.code for event in failed] == ["making.no_engine"] * 2
        assert house.mouth.heard[0].endswith(failed[0].text)
        assert house.mouth.heard[2].endswith(failed[1].text), "in the language of the request, not of the house"


async def say(house, *, replies):
    """Say the next thing, and wait until so many replies were heard."""
    house.ears[0].wake()
    house.ears[0].speak()
    await until(lambda: len(house.mouth.heard) == replies)


async def test_another_one_is_the_same_request_with_another_seed(tmp_path):
    async with session(tmp_path, "draw a red fox", "another one", "another clip") as house:
        await say(house, replies=2)
        await say(house, replies=4)
        assert house.mouth.heard[2].startswith("I am drawing a red fox.")
        assert house.mouth.heard[3] == house.mouth.heard[1] == "The picture of a red fox is ready."
        first, second = (house.jobs.get(event.artifact) for event in of(house, ArtifactReady))
        assert first.request["prompt"] == second.request["prompt"] == "a red fox"
        assert first.request["seed"] != second.request["seed"]
        await say(house, replies=5)
        assert house.mouth.heard[4] == "What shall the clip show?", "there is no clip yet"


async def test_another_one_of_what_is_being_made_still_with_all_that_was_asked_for(tmp_path):
    async with session(tmp_path, "another one") as house:
        house.jobs.submit("picture", {"prompt": "slow", "language": "ru", "width": 64, "seed": 3}, "t")
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: len(house.jobs.active()) == 2)
        request = house.jobs.active()[1].request
        assert request.pop("seed") != 3
        assert request == {"prompt": "slow", "language": "ru", "width": 64}


@pytest.mark.parametrize(("desktop", "reply"), [(True, "Here is the picture"), (False, "There is no desktop")])
async def test_the_last_picture_is_shown_and_told(tmp_path, desktop, reply):
    async with session(tmp_path, "draw a red fox", "show it", "what did you draw", "show me the last clip") as house:
        house.hands.desktop = desktop
        await say(house, replies=2)
        await say(house, replies=3)
        assert house.mouth.heard[2].startswith(reply)
        assert len(house.hands.shown) == desktop
        await say(house, replies=4)
        assert house.mouth.heard[3] == "The last thing I made is a picture of a red fox."
        await say(house, replies=5)
        assert house.mouth.heard[4].startswith("There is none yet.")


@pytest.mark.parametrize(("answer", "told"), [("yes", "It is deleted."), ("no", "Then it stays.")])
async def test_the_last_picture_is_deleted_after_a_yes_only(tmp_path, answer, told):
    async with session(tmp_path, "draw a red fox", "delete it", answer) as house:
        await say(house, replies=2)
        await say(house, replies=3)
        assert house.mouth.heard[2] == "Shall I delete the picture of a red fox for good?"
        assert house.hands.deleted == []
        await until(lambda: of(house, Listening)[2:])
        house.ears[0].speak()
        await until(lambda: len(house.mouth.heard) == 4)
        assert house.mouth.heard[3] == told
        assert house.hands.deleted == [event.artifact for event in of(house, ArtifactReady)] * (answer == "yes")


async def test_what_cannot_be_deleted_is_told(tmp_path):
    async with session(tmp_path, "draw a red fox", "delete it", "yes") as house:
        house.hands.refuses = JobError("gallery.kept", id="x")
        await say(house, replies=2)
        await say(house, replies=3)
        house.ears[0].speak()
        await until(lambda: len(house.mouth.heard) == 4)
        assert house.mouth.heard[3].startswith("Nothing was deleted. ")


async def test_delete_it_gives_up_what_is_being_made(tmp_path):
    async with session(tmp_path, "delete it") as house:
        house.jobs.submit("picture", {"prompt": "slow"}, "t")
        await say(house, replies=1)
        assert (house.mouth.heard, house.jobs.active()) == (["Cancelled."], [])


async def test_how_long_yet(tmp_path):
    async with session(tmp_path, "how long yet", "сколько ещё") as house:
        for turn in "ab":
            house.jobs.submit("picture", {"prompt": "slow"}, turn)
        await say(house, replies=1)
        assert house.mouth.heard[0] == "Everything works. 2 jobs are under way. It will take about 4 seconds yet."
        house.maker.rough = True
        await say(house, replies=2)
        assert house.mouth.heard[1] == "Всё работает. В работе 2 задания."


async def test_a_question_is_answered_without_the_wake_word(tmp_path):
    async with session(tmp_path, "draw", "a blue whale") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, Listening)[1:])
        assert of(house, Listening)[1].trigger == "question"
        house.ears[0].speak()
        await until(lambda: of(house, ArtifactReady))
        assert of(house, IntentEnd)[-1].slots == {"prompt": "a blue whale"}


async def test_mute_closes_the_microphones_process_and_unmute_opens_a_new_one(tmp_path):
    async with session(tmp_path, "mute") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.ears[0].closed)
        await until(lambda: house.session.state == "muted")
        assert [event.on for event in of(house, MuteChanged)] == [False, True]
        house.session.mute(on=False)
        await until(lambda: house.session.state == "idle" and len(house.ears) == 2)


async def test_volume_is_set_and_told(tmp_path):
    async with session(tmp_path, "set the volume to thirty percent", "louder") as house:
        for expected in (30, 40):
            house.ears[0].wake()
            house.ears[0].speak()
            await until(lambda: house.voice.volume == expected)  # noqa: B023 - awaited within the loop
            await quiet(house)
        assert [event.level for event in of(house, VolumeChanged)] == [50, 30, 40]


async def test_a_typed_request_waits_for_the_spoken_one(tmp_path):
    async with session(tmp_path, "say first") as house:
        house.mouth.hold = True
        house.ears[0].wake()
        house.ears[0].speak()
        await house.mouth.talking.wait()
        house.session.typed("say second", "en", new_id())
        await asyncio.sleep(0)
        house.mouth.release()
        await until(lambda: len(house.mouth.heard) == 2)
        assert house.mouth.heard == ["first", "second"]


async def test_too_many_that_wait_are_refused(tmp_path):
    async with session(tmp_path) as house:
        for _ in range(25):
            house.session.typed("say hello", "en", new_id())
        await until(lambda: of(house, Failed))
        assert {event.code for event in of(house, Failed)} == {"session.busy"}
        await quiet(house)
        assert house.mouth.heard == ["hello"] * 20


async def test_ears_that_die_are_listened_to_again(tmp_path):
    async with session(tmp_path, "say hello") as house:
        house.ears[0].die()
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard == ["hello"])


async def test_a_lost_microphone_is_a_state_and_typed_requests_still_work(tmp_path):
    async with session(tmp_path) as house:
        house.ears[0].put("source", state="lost", why="ears.no_microphone", values={})
        await until(lambda: house.session.state == "error")
        house.session.typed("status", "en", new_id())
        await until(lambda: house.mouth.heard)
        assert of(house, PartChanged)[-1].why in house.mouth.heard[0]
        house.ears[0].put("source", state="ok", why="", values={})
        await until(lambda: house.session.state == "idle")


async def test_a_recogniser_that_fails_is_told_and_the_next_turn_works(tmp_path):
    broken = EngineError("engine.unknown", kind="stt", name="x", known="y")
    async with session(tmp_path, broken, "say hello") as house:
        for replies in (1, 2):
            house.ears[0].wake()
            house.ears[0].speak()
            await until(lambda: len(house.mouth.heard) == replies)  # noqa: B023 - awaited within the loop
            await quiet(house)
        assert house.mouth.heard[0].startswith("Something went wrong.")
        assert house.mouth.heard[-1] == "hello"


@pytest.mark.parametrize("text", ["stop", "be quiet"])
async def test_stop_says_nothing(tmp_path, text):
    async with session(tmp_path, text) as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, IntentEnd))
        await quiet(house)
        assert house.mouth.heard == []


async def test_the_assistant_works_without_any_subscriber(tmp_path):
    async with session(tmp_path, "say hello") as house:
        house.bus.publish = lambda _event: None
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard == ["hello"])


async def test_the_end_of_the_source_ends_the_session_when_all_is_said(tmp_path):
    async with session(tmp_path, "say hello") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        house.ears[0].finish()
        await until(house.session.ended.is_set)
        await until(lambda: house.mouth.heard == ["hello"])


async def test_mute_and_unmute_in_one_breath_leave_the_ears_open(tmp_path):
    async with session(tmp_path, "say hello") as house:
        await until(lambda: house.session.state == "idle")
        house.session.mute(on=True)
        house.session.mute(on=False)
        await until(lambda: house.ears[0].closed)
        house.ears[1].wake()
        house.ears[1].speak()
        await until(lambda: house.mouth.heard == ["hello"])


async def test_mute_while_listening_drops_what_was_heard(tmp_path):
    async with session(tmp_path, "say hello") as house:
        house.ears[0].wake()
        await until(lambda: house.session.state == "listening")
        house.session.mute(on=True)
        await quiet(house)
        await until(lambda: house.session.state == "muted")
        assert house.mouth.heard == []


async def test_push_to_talk_over_a_reply_and_stop_while_listening(tmp_path):
    async with session(tmp_path, "say hello") as house:
        house.mouth.hold = True
        house.session.typed("say a long story", "en", new_id())
        await house.mouth.talking.wait()
        house.session.listen()
        await until(lambda: of(house, Listening))
        assert of(house, Listening)[0].trigger == "push_to_talk"
        assert house.mouth.stopped == ["a long story"]
        house.session.silence()
        await quiet(house)
        assert house.ears[0].posted[-1] == {"type": "drop"}
        assert house.session.state == "idle"


async def test_a_recogniser_that_never_answers_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("daemon.turn.LONGEST_DECODE_S", 0.05)
    async with session(tmp_path, asyncio.Event(), "say hello") as house:
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: house.mouth.heard)
        assert "gave no answer" in house.mouth.heard[0]


async def test_troubles_are_told_in_the_language_of_the_question(tmp_path):
    async with session(tmp_path) as house:
        house.ears[0].put("source", state="lost", why="ears.no_microphone", values={})
        await until(lambda: house.session.state == "error")
        house.session.typed("как дела у тебя, статус", "ru", new_id())
        house.session.typed("статус", "ru", new_id())
        await until(lambda: len(house.mouth.heard) == 2)
        assert "икрофон" in house.mouth.heard[-1]


async def test_a_microphone_that_gives_nothing_is_named_and_well_again(tmp_path):
    async with session(tmp_path) as house:
        house.ears[0].put("signal", why="ears.only_silence")
        await until(lambda: of(house, PartChanged)[-1].health == "degraded")
        assert "only silence" in house.session.troubles("en")[0]
        assert house.session.state == "idle", "typed requests and a wake word still count"
        house.ears[0].put("signal", why="")
        await until(lambda: of(house, PartChanged)[-1].health == "ok")
        assert house.session.troubles("en") == []


async def test_what_an_engine_can_not_read_is_translated_and_told(tmp_path):
    async with session(tmp_path, reads=("en",)) as house:
        house.session.typed("нарисуй рыжую лису в снегу", "ru", "t1")
        await until(lambda: of(house, ArtifactReady))
        await until(lambda: len(house.mouth.heard) == 2)
        await quiet(house)
        job = house.jobs.get(of(house, ArtifactReady)[0].job)
        assert (job.request["prompt"], job.request["translation"]) == ("рыжую лису в снегу", "a red fox in the snow")
        assert "по-английски: a red fox in the snow" in house.mouth.heard[1]
        assert "рыжую лису в снегу" in house.mouth.heard[1]


async def test_what_nothing_can_translate_is_told_and_not_made(tmp_path):
    async with session(tmp_path, reads=("en",)) as house:
        house.session.typed("нарисуй кракозябру", "ru", "t1")
        await until(lambda: house.mouth.heard)
        await quiet(house)
        assert "только английский" in house.mouth.heard[0]
        assert not of(house, JobChanged)
        house.session.typed("draw a fox", "en", "t2")
        await until(lambda: of(house, ArtifactReady))
        assert "translation" not in house.jobs.get(of(house, ArtifactReady)[0].job).request


async def test_an_engine_that_reads_all_gets_the_words_as_they_were_said(tmp_path):
    async with session(tmp_path) as house:
        house.session.typed("нарисуй кракозябру", "ru", "t1")
        await until(lambda: of(house, ArtifactReady))
        assert house.maker.made == ["кракозябру"]


async def test_what_was_said_is_heard_in_english_for_an_engine_that_reads_only_that(tmp_path):
    async with session(tmp_path, "нарисуй кракозябру под ёлкой", reads=("en",)) as house:
        house.hearing.english = "Hey combine, draw a monster under a fir tree."
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, ArtifactReady))
        await until(lambda: len(house.mouth.heard) == 2)
        job = house.jobs.get(of(house, ArtifactReady)[0].job)
        assert (job.request["prompt"], job.request["language"]) == ("кракозябру под ёлкой", "ru")
        assert job.request["translation"] == "a monster under a fir tree"
        assert "по-английски: a monster under a fir tree" in house.mouth.heard[1]
        assert house.hearing.kept == [True]


@pytest.mark.parametrize("english", [None, EngineError("translate.none"), ""])
async def test_what_can_not_be_heard_in_english_is_translated_otherwise(tmp_path, english):
    async with session(tmp_path, "нарисуй рыжую лису", "нарисуй кракозябру", reads=("en",)) as house:
        house.hearing.english = english
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, ArtifactReady))
        await until(lambda: len(house.mouth.heard) == 2)
        await quiet(house)
        assert house.jobs.get(of(house, ArtifactReady)[0].job).request["translation"] == "a red fox"
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: len(house.mouth.heard) == 3)
        assert "только английский" in house.mouth.heard[2]
        assert len(of(house, ArtifactReady)) == 1


async def test_it_is_heard_once_where_all_languages_are_read(tmp_path):
    async with session(tmp_path, "нарисуй кракозябру") as house:
        house.hearing.english = AssertionError("nobody should ask")
        house.ears[0].wake()
        house.ears[0].speak()
        await until(lambda: of(house, ArtifactReady))
        assert house.maker.made == ["кракозябру"]
        assert house.hearing.kept == [False]
