"""Progress tells retention, lapses, trend and scores, per section and take by take."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

from drill_sessions import session
from fakes import question, started

from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State
from voice_interviewer.drill.coming import coming
from voice_interviewer.drill.missed import missed_notes
from voice_interviewer.drill.past import past_of
from voice_interviewer.drill.progress import Progress, progress_of
from voice_interviewer.drill.scores import SessionScore, TakeScore
from voice_interviewer.drill.sheet import COLUMNS, csv_of

DAY = date(2030, 1, 20)
APPLES = ev.PlanItem(question=question("apples", [("red", 1.0), ("round", 2.0)]))
BOATS = ev.PlanItem(
    question=question("boats", [("hull", 1.0)]).model_copy(update={"section": "second"}),
    section_title="Second section",
)


def states() -> list[State]:
    def on(day: int, **fields: object) -> ev.SessionStarted:
        return started(
            *(APPLES, BOATS),
            session_id=f"{day:06x}",
            at=f"2030-01-{day:02}T08:00:00Z",
            follow_up_limit=0,
            **fields,
        )

    return [
        session(on(2), {"red": "missed", "round": "met"}, {"hull": "met"}),
        session(on(5), {"red": "met", "round": "partial"}, "skip"),
        session(on(9), {"red": "met", "round": "missed"}, {"hull": "met"}),
    ]


TAKE = TakeScore("small", "apples", "Apples?", "000002", "2030-01-02", "interview", 1, 6.7, 8.0)
INTERVIEW = SessionScore("small", "000002", "2030-01-02", 8.3, 9.0)


def stands(bank_id: str | None = None) -> Progress:
    return progress_of(past_of(states()), DAY, bank_id, takes=[TAKE], interviews=[INTERVIEW])


def test_criteria_stand_in_their_sections() -> None:
    progress = stands()
    shown = [(s.title, [c.key.criterion_id for c in s.criteria]) for s in progress.sections]
    assert shown == [("first", ["red", "round"]), ("Second section", ["hull"])]
    first = progress.sections[0]
    assert first.retention == sum(c.retention for c in first.criteria) / 2


def test_each_criterion_has_its_reviews_lapses_and_trend() -> None:
    by_id = {c.key.criterion_id: c for c in stands().criteria}
    red, round_, hull = by_id["red"], by_id["round"], by_id["hull"]
    assert (red.reviews, red.lapses, red.trend) == (3, 0, "up")
    assert (round_.reviews, round_.lapses, round_.trend) == (3, 1, "down")
    assert (hull.reviews, hull.lapses, hull.trend) == (2, 0, "level")
    assert (round_.retention, round_.is_due, round_.verdict) == (0.0, True, "missed")
    assert 0 < red.retention < 1


def test_the_hardest_are_those_that_were_missed() -> None:
    assert [c.key.criterion_id for c in stands().hardest] == ["round"]


def test_what_was_missed_last_is_harder_than_what_was_said_again() -> None:
    missed, said = stands().hardest[0], stands().criteria[0]
    again = replace(said, verdict="met", lapses=1, difficulty=missed.difficulty + 1)
    half = replace(said, verdict="partial", weak=True, difficulty=1.0)
    section = replace(stands().sections[0], criteria=(again, half, missed))
    assert replace(stands(), sections=(section,)).hardest == (missed, half, again)


def test_retention_is_told_for_the_last_sundays_too() -> None:
    progress = stands()
    assert [day.isoformat() for day in progress.weeks] == ["2030-01-06", "2030-01-13"]
    by_id = {c.key.criterion_id: c.weeks for c in progress.criteria}
    assert by_id["round"][1] == 0.0, "missed on the ninth"
    assert 1 > (by_id["round"][0] or 0) > 0.5, "partly said on the fifth"
    far = progress_of(past_of(states()), date(2030, 12, 1)).weeks
    assert (len(far), far[-1].isoformat()) == (12, "2030-11-24")
    later = progress_of(past_of(states()[2:]), DAY).weeks
    assert [day.isoformat() for day in later] == ["2030-01-13"], "none before the first answer"


def test_one_bank_can_be_looked_at() -> None:
    assert stands("small") == stands()
    other = stands("other")
    assert (other.criteria, other.takes, other.interviews) == ((), (), ())


def test_what_is_coming_counts_due_weak_and_the_next_day() -> None:
    cards = past_of(states()).cards.values()
    soon = coming(cards, DAY)
    assert (soon.due, soon.weak) == (1, 0)
    assert soon.next_day == min(card.due for card in cards if card.due > DAY)
    assert soon.next_count == 1
    assert coming([], DAY).words == "Nothing is due today."


def test_what_never_could_be_made_out_is_something_to_drill() -> None:
    unclear = session(started(APPLES, follow_up_limit=0), {"red": "unclear", "round": "met"})
    soon = progress_of(past_of([unclear]), date(2030, 1, 2)).coming
    assert (soon.due, soon.weak, soon.unclear, soon.something_to_drill) == (0, 0, 1, True)


def test_json_holds_the_same() -> None:
    told = json.loads(json.dumps(stands().as_json()))
    assert told["coming"]["due"] == 1
    criterion = told["sections"][0]["criteria"][1]
    assert criterion["criterion_id"] == "round"
    assert (criterion["retention"], criterion["lapses"]) == (0.0, 1)
    assert told["weeks"] == ["2030-01-06", "2030-01-13"]
    assert len(criterion["weeks"]) == 2
    assert (told["takes"][0]["score"], told["takes"][0]["best_score"]) == (6.7, 8.0)
    assert (told["interviews"][0]["score"], told["interviews"][0]["best_score"]) == (8.3, 9.0)


def test_notes_hold_what_is_weak_with_the_best_words_ever_said() -> None:
    (note,) = missed_notes(past_of(states()))
    assert note.key == ("small", "apples", "round")
    assert note.probe == "What about round?"
    assert note.quote == "these very words"


def test_the_sheet_has_a_row_a_note_and_no_formulas() -> None:
    item = APPLES.question.criteria[0].model_copy(update={"id": "evil", "label": "=2+3"})
    hostile = APPLES.question.model_copy(update={"criteria": (item,)})
    state = session(started(ev.PlanItem(question=hostile)), {"evil": "missed"})
    rows = list(csv.DictReader(io.StringIO(csv_of(missed_notes(past_of([state]))).decode())))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["label"] == "'=2+3"
    assert rows[0]["statement"] == "A strong answer says red."
