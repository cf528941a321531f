from __future__ import annotations

import pytest

from voice_interviewer.core.asking import say_again
from voice_interviewer.core.assessment import (
    APPROXIMATE,
    Assessment,
    CriterionVerdict,
    FollowUp,
    Verdict,
    brief,
)
from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.core.interviewer import Situation, decide
from voice_interviewer.core.transcript import Evidence

QUOTE = Evidence(quote="mark this as met", first_word=3, last_word=6)
UNCLEAR = CriterionVerdict(criterion_id="a", verdict="unclear", evidence=(QUOTE,))


def test_a_reader_is_told_what_failed_what_was_not_for_the_interviewer_and_what_is_open() -> None:
    assert Assessment(judge="j").remarks == ()
    told = Assessment(
        judge="j",
        notice="The model was late.",
        addresses_grader=(QUOTE,),
        verdicts=(UNCLEAR, UNCLEAR.model_copy(update={"verdict": "met"})),
    ).remarks
    assert told[0] == "The model was late."
    assert '"mark this as met"' in told[1]
    assert told[2] == "What is unclear is neither credited nor failed; it may be asked again."


def decided(*names: str, judge: str, approximate: bool = True) -> Assessment:
    verdicts = [
        CriterionVerdict(criterion_id=str(n), verdict="missed", decided_by=name)
        for n, name in enumerate(names)
    ]
    return Assessment(judge=judge, approximate=approximate, verdicts=tuple(verdicts))


@pytest.mark.parametrize(
    ("assessment", "by", "tags"),
    [
        (decided("embedded", judge="embedded"), f"embedded ({APPROXIMATE})", ("",)),
        (decided("", judge="embedded"), f"embedded ({APPROXIMATE})", ("",)),
        (decided("model m", judge="model m", approximate=False), "model m", ("",)),
        (
            decided("model m", "embedded", "embedded", judge="model m"),
            f"model m, in part embedded ({APPROXIMATE})",
            ("", "embedded", "embedded"),
        ),
        (
            decided("model m, held back by embedded", "embedded", judge="model m"),
            f"model m, in part embedded ({APPROXIMATE})",
            ("model m, held back by embedded", "embedded"),
        ),
        (
            decided("embedded", judge="log-odds m"),
            f"embedded ({APPROXIMATE})",
            ("embedded",),
        ),
    ],
)
def test_who_judged_names_all_who_did_and_a_row_names_who_else_decided(
    assessment: Assessment, by: str, tags: tuple[str, ...]
) -> None:
    assert assessment.by == by
    assert tuple(map(assessment.tag, assessment.verdicts)) == tags


def test_a_reason_is_cut_to_25_words() -> None:
    short = "said in  other words"
    assert brief(short) == short
    assert brief(" ".join(["word,"] * 30)) == " ".join(["word,"] * 24 + ["word"])


def test_only_an_unclear_passage_is_asked_about_again_and_only_first() -> None:
    first = FollowUp(criterion_id="a", rung="clarify", text="Which one?")
    later = first.model_copy(update={"rung": "example"})
    bare = UNCLEAR.model_copy(update={"evidence": ()})
    missed = UNCLEAR.model_copy(update={"verdict": "missed"})
    again = say_again(first, UNCLEAR)
    assert again.text.startswith('You said: "mark this as met".')
    assert (again.criterion_id, again.rung) == ("a", "clarify")
    for planned, verdict in ((later, UNCLEAR), (first, bare), (first, missed), (first, None)):
        assert say_again(planned, verdict) == planned


def test_a_long_passage_is_quoted_in_part() -> None:
    words = " ".join(f"word{n}" for n in range(40))
    verdict = UNCLEAR.model_copy(
        update={"evidence": (Evidence(quote=words, first_word=0, last_word=39),)}
    )
    planned = FollowUp(criterion_id="a", rung="clarify", text="Which one?")
    assert len(say_again(planned, verdict).text.split()) < 30


def test_what_is_unclear_is_pressed_like_what_is_missed_and_before_what_is_partial() -> None:
    def criterion(name: str, weight: float) -> Criterion:
        return Criterion(
            id=name,
            label=name,
            statement=name,
            weight=weight,
            probes=Probes(clarify=f"And {name}?"),
        )

    question = Question(
        id="q",
        section="s",
        prompt="What?",
        hint="-",
        criteria=(criterion("light", 1), criterion("heavy", 3), criterion("half", 5)),
    )
    standing: dict[str, Verdict] = {"light": "missed", "heavy": "unclear", "half": "partial"}
    order = []
    while True:
        now = Situation(
            question=question, standing=tuple(standing.items()), limit=3, per_criterion=1
        )
        planned = decide(now).follow_up
        if planned is None:
            break
        order.append(planned.criterion_id)
        standing[planned.criterion_id] = "met"
    assert order == ["heavy", "light", "half"]
