"""Data is shown as text: no terminal escape, no markup, no direction trick gets through."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from driving import app_of, until, until_shown
from hypothesis import given
from hypothesis import strategies as st
from snapshots import screen_text
from textual.app import App
from tui_data import QUESTION, ROWS, STARTED, asking, follow_up, listening
from tui_fakes import FOLDER, SURROUNDINGS, BankInfo, FakeDesk, StillLive, folded

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict
from voice_interviewer.core.ports import Interim, Progress
from voice_interviewer.core.transcript import words_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.redone import Change
from voice_interviewer.tui.messages import ReviewWanted
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.visible import clean

EVIL = (
    "\x1b[2J\x1b]0;owned\x07 [@click=app.quit]press[/] [bold red]markup[/] $text "
    "\u202eback\u202c \u200bzero \x9bcsi 漢字かな \U0001f469\u200d\U0001f680 שלום "
    "\ud800 \x00 \r over"
)
SHOWN = "[@click=app.quit]press[/] [bold red]markup[/]"


@given(st.text(st.characters(), max_size=200))
def test_no_control_or_format_character_survives(text: str) -> None:
    for cleaned in (clean(text), clean(text, lines=True).replace("\n", "")):
        assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs") for c in cleaned)
        cleaned.encode("utf-8")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=80))
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert clean(text) == text
    assert ink(text).plain == text


def test_escapes_stay_visible_and_lines_are_kept_only_where_wanted() -> None:
    assert clean("a\x1b[2Jb\tc\nd\u202e") == "a␛[2Jb c d\ufffd"
    assert prose("one\r\ntwo\x1b").plain == "one\ntwo␛"
    assert ink("[b]x[/b]", "bold").spans == [(0, 8, "bold")]


def assert_harmless(app: App[None]) -> None:
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            bad = [c for c in segment.text if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
            assert not bad, (bad, segment.text)
            if segment.style is not None:
                assert "@click" not in segment.style.meta


def evil_question():
    criteria = tuple(
        c.model_copy(update={"label": EVIL, "statement": EVIL}) for c in QUESTION.criteria[:2]
    )
    fields = {"prompt": EVIL, "model_answer": EVIL, "criteria": criteria}
    return QUESTION.model_copy(update=fields)


def evil_start() -> ev.SessionStarted:
    item = STARTED.plan[0].model_copy(
        update={"question": evil_question(), "section_title": EVIL, "level": EVIL}
    )
    return STARTED.model_copy(update={"bank_title": EVIL, "plan": (item,)})


async def test_the_first_screen() -> None:
    around = replace(
        SURROUNDINGS,
        banks=(BankInfo("small", EVIL, 2, 2),),
        microphone=None,
        microphone_problem=EVIL,
        voices=("auto", EVIL),
        defaults=replace(SURROUNDINGS.defaults, voice=EVIL, candidate=f"audio:{EVIL}"),
    )
    rows = (ROWS[0]._replace(title=EVIL, at=EVIL), ROWS[1]._replace(id=EVIL, title=""))
    for size in ((80, 24), (200, 40)):
        async with app_of(FakeDesk(around=around, rows=rows)).run_test(size=size) as pilot:
            await until_shown(pilot, "[@click")
            assert_harmless(pilot.app)
            assert size[0] == 80 or SHOWN in screen_text(pilot.app)


@pytest.mark.parametrize("phase", ["asking", "listening", "transcript", "failed"])
async def test_the_interview(phase: str) -> None:
    begin = [evil_start(), asking()[1].model_copy(update={"notice": EVIL})]
    words = words_of(EVIL)
    heard = [*begin, *listening()[2:4], ev.SpeechCommitted(t_s=9, turn_id=1, words=words)]
    over = ev.AnswerEnded(t_s=10, turn_id=1, reason="key")
    said = ev.AnswerTranscribed(
        t_s=11, turn_id=1, transcript=follow_up()[-2].transcript.model_copy(update={"words": words})
    )
    broke = ev.PartFailed(t_s=12, part="judge", message=EVIL, hint=EVIL)
    events = {
        "asking": begin,
        "listening": heard,
        "transcript": [*heard, over, said],
        "failed": [*heard, broke],
    }[phase]
    signals = (Interim(EVIL), Progress(EVIL))
    live = StillLive(folded(*events), *signals)
    for size in ((80, 24), (200, 60)):
        async with app_of(FakeDesk(), live).run_test(size=size) as pilot:
            await until_shown(pilot, "[bold red]")
            assert_harmless(pilot.app)


async def test_a_session_that_cannot_be_opened() -> None:
    desk = FakeDesk(lives=[InterviewerError(EVIL, EVIL)])
    async with app_of(desk).run_test() as pilot:
        await until_shown(pilot, "A small bank")
        await pilot.press("enter")
        await until_shown(pilot, "[bold red]")
        assert_harmless(pilot.app)


async def test_the_review() -> None:
    start = evil_start()
    heard = follow_up()[-2].transcript.model_copy(update={"words": words_of(EVIL), "engine": EVIL})
    judged = Assessment(
        judge=EVIL,
        notice=EVIL,
        verdicts=tuple(
            CriterionVerdict(criterion_id=c.id, verdict="unclear", why=EVIL)
            for c in start.plan[0].question.criteria
        ),
    )
    state = folded(
        start,
        *listening()[1:4],
        ev.AnswerEnded(t_s=10, turn_id=1, reason="key"),
        ev.AnswerTranscribed(t_s=11, turn_id=1, transcript=heard),
        ev.AnswerAssessed(t_s=12, turn_id=1, assessment=judged),
    )
    desk = FakeDesk(states={"3f9a1c": state})
    desk.redone.changes.append(Change(1, EVIL, "missed", "met", EVIL))
    async with app_of(desk).run_test(size=(120, 90)) as pilot:
        await until_shown(pilot, "A small bank")
        pilot.app.post_message(ReviewWanted(state, FOLDER / "\x1b[31m"))
        await until_shown(pilot, "Judged by")
        await pilot.press("w", "x", "m")
        await until_shown(pilot, "What was heard")
        assert_harmless(pilot.app)
        await pilot.press("j")
        await until_shown(pilot, "missed → met")
        assert_harmless(pilot.app)
        await pilot.press("c")
        await until_shown(pilot, "Take it out")
        assert_harmless(pilot.app)
        assert SHOWN in screen_text(pilot.app)


async def test_what_is_pasted_into_an_answer() -> None:
    from textual.events import Paste

    live = StillLive(folded(STARTED.model_copy(update={"candidate": "typed"}), *listening("")[1:4]))
    async with app_of(FakeDesk(), live).run_test() as pilot:
        await until_shown(pilot, "● your turn")
        pilot.app.post_message(Paste(EVIL))
        await until_shown(pilot, "[bold red]")
        assert_harmless(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(live.typed))
    assert live.typed[0].startswith("␛[2J")
    assert clean(live.typed[0], lines=True) == live.typed[0]
