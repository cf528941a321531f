"""Everything that can happen in a session, past tense and frozen.

`t_s` is the session's own time in seconds since it started, taken where the thing happened; time
between an interruption and its resumption does not count. The journal is a list of these.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from voice_interviewer.core.asking import beginning
from voice_interviewer.core.assessment import Assessment, FollowUp
from voice_interviewer.core.bank import Pronunciation, Question
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.interviewer import Decision
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Transcript, Word

SessionKind = Literal["interview", "drill"]
Intent = Literal["proceed", "hold", "repeat", "dont_know", "skip", "retake", "retry", "leave"]
EndReason = Literal[
    "key",
    "command",
    "silence",
    "end_of_audio",
    "end_of_input",
    "no_speech",
    "dont_know",
    "skip",
    "retake",
    "time",
    "cut_in",
]
SpokenCommand = Literal["done", "hold", "repeat", "skip"]
Maker = Literal["second_pass", "retranscription"]
Rejudge = Literal["rejudging", "correction", "background"]
FinishReason = Literal["completed", "end_of_input"]
Part = Literal["microphone", "speaker", "voice", "hearing", "judge", "storage"]


class PlanItem(Frozen):
    """One question the session will ask.

    Args:
        focus: ids of the criteria to judge and press; empty means all of them.
        opening: a probe on one criterion, asked right after the prompt (a drill opens with one).
        lead: a few words before the prompt.
        brief: only the beginning of the prompt is said; it was heard before in this session.
        bank_id: the bank it comes from, where that is not the session's.
    """

    question: Question
    section_title: str = ""
    level: str = ""
    focus: tuple[str, ...] = ()
    opening: FollowUp | None = None
    lead: str = ""
    brief: bool = False
    bank_id: str = ""

    @property
    def text(self) -> str:
        """What the interviewer opens with, as the screen shows it."""
        return self._opened_with(self.question.prompt)

    @property
    def say(self) -> str:
        """The same as the voice reads it."""
        return self._opened_with(self.question.say or self.question.prompt)

    @property
    def criteria(self) -> tuple[str, ...]:
        """Ids of the criteria that this item judges."""
        return self.focus or tuple(criterion.id for criterion in self.question.criteria)

    def _opened_with(self, prompt: str) -> str:
        probe = self.opening.text if self.opening is not None else ""
        if self.brief:
            prompt = f'"{beginning(prompt)} …"'
        return " ".join(part for part in (self.lead, prompt, probe) if part)


class BaseEvent(Frozen):
    """What all events share."""

    t_s: float = 0.0


class SessionStarted(BaseEvent):
    """A session began. Carries the questions whole, so a journal needs no bank to be replayed.

    `fork_of` is the session that this one takes up again; with `fork_turn` the turns before that
    one are copies of its turns. Within `undo_s` after a prompt began the answer before it can be
    taken up again.
    """

    type: Literal["SessionStarted"] = "SessionStarted"
    session_id: str
    at: str
    kind: SessionKind = "interview"
    bank_id: str
    bank_title: str
    plan: tuple[PlanItem, ...] = Field(min_length=1)
    pronunciations: tuple[Pronunciation, ...] = ()
    follow_up_limit: int = Field(default=2, ge=0)
    candidate: str = "typed"
    voice: str = "silent"
    judge: str = "embedded"
    headphones: bool = False
    undo_s: float = 2.0
    drill_of: str | None = None
    fork_of: str | None = None
    fork_turn: int | None = None
    style: Style = Style(acknowledge=False)


class SessionResumed(BaseEvent):
    """An interrupted session goes on where it stood.

    `found` names recordings of the answer that was being taken of which no event was kept, as the
    program was killed in that moment; they belong to it.
    """

    type: Literal["SessionResumed"] = "SessionResumed"
    at: str
    found: tuple[str, ...] = ()


class IntentReceived(BaseEvent):
    """The candidate pressed a key (or a script did)."""

    type: Literal["IntentReceived"] = "IntentReceived"
    intent: Intent


class QuestionAsked(BaseEvent):
    """The prompt's first sample was played, or its text shown where it cannot be heard."""

    type: Literal["QuestionAsked"] = "QuestionAsked"
    turn_id: int
    voice: str
    audible: bool
    notice: str = ""


class PromptWorded(BaseEvent):
    """A model found other words for the prompt that is being said; `text` is all of them so far."""

    type: Literal["PromptWorded"] = "PromptWorded"
    turn_id: int
    text: str


class PromptEnded(BaseEvent):
    """The interviewer fell silent; `cut` when a key stopped the voice."""

    type: Literal["PromptEnded"] = "PromptEnded"
    turn_id: int
    cut: bool = False


class AnswerStarted(BaseEvent):
    """Listening began. `recording` is relative to the session folder; None for typed answers."""

    type: Literal["AnswerStarted"] = "AnswerStarted"
    turn_id: int
    recording: str | None = None
    source: str = ""


class SpeechCommitted(BaseEvent):
    """Words that will not change any more on screen."""

    type: Literal["SpeechCommitted"] = "SpeechCommitted"
    turn_id: int
    words: tuple[Word, ...]


class CommandSpoken(BaseEvent):
    """The candidate told the interviewer something instead of answering ("that's my answer").

    What stands from `start_s` to `end_s` (seconds of the turn's recordings put together) is no part
    of the answer.
    """

    type: Literal["CommandSpoken"] = "CommandSpoken"
    turn_id: int
    command: SpokenCommand
    start_s: float
    end_s: float


class SpeechOverheard(BaseEvent):
    """The candidate spoke while nobody was listening for an answer; it began at `onset_t_s`.

    `turn_id` is the turn that was over, or being asked, when the ear was opened; None in journals
    of versions that did not tell.
    """

    type: Literal["SpeechOverheard"] = "SpeechOverheard"
    onset_t_s: float
    turn_id: int | None = None


class AnswerPaused(BaseEvent):
    """Listening stopped for a moment (the question is repeated); the same answer goes on."""

    type: Literal["AnswerPaused"] = "AnswerPaused"
    turn_id: int


class AnswerEnded(BaseEvent):
    """The answer is over. `speech_end_t_s` is the session time of the last speech heard."""

    type: Literal["AnswerEnded"] = "AnswerEnded"
    turn_id: int
    reason: EndReason
    speech_end_t_s: float | None = None
    lost_frames: int = 0


class AnswerTranscribed(BaseEvent):
    """The final transcript of the whole answer, which is judged.

    `attempt` counts how often the answer had been reopened when this was begun.
    """

    type: Literal["AnswerTranscribed"] = "AnswerTranscribed"
    turn_id: int
    attempt: int = 0
    transcript: Transcript


class TranscriptAdded(BaseEvent):
    """The same answer heard once more: with more time, or later by another model.

    `work` is a hash of all that the transcript was made from; who would make the same again may
    leave it. Empty where nobody asked.
    """

    type: Literal["TranscriptAdded"] = "TranscriptAdded"
    turn_id: int
    attempt: int = 0
    made_by: Maker
    transcript: Transcript
    work: str = ""


class AnswerAssessed(BaseEvent):
    """The judge's verdicts on one answer; `attempt` as in `AnswerTranscribed`."""

    type: Literal["AnswerAssessed"] = "AnswerAssessed"
    turn_id: int
    attempt: int = 0
    assessment: Assessment


class AssessmentAdded(BaseEvent):
    """The same answer judged once more, later; this is what counts from now on.

    `transcript` is what was judged where it was another one than before (corrected, or heard by
    another model); the evidence names its words. `work` as in `TranscriptAdded`. `attempt` as in
    `AnswerTranscribed` where a judge was slow; None where the session was over, so that no answer
    could be reopened.
    """

    type: Literal["AssessmentAdded"] = "AssessmentAdded"
    turn_id: int
    attempt: int | None = None
    made_by: Rejudge
    assessment: Assessment
    transcript: Transcript | None = None
    work: str = ""


class WordCorrected(BaseEvent):
    """The candidate put right what was misheard: word number `word` of the judged transcript.

    An empty `text` takes the word out. The transcript itself stays as it was heard.
    """

    type: Literal["WordCorrected"] = "WordCorrected"
    turn_id: int
    word: int = Field(ge=0)
    text: str = Field(max_length=80)


class NextDecided(BaseEvent):
    """What follows the answer of this turn, and by which rule."""

    type: Literal["NextDecided"] = "NextDecided"
    turn_id: int
    decision: Decision


class AnswerAcknowledged(BaseEvent):
    """The first sample of a few neutral words after the answer was played."""

    type: Literal["AnswerAcknowledged"] = "AnswerAcknowledged"
    turn_id: int
    text: str


class CriteriaHeard(BaseEvent):
    """Criteria that the answer in progress has met, as far as can be told while it goes on."""

    type: Literal["CriteriaHeard"] = "CriteriaHeard"
    turn_id: int
    attempt: int = 0
    criteria: tuple[str, ...]


class TimeCalled(BaseEvent):
    """The time for the question is over while its answer goes on."""

    type: Literal["TimeCalled"] = "TimeCalled"
    turn_id: int
    attempt: int = 0


class NoticeRaised(BaseEvent):
    """Something worth telling that does not stop the interview."""

    type: Literal["NoticeRaised"] = "NoticeRaised"
    part: Part
    message: str
    hint: str = ""


class PartFailed(BaseEvent):
    """A part failed and the session waits: `retry` tries again, `leave` stops for later.

    `choices` names what could be used instead (microphones). With `doing` it counts only while the
    turn is still at that, in the same attempt: what nobody waits for any more may fail.
    """

    type: Literal["PartFailed"] = "PartFailed"
    part: Part
    message: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    doing: Literal["transcribing", "assessing"] | None = None
    turn_id: int | None = None
    attempt: int | None = None


class MicrophoneChosen(BaseEvent):
    """The candidate goes on with the microphone of this name."""

    type: Literal["MicrophoneChosen"] = "MicrophoneChosen"
    name: str


class SessionInterrupted(BaseEvent):
    """The session stopped before its end and can be resumed."""

    type: Literal["SessionInterrupted"] = "SessionInterrupted"
    reason: str


class SessionFinished(BaseEvent):
    """The session is over, unless the last answer was reopened since that was decided.

    `attempt` counts how often it had been reopened; None in journals of versions that could not.
    """

    type: Literal["SessionFinished"] = "SessionFinished"
    reason: FinishReason
    attempt: int | None = None


Event = Annotated[
    SessionStarted
    | SessionResumed
    | IntentReceived
    | QuestionAsked
    | PromptWorded
    | PromptEnded
    | AnswerStarted
    | SpeechCommitted
    | CommandSpoken
    | SpeechOverheard
    | AnswerPaused
    | AnswerEnded
    | AnswerTranscribed
    | TranscriptAdded
    | AnswerAssessed
    | AssessmentAdded
    | WordCorrected
    | NextDecided
    | AnswerAcknowledged
    | CriteriaHeard
    | TimeCalled
    | NoticeRaised
    | PartFailed
    | MicrophoneChosen
    | SessionInterrupted
    | SessionFinished,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
