"""Whole sessions from verdicts alone: the real fold, no engines, no threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.session import State, transition
from voice_interviewer.core.transcript import Transcript, evidence_from, words_of
from voice_interviewer.drill.reviews import CardKey, Review, reviews_of
from voice_interviewer.drill.schedule import Schedule, card_of

Said = Mapping[str, Verdict]
SILENT: Said = {}


def journal_of(
    opening: ev.SessionStarted, answers: Sequence[Said | str], said: str = "these very words"
) -> list[ev.Event]:
    """The events of a session whose answers earn these verdicts, one mapping a turn.

    An end reason in place of a mapping ends that answer so, without a word and with everything
    missed; `retake` asks the question again. After the last answer nothing more is said.
    """
    events: list[ev.Event] = [opening]
    state, _ = transition(State(), opening)

    def add(event: ev.Event) -> None:
        nonlocal state
        events.append(event)
        state, _ = transition(state, event)

    for answer in answers:
        if state.phase == "done":
            break
        turn = state.turn
        assert turn is not None
        now_s = state.t_s
        add(ev.QuestionAsked(t_s=now_s + 1, turn_id=turn.id, voice="fake", audible=True))
        add(ev.PromptEnded(t_s=now_s + 4, turn_id=turn.id))
        add(ev.AnswerStarted(t_s=now_s + 5, turn_id=turn.id, source="fake"))
        reason = answer if isinstance(answer, str) else "silence"
        heard = Transcript(words=words_of("" if isinstance(answer, str) else said), engine="fake")
        add(ev.AnswerEnded.model_validate({"t_s": now_s + 9, "turn_id": turn.id, "reason": reason}))
        if state.phase != "transcribing":
            continue
        add(ev.AnswerTranscribed(t_s=now_s + 10, turn_id=turn.id, transcript=heard))
        verdicts = tuple(
            _verdict(key, "missed" if isinstance(answer, str) else answer[key], heard)
            for key in state.plan[turn.item].criteria
            if isinstance(answer, str) or key in answer
        )
        judged = Assessment(judge="fake", verdicts=verdicts)
        add(ev.AnswerAssessed(t_s=now_s + 11, turn_id=turn.id, assessment=judged))
    if state.phase == "done":
        add(ev.SessionFinished(t_s=state.t_s, reason="completed"))
    return events


def session(opening: ev.SessionStarted, *answers: Said | str) -> State:
    """The state that such a journal folds to."""
    state = State()
    for event in journal_of(opening, answers):
        state, _ = transition(state, event)
    return state


def schedule_of(states: Iterable[State]) -> Schedule:
    """The cards that these sessions lead to, without anything between."""
    by_key: defaultdict[CardKey, list[Review]] = defaultdict(list)
    for state in states:
        for review in reviews_of(state):
            by_key[review.key].append(review)
    return {key: card_of(reviews) for key, reviews in by_key.items()}


def _verdict(key: str, verdict: Verdict, heard: Transcript) -> CriterionVerdict:
    quotable = verdict in ("met", "partial") and heard.words
    evidence = (evidence_from(heard, 0, len(heard.words) - 1),) if quotable else ()
    return CriterionVerdict(criterion_id=key, verdict=verdict, evidence=evidence)
