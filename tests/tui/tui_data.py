"""One interview with fixed words and times, as it looks at several moments."""

from __future__ import annotations

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Transcript, Word, find_quote, words_of
from voice_interviewer.desk import SessionRow


def _criterion(criterion_id: str, label: str, statement: str, clarify: str) -> Criterion:
    return Criterion(
        id=criterion_id,
        label=label,
        statement=statement,
        probes=Probes(clarify=clarify, tradeoff=clarify),
    )


QUESTION = Question(
    id="overoptimisation",
    section="reward",
    prompt="How would you tell that a policy has started to exploit its reward model, and what "
    "would you change first?",
    hint="Wants a held-out signal and an order of remedies.",
    minutes=3,
    criteria=(
        _criterion(
            "held-out",
            "Watches reward against a held-out signal",
            "The trained reward rises while a held-out judgement stays flat or falls.",
            "What would you compare the reward with?",
        ),
        _criterion(
            "length",
            "Names output length as an exploit",
            "Length is the commonest exploit: normalise for it or penalise it.",
            "Which outputs would you look at first?",
        ),
        _criterion(
            "kl",
            "Uses the KL penalty as the first lever",
            "A stronger KL penalty, or earlier stopping, is the first thing to change.",
            "You mentioned the KL term: which way would you move it, and what would you expect "
            "to see first?",
        ),
        _criterion(
            "ensembles",
            "Ensembles of reward models",
            "Several reward models that disagree show where the policy left their data.",
            "What would a second reward model tell you?",
        ),
        _criterion(
            "adversarial",
            "Adversarial evaluation",
            "Searches on purpose for outputs that score high and are bad.",
            "How would you look for trouble on purpose?",
        ),
    ),
    model_answer="I watch the proxy reward against win rate on a held-out judge.\n"
    "When they part, I raise the KL coefficient and check length first.",
)
SECOND = QUESTION.model_copy(
    update={"id": "kl-control", "prompt": "Why is there a KL term in the objective at all?"}
)

HEARD = (
    "so the first thing I'd look at is reward going up while the win rate against the reference "
    "stays flat, that's the classic divergence … I'd also check the length of outputs because "
    "reward models like long answers and then the KL term"
)
MORE = "I would raise it and expect reward to drop a little before the win rate moves"

STARTED = ev.SessionStarted(
    session_id="3f9a1c",
    at="2030-01-02T03:04:05Z",
    bank_id="rlhf",
    bank_title="AI RLHF Systems Engineer",
    plan=(
        ev.PlanItem(question=QUESTION, section_title="Reward modelling", level="Advanced"),
        ev.PlanItem(question=SECOND, section_title="Policy optimisation", level="Expert"),
    ),
    candidate="mic",
    voice="hibari",
    judge="embedded",
    follow_up_limit=1,
)


def spoken(text: str, doubtful: tuple[str, ...] = ()) -> Transcript:
    """A transcript of half a second a word; words that begin with one of `doubtful` are unsure."""
    words = tuple(
        Word(
            text=word.text,
            start_s=i * 0.5,
            end_s=i * 0.5 + 0.4,
            probability=0.3 if doubtful and word.text.startswith(doubtful) else 0.98,
        )
        for i, word in enumerate(words_of(text))
    )
    return Transcript(words=words, engine="tiny.en", audio_s=len(words) * 0.5)


def verdict(
    transcript: Transcript, criterion_id: str, mark: Verdict, quote: str = "", why: str = ""
) -> CriterionVerdict:
    """A verdict that rests on a quote of the transcript."""
    found = find_quote(transcript, quote) if quote else None
    return CriterionVerdict(
        criterion_id=criterion_id,
        verdict=mark,
        evidence=(found,) if found else (),
        why=why,
        decided_by="embedded",
    )


_FIRST = spoken(HEARD, doubtful=("reward models",))
_JUDGED = Assessment(
    judge="embedded",
    approximate=True,
    verdicts=(
        verdict(_FIRST, "held-out", "met", "reward going up while the win rate"),
        verdict(_FIRST, "length", "met", "check the length of outputs"),
        verdict(_FIRST, "kl", "partial", "and then the KL term"),
        verdict(_FIRST, "ensembles", "unclear", "reward models like long answers"),
        verdict(_FIRST, "adversarial", "missed"),
    ),
    notice="The model did not answer in 20 s; the embedded judge took over.",
)


def asking() -> list[ev.Event]:
    """The first question is being said."""
    return [
        STARTED,
        ev.QuestionAsked(t_s=1.0, turn_id=1, voice="hibari", audible=True),
    ]


def listening(words: str = HEARD) -> list[ev.Event]:
    """The candidate is answering."""
    return [
        *asking(),
        ev.PromptEnded(t_s=8.0, turn_id=1),
        ev.AnswerStarted(t_s=8.2, turn_id=1, recording="audio/turn-001.wav", source="mic"),
        ev.SpeechCommitted(t_s=100.0, turn_id=1, words=words_of(words)),
    ]


def assessing() -> list[ev.Event]:
    """The final transcript is there."""
    return [
        *listening(),
        ev.AnswerEnded(t_s=112.0, turn_id=1, reason="key", speech_end_t_s=111.0),
        ev.AnswerTranscribed(t_s=112.4, turn_id=1, transcript=spoken(HEARD, doubtful=("models",))),
    ]


def follow_up() -> list[ev.Event]:
    """The follow-up is being said."""
    return [*assessing(), ev.AnswerAssessed(t_s=112.5, turn_id=1, assessment=_JUDGED)]


def coached() -> list[ev.Event]:
    """The verdicts on the first question are shown, as a coach does after every question."""
    style = Style(preset="coaching", feedback="each", acknowledge=False)
    begun = STARTED.model_copy(update={"style": style, "follow_up_limit": 0})
    return [begun, *follow_up()[1:]]


def finished() -> State:
    """The whole interview: one follow-up on the first question, the second one skipped."""
    return fold(finished_events())


def finished_events() -> list[ev.Event]:
    """What happened in it."""
    second = spoken(MORE)
    last = Transcript(engine="tiny.en")
    none = tuple(CriterionVerdict(criterion_id=c.id, verdict="missed") for c in SECOND.criteria)
    return [
        *follow_up(),
        ev.QuestionAsked(t_s=113.0, turn_id=2, voice="hibari", audible=True),
        ev.PromptEnded(t_s=118.0, turn_id=2),
        ev.AnswerStarted(t_s=118.2, turn_id=2, recording="audio/turn-002.wav"),
        ev.AnswerEnded(t_s=130.0, turn_id=2, reason="silence", speech_end_t_s=127.0),
        ev.AnswerTranscribed(t_s=130.4, turn_id=2, transcript=second),
        ev.AnswerAssessed(
            t_s=130.5,
            turn_id=2,
            assessment=Assessment(
                judge="embedded",
                approximate=True,
                verdicts=(
                    verdict(second, "kl", "met", "raise it and expect reward to drop"),
                    verdict(second, "adversarial", "missed"),
                ),
            ),
        ),
        ev.QuestionAsked(t_s=131.0, turn_id=3, voice="hibari", audible=True),
        ev.PromptEnded(t_s=135.0, turn_id=3),
        ev.AnswerStarted(t_s=135.1, turn_id=3, recording="audio/turn-003.wav"),
        ev.AnswerEnded(t_s=137.0, turn_id=3, reason="skip"),
        ev.AnswerTranscribed(t_s=137.1, turn_id=3, transcript=last),
        ev.AnswerAssessed(
            t_s=137.2, turn_id=3, assessment=Assessment(judge="embedded", verdicts=none)
        ),
        ev.SessionFinished(t_s=137.3, reason="completed"),
    ]


ROWS = (
    SessionRow(
        "3f9a1c",
        "2030-01-02T03:04:05Z",
        "AI RLHF Systems Engineer",
        "finished",
        "interview",
        2,
        3.8,
        5.5,
        scores=(7.5, 0.0),
    ),
    SessionRow(
        "77aa01",
        "2029-12-30T18:20:00Z",
        "AI RLHF Systems Engineer",
        "interrupted",
        "interview",
        6,
        None,
        scores=(None,) * 6,
    ),
    SessionRow(
        "5500ff",
        "2029-12-28T09:10:00Z",
        "AI RLHF Systems Engineer",
        "finished",
        "drill",
        1,
        10.0,
        scores=(10.0,),
    ),
    SessionRow("0badf0", "2029-12-20T08:00:00Z", "", "unreadable", "", 0, None),
)
