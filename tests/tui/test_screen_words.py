"""What the screens say, as plain functions of values."""

from __future__ import annotations

import pytest
from tui_data import assessing, finished, finished_events, follow_up, listening

from voice_interviewer.core.events import SessionFinished
from voice_interviewer.core.ports import Level
from voice_interviewer.core.session import fold
from voice_interviewer.desk import SessionRow
from voice_interviewer.tui.messages import SignalCame
from voice_interviewer.tui.playing import Relay
from voice_interviewer.tui.safe import hanging, ink
from voice_interviewer.tui.screens.history_lines import session_line
from voice_interviewer.tui.screens.situation import Situation
from voice_interviewer.tui.widgets.phase import bar, meter
from voice_interviewer.tui.words import (
    local_time,
    missed_labels,
    row_result,
    row_status,
    soft_time,
)


@pytest.mark.parametrize(
    ("elapsed_s", "minutes", "said"),
    [
        (None, 3.0, "about 3:00"),
        (None, None, ""),
        (0.0, 3.0, "00:00 of about 3:00"),
        (102.9, 3.0, "01:42 of about 3:00"),
        (180.0, 3.0, "03:00 of about 3:00"),
        (181.0, 3.0, "03:01, a little over 3:00"),
        (270.0, 3.0, "04:30, well over 3:00"),
        (21.0, None, "00:21"),
        (-5.0, 1.5, "00:00 of about 1:30"),
    ],
)
def test_the_clock_changes_its_words(
    elapsed_s: float | None, minutes: float | None, said: str
) -> None:
    assert soft_time(elapsed_s, minutes) == said


def test_the_clock_goes_on_only_while_the_candidate_may_answer() -> None:
    assert Situation(state=fold(listening())).clock(7.0) == "01:38 of about 3:00"
    assert Situation(state=fold(assessing())).clock(7.0) == "01:43 of about 3:00"
    assert Situation(state=fold(follow_up())).clock(7.0) == ""


def test_the_place_in_the_session() -> None:
    title, rest = Situation(state=fold(follow_up())).place()
    assert title == "AI RLHF Systems Engineer"
    assert rest == "question 1 of 2 · Advanced · follow-up 1"


def test_things_are_put_away_only_once_no_answer_can_be_taken_up_again() -> None:
    answered = [e for e in finished_events() if not isinstance(e, SessionFinished)]
    assert Situation(state=fold(answered)).phase() == "that was the last question"
    assert Situation(state=finished()).phase() == "putting things away"


def test_a_level_begins_with_a_capital_as_titles_of_sections_do() -> None:
    state = fold(follow_up())
    item = state.plan[0].model_copy(update={"level": "any level"})
    lower = state.model_copy(update={"plan": (item, *state.plan[1:])})
    assert Situation(state=lower).place()[1] == "question 1 of 2 · Any level · follow-up 1"


def test_every_line_of_hanging_text_begins_at_the_same_column() -> None:
    lines = hanging(ink("✗ missed   "), ink("one two three four"), 20).plain.split("\n")
    assert lines == ["✗ missed   one two", "           three", "           four"]
    assert hanging(ink("✓ met "), ink("one"), 0).plain.startswith("✓ met o")
    assert hanging(ink("✓ met "), ink(""), 20).plain == "✓ met "


def test_a_line_of_the_history_leaves_out_what_does_not_fit_whole() -> None:
    row = SessionRow("a", "", "A" * 24, "interrupted", "drill", 12, 4.1, 8.6)
    (wide,), (narrow,) = session_line(row, 110), session_line(row, 71)
    assert wide.plain.endswith(f"{'A' * 24} · interrupted · drill · 12 questions")
    assert narrow.plain.endswith(f"{'A' * 24} · interrupted")


def test_the_meter_is_five_bars_high_and_sixteen_long() -> None:
    assert [bar(dbfs) for dbfs in (-200, -60, -50, -40, -30, -20, 0)] == list("▁▁▂▃▅▇▇")
    assert meter([]) == "▁" * 16
    assert meter([-10.0] * 40) == "▇" * 16


def test_levels_are_passed_on_at_most_every_50_ms_and_the_loudest_counts() -> None:
    told: list[float] = []
    now = [0.0]

    def tell(message: object) -> None:
        assert isinstance(message, SignalCame)
        assert isinstance(message.signal, Level)
        told.append(message.signal.dbfs)

    relay = Relay(tell, now_s=lambda: now[0])
    for at_s, dbfs in ((0.0, -50), (0.02, -20), (0.04, -40), (0.06, -45), (0.1, -30)):
        now[0] = at_s
        relay.on_signal(Level(dbfs))
    assert told == [-50, -20]


def test_times_scores_and_labels() -> None:
    assert local_time("2030-01-02T03:04:05Z") == "02 Jan 03:04"
    assert local_time("not a time at all, really") == "not a time at al"
    scores = ((None, None), (7.25, None), (10.0, 10.0), (4.1, 8.6))
    rows = [SessionRow("a", "", "", "finished", "", 2, *least_most) for least_most in scores]
    assert [row_result(row) for row in rows] == ["–", "7.2", "10.0", "4.1 to 8.6"]
    left = rows[0]._replace(status="interrupted")
    assert (row_result(left), row_status(left)) == ("interrupted", "")
    half = rows[1]._replace(status="interrupted")
    assert (row_result(half), row_status(half)) == ("7.2", "interrupted")
    assert missed_labels(finished(), 0) == ("Ensembles of reward models", "Adversarial evaluation")
    assert len(missed_labels(finished())) == 7
