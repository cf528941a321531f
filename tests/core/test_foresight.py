"""What is rendered while the candidate answers is what will be said next."""

from __future__ import annotations

from fakes import started

from voice_interviewer.core import events as ev
from voice_interviewer.core.acknowledging import acknowledgement
from voice_interviewer.core.foresight import spoken_next
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.style import Interviewer, Style


def listening(style: Style) -> State:
    return fold(
        [
            started(style=style),
            ev.QuestionAsked(t_s=1, turn_id=1, voice="fake", audible=True),
            ev.PromptEnded(t_s=2, turn_id=1, cut=False),
        ]
    )


def test_what_is_needed_first_comes_last() -> None:
    thanks = acknowledgement("silence", 1, 0)
    assert spoken_next(listening(Style())) == (
        ("Tell me about boats?", ""),
        ("What about red?", ""),
        ("What about round?", ""),
        (acknowledgement("dont_know", 1, 0), ""),
        (thanks, ""),
    )


def test_a_panel_prepares_each_line_in_the_voice_that_will_say_it() -> None:
    panel = Style(
        acknowledge=True,
        interviewers=(
            Interviewer(name="Maya", voice=""),
            Interviewer(name="Tom", voice="kokoro:am_adam", interests=("clarify",)),
        ),
    )
    voices = [voice for _, voice in spoken_next(listening(panel))]
    assert voices == ["kokoro:am_adam", "kokoro:am_adam", "kokoro:am_adam", "", ""]


def test_without_acknowledgements_none_is_prepared() -> None:
    lines = spoken_next(listening(Style(acknowledge=False)))
    assert [say for say, _ in lines] == [
        "Tell me about boats?",
        "What about red?",
        "What about round?",
    ]


def test_before_anything_was_asked_there_is_nothing_to_prepare() -> None:
    assert spoken_next(State()) == ()
