"""Past sessions by the thousand: real questions, made-up answers of varied words, real journals."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from simulated_candidate import Candidate, play

from voice_interviewer.archive.store import JOURNAL
from voice_interviewer.banks.load import load_bank, shipped_banks
from voice_interviewer.core import commands as cmd
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import Assessment, CriterionVerdict, Verdict
from voice_interviewer.core.bank import Bank, Criterion, Question
from voice_interviewer.core.style import Style
from voice_interviewer.core.transcript import evidence_from

BEGAN = datetime(2020, 1, 1, 9, tzinfo=UTC)
JARGON = ("vLLM", "KL-divergence", "p99", "naïve", "LoRA", "top-k", "fp8", "A/B", "Zürich", "RoPE")
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
_VERDICTS: tuple[Verdict, ...] = ("met", "met", "partial", "missed", "missed", "unclear")


@cache
def vocabulary() -> tuple[str, ...]:
    """Twenty thousand words, the first of them the commonest: real ones, then made-up ones."""
    banks = [bank(name) for name in sorted(shipped_banks())]
    text = " ".join(q.model_answer for b in banks for q in b.questions).lower()
    real = sorted(set(re.findall(r"[a-z]+(?:[-'][a-z]+)*", text)))
    draw = random.Random(7)
    draw.shuffle(real)
    made_up = ("".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))) for _ in range(60_000))
    return tuple(dict.fromkeys([*real, *made_up]))[:20_000]


@cache
def bank(name: str) -> Bank:
    """A shipped bank."""
    return load_bank(shipped_banks()[name])


@dataclass
class TalkativeCandidate(Candidate):
    """Says a point or two of the rubric among many other words; sometimes nothing at all."""

    words: int = 80

    def answer(self, question: Question, aim: Criterion | None) -> str:
        draw = self._draw
        if draw.random() < 0.04:
            return ""
        known = vocabulary()
        said = [
            known[min(int(draw.paretovariate(0.6)) - 1, len(known) - 1)]
            for _ in range(draw.randint(self.words // 2, self.words * 3 // 2))
        ]
        if draw.random() < 0.5:
            said.append(draw.choice(JARGON))
        about = aim or draw.choice(question.criteria)
        said += draw.choice(about.also or (about.statement,)).split()
        return " ".join(said)


class DrawingJudge:
    """Draws verdicts by lot; the evidence is what was said."""

    name = "drawn by lot"

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def assess(self, command: cmd.Assess) -> Assessment:
        said = command.transcript
        verdicts = []
        for criterion_id, _ in command.standing:
            verdict = self._draw.choice(_VERDICTS) if said.words else "missed"
            first = self._draw.randrange(max(1, len(said.words) - 6))
            proof = () if verdict == "missed" else (evidence_from(said, first, first + 4),)
            verdicts.append(
                CriterionVerdict(criterion_id=criterion_id, verdict=verdict, evidence=proof)
            )
        return Assessment(judge=self.name, verdicts=tuple(verdicts))

    def anticipate(self, command: cmd.Assess) -> None:
        pass

    def close(self) -> None:
        pass


def made_up(seed: int, words: int = 80) -> list[ev.Event]:
    """The events of one session; one in twenty was interrupted."""
    draw = random.Random(seed)
    chosen = bank(draw.choice(sorted(shipped_banks())))
    candidate = TalkativeCandidate("strong", seed, words=words)
    events = play(candidate, chosen, DrawingJudge(seed), Style(follow_ups=1), 3).events
    titles = {section.id: section.title for section in chosen.sections}
    start = events[0]
    assert isinstance(start, ev.SessionStarted)
    plan = tuple(
        item.model_copy(update={"section_title": titles.get(item.question.section, "")})
        for item in start.plan
    )
    at = BEGAN + timedelta(hours=5 * seed, seconds=draw.randrange(3600))
    known = {"session_id": f"{seed:06x}", "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "plan": plan}
    events[0] = start.model_copy(update=known)
    if draw.random() < 0.05:
        stop = draw.randrange(2, len(events) - 1)
        events[stop:] = [ev.SessionInterrupted(t_s=events[stop].t_s, reason="left")]
    return events


def folder_of(data_dir: Path, events: Sequence[ev.Event]) -> Path:
    """Where a session with these events lies."""
    start = events[0]
    assert isinstance(start, ev.SessionStarted)
    stamp = start.at.replace("-", "").replace(":", "")
    return data_dir / "sessions" / f"{stamp}_{start.bank_id}_{start.session_id}"


def write(data_dir: Path, events: Sequence[ev.Event]) -> Path:
    """The session's folder, with its journal as the program writes it (but all lines at once)."""
    folder = folder_of(data_dir, events)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {"v": 1, "seq": number, **event.model_dump(mode="json")},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for number, event in enumerate(events)
    ]
    text = "\n".join(lines) + "\n"
    (folder / JOURNAL).write_bytes(text.encode("utf-8", errors="backslashreplace"))
    return folder


def write_many(data_dir: Path, seeds: Iterable[int]) -> None:
    """Many sessions, one for every seed."""
    for seed in seeds:
        write(data_dir, made_up(seed))
