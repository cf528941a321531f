"""Finds the two answers that are to be compared, anywhere in the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from voice_interviewer.comparing import Reference, Take, reference, takes_of
from voice_interviewer.core.session import State
from voice_interviewer.errors import UsageError

NOT_YET = "Answer it again: take it again in an interview, or begin another one."


def two_takes(
    first: str | None,
    second: str | None,
    state_of: Callable[[str], State],
    newest: Callable[[], Iterator[State]],
) -> tuple[Take, Take]:
    """The two answers that these references name.

    Without `second`, the other is the latest answer to the same question; without both, they are
    the two latest answers to whichever question was answered again last. The one given earlier then
    comes first.

    Args:
        first, second: `SESSION[:question-id][#take]`.
        state_of: a session by its name.
        newest: all sessions that can be read, the newest first.

    Raises:
        InterviewerError: when a reference names nothing, or no question was answered twice.
    """
    if first is None:
        return _latest_pair(newest())
    wanted = reference(first)
    state = state_of(wanted.session)
    if second is not None:
        other = reference(second)
        return _named(wanted, state, other, state_of(other.session))
    for take in reversed(_matching(wanted, state)):
        beside = _other_than(take, newest())
        if beside is not None:
            return _in_order(take, beside)
    raise UsageError(f"No question of {first} was answered a second time.", NOT_YET)


def _named(one: Reference, state: State, other: Reference, other_state: State) -> tuple[Take, Take]:
    """Both takes of the one question that both references can mean."""
    question = one.question or other.question
    firsts = _matching(Reference(one.session, question, one.take), state)
    seconds = _matching(
        Reference(other.session, other.question or question, other.take), other_state
    )
    if one.question and other.question:
        return firsts[-1], seconds[-1]
    shared = {t.question_id for t in firsts} & {t.question_id for t in seconds}
    if len(shared) != 1:
        named = ", ".join(sorted(shared))
        raise UsageError(
            f"Both sessions answer {named}." if shared else "They have no question in common.",
            "Name the question: SESSION:question-id.",
        )
    return (
        next(t for t in reversed(firsts) if t.question_id in shared),
        next(t for t in reversed(seconds) if t.question_id in shared),
    )


def _matching(wanted: Reference, state: State) -> tuple[Take, ...]:
    """The takes of a session that a reference can mean, in order. Raises UsageError for none."""
    answered = takes_of(state)
    found = tuple(
        take
        for take in answered
        if wanted.question in (None, take.question_id) and wanted.take in (None, take.number)
    )
    if not found:
        names = ", ".join(dict.fromkeys(f"{t.question_id}#{t.number}" for t in answered))
        raise UsageError(
            f"Session {state.session_id} has no such answer.",
            f"It has: {names}." if names else "Nothing in it was answered.",
        )
    return found


def _latest_pair(sessions: Iterator[State]) -> tuple[Take, Take]:
    latest: dict[str, Take] = {}
    for state in sessions:
        for take in reversed(takes_of(state)):
            beside = latest.setdefault(take.question_id, take)
            if _differ(beside, take):
                return take, beside
    raise UsageError("No question was answered twice yet.", NOT_YET)


def _other_than(take: Take, sessions: Iterator[State]) -> Take | None:
    """The latest answer to the same question that is not this one or a copy of it."""
    return next(
        (
            other
            for state in sessions
            for other in reversed(takes_of(state))
            if other.question_id == take.question_id and _differ(other, take)
        ),
        None,
    )


def _differ(one: Take, other: Take) -> bool:
    """True unless one has nothing but what the other has too, as a fork not yet answered."""
    said, also_said = set(one.said), set(other.said)
    return not (said <= also_said or also_said <= said)


def _in_order(one: Take, other: Take) -> tuple[Take, Take]:
    first, second = sorted((one, other), key=_begun)
    return first, second


def _begun(take: Take) -> tuple[str, str, int]:
    """Sorts takes as they were begun; of one second, the later session has the greater id."""
    return take.state.at, take.state.session_id, take.number
