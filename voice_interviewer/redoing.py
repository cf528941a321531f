"""Past answers judged or heard once more: every result is another event, nothing is overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from voice_interviewer.archive.journal import JournalFile, read_journal
from voice_interviewer.archive.store import JOURNAL, put_in_order, recording
from voice_interviewer.core import events as ev
from voice_interviewer.core import issuing
from voice_interviewer.core.assessment import Assessment, Verdict, proven
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.session import State, Turn, transition
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.errors import InterviewerError, JudgeError, StorageError, UsageError
from voice_interviewer.judging.fallback import MATCHED_INSTEAD
from voice_interviewer.redone import Change, Redone

if TYPE_CHECKING:
    from voice_interviewer.core.ports import Judge
    from voice_interviewer.hearing.rehearing import Rehearing

Text = Literal["latest", "first"]


class PastSession:
    """A finished or interrupted session that is added to. Raises StorageError where it is open.

    Use it as a context: leaving it lets go of the journal and puts `transcript.md` in order.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = State()
        self._results: dict[str, ev.Event] = {}
        self._counting: dict[int, str] = {}
        self._journal = JournalFile(folder / JOURNAL)
        try:
            for event in read_journal(folder / JOURNAL):
                self._take(event)
            if self.state.status == "new":
                raise StorageError(f"Session {folder.name} is empty.", "Start another interview.")
        except InterviewerError:
            self._journal.close()
            raise

    def __enter__(self) -> PastSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()
        put_in_order(self.folder, self.state)

    def add(self, event: ev.Event) -> None:
        """Make one more event durable. Raises StorageError."""
        self._journal.append(event)
        self._take(event)

    def result_of(self, work: str) -> ev.Event | None:
        """What came of this work when it was done before; None where it never was."""
        return self._results.get(work)

    def counts(self, turn_id: int, work: str) -> bool:
        """True where the judgement of a turn that counts is the one that came of this work."""
        return self._counting.get(turn_id) == work

    def _take(self, event: ev.Event) -> None:
        self.state, _ = transition(self.state, event)
        if isinstance(event, ev.AssessmentAdded):
            self._counting[event.turn_id] = event.work
        if isinstance(event, ev.AssessmentAdded | ev.TranscriptAdded) and event.work:
            self._results[event.work] = event

    def turn(self, turn_id: int) -> Turn:
        """A turn that was answered. Raises UsageError."""
        found = next((t for t in self.state.turns if t.id == turn_id), None)
        if found is None or found.transcript is None:
            answered = [str(t.id) for t in self.state.turns if t.transcript is not None]
            raise UsageError(
                f"Session {self.state.session_id} has no answer in turn {turn_id}.",
                f"There are answers in: {', '.join(answered) or 'none'}.",
            )
        return found


def rejudge(
    past: PastSession,
    judge: Judge,
    params: dict[str, Any],
    *,
    text: Text = "latest",
    turn_id: int | None = None,
    made_by: ev.Rejudge = "rejudging",
) -> Redone:
    """Judge the answers of a session again.

    Args:
        params: what the judgement depends on beside the answer (judge, model, server); goes into
            the key by which the same work is not done twice.
        text: the latest transcript of each answer, corrections included, or the first one.
        turn_id: only this turn.

    What was judged in just this way before is not judged again: it counts again. Raises JudgeError
    where the judge that was asked for could not; what was judged before is kept.
    """
    result = Redone(past.state.session_id)
    for turn in past.state.turns:
        if turn.transcript is None or turn.ended == "retake" or turn_id not in (None, turn.id):
            continue
        transcript = transcript_of(turn, text)
        command = _as_then(past.state, turn, transcript)
        work = work_key("judge", command.model_dump(mode="json"), params)
        known = past.result_of(work)
        if isinstance(known, ev.AssessmentAdded):
            result.left += 1
            if past.counts(turn.id, work):
                continue
            assessment = known.assessment
        else:
            assessment = proven(_judged(judge, command, params), transcript, dict(command.standing))
            result.done += 1
        result.changes += _changes(past.state, turn, assessment)
        result.judged_by += [assessment.by] if assessment.by not in result.judged_by else []
        past.add(
            ev.AssessmentAdded(
                t_s=past.state.t_s,
                turn_id=turn.id,
                made_by=made_by,
                assessment=assessment,
                transcript=None if transcript == turn.judged else transcript,
                work=work,
            )
        )
    return result


def retranscribe(past: PastSession, rehearing: Rehearing, params: dict[str, Any]) -> Redone:
    """Hear the recordings of a session again, turn by turn. Raises InterviewerError."""
    result = Redone(past.state.session_id)
    for turn in past.state.turns:
        if not turn.recordings or turn.ended is None:
            continue
        terms = past.state.plan[turn.item].question.terms
        sound = [_digest(past.folder, name) for name in turn.recordings]
        work = work_key("hear", [turn.id, sound, terms, turn.removed], params)
        if past.result_of(work) is not None:
            result.left += 1
            continue
        transcript = rehearing.hear(turn.recordings, terms, turn.removed)
        past.add(
            ev.TranscriptAdded(
                t_s=past.state.t_s,
                turn_id=turn.id,
                attempt=turn.attempt,
                made_by="retranscription",
                transcript=transcript,
                work=work,
            )
        )
        result.heard[turn.id] = transcript.text
        result.done += 1
    return result


def correct(past: PastSession, turn_id: int, word: int, text: str) -> None:
    """Put a misheard word right; an empty text takes it out. Raises UsageError."""
    turn = past.turn(turn_id)
    heard = turn.judged or turn.transcript
    count = len(heard.words) if heard is not None else 0
    said = " ".join(text.split())
    if not 0 <= word < count:
        raise UsageError(
            f"The answer in turn {turn_id} has no word {word}.",
            f"Words count from 0 to {count - 1}." if count else "Nothing was heard in it.",
        )
    if len(said) > _MOST_LETTERS or not said.isprintable():
        raise UsageError("That is no word.", f"Give at most {_MOST_LETTERS} printable letters.")
    event = ev.WordCorrected(t_s=past.state.t_s, turn_id=turn_id, word=word, text=said)
    past.add(event)


def transcript_of(turn: Turn, text: Text) -> Transcript:
    """The transcript to judge: the first one, or the latest."""
    transcript = turn.transcript if text == "first" else turn.latest
    assert transcript is not None, "only answers that were heard are judged"
    return transcript


def work_key(what: str, *parts: Any) -> str:
    """A hash of all that a result is made from."""
    return hashlib.sha256(json.dumps([what, *parts], sort_keys=True).encode()).hexdigest()


_MOST_LETTERS = 80


def _judged(judge: Judge, command: Assess, params: dict[str, Any]) -> Assessment:
    """The assessment by the judge that was asked for, never by one that took over."""
    assessment = judge.assess(command)
    took_over = params.get("judge") != "embedded" and assessment.judge == "embedded"
    if took_over and not command.transcript.empty:
        reason = assessment.notice or "This model only words follow-ups and judges nothing."
        kept = reason.replace(f", {MATCHED_INSTEAD}", "; what was judged before counts", 1)
        raise JudgeError(kept, "Try `voice-interviewer judge-test`, or --judge embedded.")
    return assessment


def _as_then(state: State, turn: Turn, transcript: Transcript) -> Assess:
    """The command as it was given after this answer, with this transcript of it."""
    again = turn.model_copy(update={"transcript": transcript, "assessment": None})
    before = tuple(t for t in state.turns if t.id < turn.id)
    return issuing.assess(state.model_copy(update={"turns": (*before, again)}), again)


def _changes(state: State, turn: Turn, new: Assessment) -> Iterator[Change]:
    question = state.plan[turn.item].question
    for verdict in new.verdicts:
        old = turn.assessment.of(verdict.criterion_id) if turn.assessment else None
        before: Verdict = old.verdict if old is not None else "missed"
        if before != verdict.verdict:
            quote = verdict.evidence[0].quote if verdict.evidence else ""
            label = question.criterion(verdict.criterion_id).label
            yield Change(turn.id, label, before, verdict.verdict, quote)


def _digest(folder: Path, name: str) -> str:
    path = recording(folder, name)
    if path is None:
        return f"gone: {name}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
