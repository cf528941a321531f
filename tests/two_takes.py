"""A question that was answered poorly and then better, in one session and in two."""

from __future__ import annotations

from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.bank import Criterion, Probes, Question
from voice_interviewer.core.session import State, Turn, fold
from voice_interviewer.core.transcript import Transcript, Word, find_quote

CRITERIA = (
    ("held-out", "Watches reward against a held-out signal"),
    ("length", "Names output length as an exploit"),
    ("kl", "Uses the KL penalty as the first lever"),
    ("ensembles", "Ensembles of reward models"),
    ("adversarial", "Adversarial evaluation"),
)
FIRST = (
    "um so I would watch the reward and then I would add more data and uh read samples on purpose"
)
FOLLOW_UP = "well the KL penalty maybe"
SECOND = (
    "I would watch the reward against a held out judge then I would look at the length of outputs "
    "and raise the KL penalty"
)

Judged = tuple[tuple[str, Verdict, str], ...]


def question(question_id: str = "reward-hacking") -> Question:
    """A question with five criteria."""
    return Question(
        id=question_id,
        section="reward",
        prompt="How would you tell that a policy exploits its reward model, and what would you do?",
        hint="Wants a held-out signal.",
        minutes=3,
        criteria=tuple(
            Criterion(
                id=key,
                label=label,
                statement=f"{label}.",
                probes=Probes(clarify="What do you mean?", tradeoff="At what price?"),
            )
            for key, label in CRITERIA
        ),
        model_answer="I watch a held-out judge.",
    )


def said(text: str, begin_s: float = 0.5, pause_after: int | None = None) -> Transcript:
    """A transcript of two words a second; after word `pause_after` comes a pause of two seconds."""
    words, speech, at_s = [], [], begin_s
    begun_s = at_s
    for number, word in enumerate(text.split()):
        words.append(Word(text=word, start_s=at_s, end_s=at_s + 0.4))
        at_s += 0.5
        if number == pause_after:
            speech.append((begun_s, at_s))
            at_s += 2.0
            begun_s = at_s
    speech.append((begun_s, at_s))
    return Transcript(words=tuple(words), audio_s=at_s + 1.0, speech=tuple(speech))


def judged(transcript: Transcript, verdicts: Judged) -> Assessment:
    """Verdicts (criterion, verdict, quote) on a transcript."""
    made = []
    for criterion_id, verdict, quote in verdicts:
        found = find_quote(transcript, quote) if quote else None
        evidence = (found,) if found else ()
        made.append(CriterionVerdict(criterion_id=criterion_id, verdict=verdict, evidence=evidence))
    return Assessment(judge="embedded", approximate=True, verdicts=tuple(made))


POOR: Judged = (
    ("held-out", "partial", "watch the reward"),
    ("length", "missed", ""),
    ("kl", "missed", ""),
    ("ensembles", "unclear", ""),
    ("adversarial", "met", "read samples on purpose"),
)
KL_ONLY: Judged = (("kl", "partial", "the KL penalty"),)
BETTER: Judged = (
    ("held-out", "met", "reward against a held out judge"),
    ("length", "met", "the length of outputs"),
    ("kl", "partial", "raise the KL penalty"),
    ("ensembles", "missed", ""),
    ("adversarial", "missed", ""),
)


def with_turn(
    state: State,
    turn_id: int,
    transcript: Transcript,
    verdicts: Judged,
    *,
    take: int = 1,
    item: int = 0,
) -> State:
    """The state with one more answered turn, judged like this."""
    turn = Turn(
        id=turn_id,
        item=item,
        take=take,
        prompt="What would you do?",
        say="What would you do?",
        recordings=(f"audio/turn-{turn_id:03}.wav",),
        answer_started_t_s=10.0 * turn_id,
        ended="silence",
        transcript=transcript,
        judged=transcript,
        assessment=judged(transcript, verdicts),
    )
    return state.model_copy(update={"turns": (*state.turns, turn)})


def begun(session_id: str = "3f9a1c", at: str = "2030-01-02T03:04:05Z", *ids: str) -> State:
    """A finished session in which nothing was asked yet."""
    plan = tuple(
        ev.PlanItem(question=question(key), section_title="Reward modelling")
        for key in ids or ("reward-hacking",)
    )
    opening = ev.SessionStarted(
        session_id=session_id, at=at, bank_id="rlhf", bank_title="RLHF", plan=plan
    )
    return fold([opening]).model_copy(update={"status": "finished"})


def answered_poorly(session_id: str = "3f9a1c", at: str = "2030-01-02T03:04:05Z") -> State:
    """The first take: a poor answer, and a follow-up that brought a little."""
    first = said(FIRST, begin_s=3.0, pause_after=7)
    return with_turn(with_turn(begun(session_id, at), 1, first, POOR), 2, said(FOLLOW_UP), KL_ONLY)


def answered_twice() -> State:
    """A poor take and a better one in the same session."""
    return with_turn(answered_poorly(), 3, said(SECOND), BETTER, take=2)


def answered_better(session_id: str = "77aa01", at: str = "2030-01-09T03:04:05Z") -> State:
    """Another session with the better answer alone."""
    return with_turn(begun(session_id, at), 1, said(SECOND), BETTER)
