"""A small spoken session with everything that exports have to show, hostile words included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from fakes import question, started

from voice_interviewer.archive.export.source import Source, source_of
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import Transcript, Word, evidence_from

RATE_HZ = 16_000
COACH = Style(preset="coaching", feedback="each", acknowledge=False)
HOSTILE = (
    "</span><script>alert(1)</script> <img src=x onerror=alert(2)> {{7*7}} --> & \"' \u202egnp"
)
ANSWERS = (
    "It is red. And then, after a long pause, I would say that it is also quite round, really.",
    f"I said {HOSTILE} and it stays text.",
    "Once more: it is red and it is round.",
)


def spoken(text: str, *, pause_after: int | None = None) -> Transcript:
    """The text at 150 words a minute from 0.5 s, with 2 s of silence after word `pause_after`."""
    words, at_s = [], 0.5
    for index, piece in enumerate(text.split(" ")):
        words.append(Word(text=piece, start_s=round(at_s, 2), end_s=round(at_s + 0.3, 2)))
        at_s += 0.4 + (2.0 if index == pause_after else 0.0)
    return Transcript(words=tuple(words), engine="fake", audio_s=at_s)


def judged(said: Transcript, **verdicts: Verdict) -> Assessment:
    """These verdicts; the credited ones quote the first three words."""
    return Assessment(
        judge="fake",
        approximate=True,
        notice="A notice with <b>markup</b>.",
        verdicts=tuple(
            CriterionVerdict(
                criterion_id=name,
                verdict=verdict,
                evidence=(evidence_from(said, 0, 2),) if verdict in ("met", "partial") else (),
            )
            for name, verdict in verdicts.items()
        ),
    )


def answered(
    turn_id: int, said: Transcript, assessment: Assessment | None, *, recorded: bool = True
) -> list[ev.Event]:
    """The events of one turn."""
    name = f"audio/turn-{turn_id:03}.wav" if recorded else None
    return [
        ev.QuestionAsked(turn_id=turn_id, voice="v", audible=True),
        ev.PromptEnded(turn_id=turn_id),
        ev.AnswerStarted(turn_id=turn_id, recording=name, source="Al's Headset"),
        ev.AnswerEnded(turn_id=turn_id, reason="key"),
        ev.AnswerTranscribed(turn_id=turn_id, transcript=said),
        *([ev.AnswerAssessed(turn_id=turn_id, assessment=assessment)] if assessment else []),
    ]


def put(
    data_dir: Path, events: Sequence[ev.Event], sounds: dict[int, Sound] | None = None
) -> tuple[State, Path]:
    """Store a session; `sounds` are its recordings by turn."""
    first = events[0]
    assert isinstance(first, ev.SessionStarted)
    session_id, folder = SessionStore(data_dir).create(first.at, first.bank_id)
    named = [first.model_copy(update={"session_id": session_id}), *events[1:]]
    journal = JournalFile(folder / JOURNAL)
    for event in named:
        journal.append(event)
    journal.close()
    for turn_id, sound in (sounds or {}).items():
        write_sound(folder / f"audio/turn-{turn_id:03}.wav", sound)
    return fold(named), folder


def noise(seconds: float, seed: int = 0) -> Sound:
    """Soft noise, which correlates with itself only."""
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE_HZ))
    smooth = np.convolve(samples, np.ones(8) / 8, "same")
    return Sound(smooth.astype(np.float32), RATE_HZ)


def session(data_dir: Path) -> tuple[State, Path]:
    """Two questions, the first answered twice, the second not judged; a prompt is hostile too."""
    first = ev.PlanItem(
        question=question("apples", [("red", 1.0), ("round", 2.0)]).model_copy(
            update={"prompt": "What <i>is</i> an apple & why?", "model_answer": "Red.\n\nRound."}
        )
    )
    second = ev.PlanItem(question=question("boats", [("hull", 1.0), ("sail", 1.0)]))
    said = (spoken(ANSWERS[0], pause_after=2), spoken(ANSWERS[1]), spoken(ANSWERS[2]))
    events = [
        started(first, second, follow_up_limit=0, bank_title="Fruit <b>&</b> boats", style=COACH),
        *answered(1, said[0], judged(said[0], red="met", round="unclear")),
        ev.IntentReceived(intent="retake"),
        *answered(2, said[2], judged(said[2], red="met", round="partial")),
        ev.IntentReceived(intent="proceed"),
        *answered(3, said[1], judged(said[1], hull="missed", sail="unclear")),
        ev.NoticeRaised(part="speaker", message="No speaker <b>here</b>.", hint="Plug one in."),
        ev.SessionFinished(reason="completed"),
    ]
    lengths_s = {1: said[0].audio_s + 0.5, 2: said[2].audio_s, 3: said[1].audio_s}
    return put(data_dir, events, {key: noise(s, key) for key, s in lengths_s.items()})


def source(data_dir: Path) -> Source:
    """The session, ready to be exported."""
    state, folder = session(data_dir)
    return source_of(state, folder)
