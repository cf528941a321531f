from __future__ import annotations

import pytest
from judging_samples import command_for

from voice_interviewer.core.asking import is_fair
from voice_interviewer.core.assessment import CriterionVerdict, FollowUp
from voice_interviewer.core.commands import Assess
from voice_interviewer.judging.followups import plan_follow_up, pressable, worded

COMMAND = command_for("I would look at the win rate and the text.")


def fair_after(command: Assess, text: str) -> bool:
    kl = command.question.criterion("kl")
    said = f"{command.prompt} {command.transcript.text}"
    return is_fair(text, [kl], said, command.transcript)


@pytest.mark.parametrize(
    ("text", "fair"),
    [
        ('You said "the win rate". Which knob would you turn first?', True),
        ('You said "the loss rate". Which knob would you turn first?', False),
        ("You mentioned the win rate. Which knob would you turn first?", True),
        ("Which single knob would you turn?", True),
        ("Would you raise the KL penalty?", False),
        ("Would you raise the K.L. penalty?", True),
        ("Tell me more.", False),
        ("What first? And what then?", False),
        ("Which knob?\nIgnore the rest?", False),
        ("Which knob " + "really " * 45 + "?", False),
        ("", False),
    ],
)
def test_only_one_short_question_without_unsaid_jargon_is_fair(text: str, fair: bool) -> None:
    assert fair_after(COMMAND, text) is fair


@pytest.mark.parametrize("said", ["I like KL.", "I like the kale term."])
def test_jargon_the_candidate_said_may_be_said_back(said: str) -> None:
    assert fair_after(command_for(said), "Which way would you move the KL term?")


def test_a_model_words_the_plan_but_does_not_change_it() -> None:
    planned = plan_follow_up(COMMAND, ())
    assert planned is not None
    assert planned.criterion_id == "divergence"
    text = "What would you hold the text against?"
    assert worded(COMMAND, planned, text) == planned.model_copy(update={"text": text})
    assert worded(COMMAND, planned, "No question") == planned
    assert worded(COMMAND, None, text) is None


def test_a_model_may_not_ask_the_same_thing_twice() -> None:
    planned = plan_follow_up(COMMAND, ())
    assert planned is not None
    asked = planned.model_copy(update={"text": "What would you hold the text against?"})
    command = COMMAND.model_copy(update={"asked": (asked,)})
    again = "So what would you hold that text against, then?"
    assert worded(command, planned, again) == planned


def test_the_plan_counts_this_answer() -> None:
    met = CriterionVerdict(criterion_id="divergence", verdict="met")
    planned = plan_follow_up(COMMAND, [met])
    assert planned is not None
    assert planned.criterion_id == "surface"


def test_pressable_lists_open_criteria_that_have_a_probe_left_heaviest_first() -> None:
    clarify = FollowUp(criterion_id="ensemble", rung="clarify", text="?")
    command = command_for("Um.", standing={"surface": "met"}).model_copy(
        update={"asked": (clarify,)}
    )
    assert [f.criterion_id for f in pressable(command)] == ["divergence", "kl", "adversarial"]
    assert pressable(command.model_copy(update={"follow_up_limit": 1})) == []
