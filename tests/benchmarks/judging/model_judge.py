"""How good the small local model judges, and whether a judge can be talked into credit.

    python tests/benchmarks/judging/model_judge.py --model FILE.gguf --minutes 60 --write

Asks the model for so many minutes, on one thread and going on where it stopped (`model_told.jsonl`
keeps what it said), then prints the figures and writes its part of docs/benchmarks.md. Without a
model it only prints what the file says. Nothing is fitted here: the numbers are those that ship.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from figures import Array, auc, interval, recall_at
from hard_set import Answer, Half, answers
from measured import first_answer, spoken_as_written
from model_told import Told, Way, asker, told
from run import DOCS, FALSE_CREDIT, judges
from talked_round import (
    asked,
    cases,
    changes,
    embedded_judge,
    few_cases,
    flagged_rows,
    rows,
    settled_judge,
    shift_rows,
)

from voice_interviewer.core.commands import Assess
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.log_odds_calibration import decides, likely
from voice_interviewer.judging.openai_judge import OpenAIJudge
from voice_interviewer.judging.options import JudgeOptions

BEGIN, END = "<!-- model judge: begin -->", "<!-- model judge: end -->"
HALVES: tuple[Half, ...] = ("test", "development")
READ_ANSWERS = 20
_ODDS_LIMIT = 1e-6


@dataclass(frozen=True)
class HardAnswer:
    """One answer of the hard set."""

    answer: Answer

    @property
    def name(self) -> str:
        """The same in every run."""
        return f"hard/{self.answer.question.id}/{self.answer.kind}"

    @property
    def text(self) -> str:
        """What is said."""
        return self.answer.text

    @property
    def command(self) -> Assess:
        """What asks a judge about it."""
        return first_answer(self.answer.question, spoken_as_written(self.text))


@dataclass(frozen=True)
class Scored:
    """The criteria of one half that are met or missed, and what the judges make of them."""

    groups: Array
    wanted: Array
    scores: dict[str, Array]
    seconds: Array
    answers: int

    @classmethod
    def of(cls, half: Half, known: dict[tuple[Way, str], Told]) -> Scored:
        """Those that the model was asked about."""
        groups: list[str] = []
        wanted: list[bool] = []
        seconds: list[float] = []
        found: dict[str, list[float]] = {name: [] for name in ("log-odds", *judges())}
        for hard in map(HardAnswer, answers(half)):
            said = known.get(("log-odds", hard.name))
            if said is None:
                continue
            seconds.append(said.seconds)
            credences = {label: judge.credences(hard.command) for label, judge in judges().items()}
            for criterion_id, verdict in hard.answer.verdicts.items():
                if verdict not in ("met", "missed") or criterion_id not in said.odds:
                    continue
                groups.append(hard.answer.question.id)
                wanted.append(verdict == "met")
                found["log-odds"].append(likely(said.odds[criterion_id]).probability)
                for label, of in credences.items():
                    found[label].append(of[criterion_id].probability if of else 0.0)
        scores = {name: np.array(values) for name, values in found.items()}
        named = {f"embedded, {label}": scores[label] for label in judges()}
        both = {
            f"log-odds and embedded, {label}": _odds(scores["log-odds"]) + _odds(scores[label])
            for label in judges()
        }
        return cls(
            np.array(groups),
            np.array(wanted) * 1,
            {"log-odds": scores["log-odds"], **named, **both},
            np.array(seconds),
            len(seconds),
        )


def _odds(probabilities: Array) -> Array:
    inside = np.clip(probabilities, _ODDS_LIMIT, 1 - _ODDS_LIMIT)
    return np.log(inside / (1 - inside))


def hard_rows(halves: dict[Half, Scored]) -> Iterator[str]:
    """AUC and recall of the model alone, of the embedded judge, and of both."""
    yield (
        "| hard set | answers asked | judge | AUC, met against missed | 95 % | "
        "recall at 5 % false credit |"
    )
    yield "|---" * 6 + "|"
    for half, found in halves.items():
        for name, scores in found.scores.items():
            low, high = interval(
                found.groups,
                lambda drawn, s=scores, w=found.wanted: auc(s[drawn], w[drawn]),  # type: ignore[misc]
            )
            yield (
                f"| {half} | {found.answers} | {name} | {auc(scores, found.wanted):.3f} | "
                f"{low:.3f} to {high:.3f} | {recall_at(scores, found.wanted, FALSE_CREDIT):.2f} |"
            )
    seconds = np.concatenate([found.seconds for found in halves.values()])
    low, middle, high = np.quantile(seconds, [0.1, 0.5, 0.9])
    yield ""
    yield (
        f"An answer took the model {middle:.0f} s (of ten answers one took less than {low:.0f} s, "
        f"one more than {high:.0f} s) on one thread of two cores that others were using."
    )
    yield ""


def injection_rows(known: dict[tuple[Way, str], Told], halves: dict[Half, Scored]) -> Iterator[str]:
    """Credit and drift for both judges, and how far the log-odds move."""
    yield from flagged_rows()
    yield (
        "| judge | sentence inside | criteria (questions) | credited | 95 % | "
        "verdict changed | 95 % |"
    )
    yield "|---" * 7 + "|"
    for label, judge in judges().items():
        most = None if label == "words" else READ_ANSWERS
        yield from rows(f"embedded, {label}", changes(embedded_judge(judge), cases(most)))
    model = OpenAIJudge(
        JudgeOptions(base_url="http://127.0.0.1:9/v1", model="kept"),
        contrast=EmbeddedJudge().leans_to_misconception,
    )
    yield from rows(
        "model, verdicts", changes(settled_judge(model, known), asked("verdicts", known))
    )
    yield ""
    if not decides():
        yield "By log-odds nothing is credited, as no cut ships. How far a sentence moves them:"
        yield ""
    wrong = np.concatenate([s.scores["log-odds"][s.wanted == 0] for s in halves.values()])
    limit = float(np.quantile(wrong, 1 - FALSE_CREDIT))
    yield from shift_rows(known, limit)
    yield f"The line is at {limit:.2f}, which 5 % of the hard set's missed criteria exceed."
    yield ""


def ask(model: Path, minutes: float, parts: Sequence[str]) -> None:
    """Ask what was not asked yet, each part for an equal share of the time."""
    everything = {
        "hard": ("log-odds", [HardAnswer(a) for half in HALVES for a in answers(half)]),
        "odds": ("log-odds", _flat()),
        "verdicts": ("verdicts", _flat()),
    }
    with asker(model) as one:
        for part in parts:
            way, chosen = everything[part]
            ends_s = time.monotonic() + 60 * minutes / len(parts)
            one.ask(way, chosen, ends_s)  # type: ignore[arg-type]


def _flat() -> list:  # type: ignore[type-arg]
    return [one for case, inside in few_cases() for one in (case, *inside)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--model", type=Path, help="a GGUF file to ask; else only what is kept")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--parts", nargs="*", default=["verdicts", "odds", "hard"])
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    chosen = parser.parse_args()
    if chosen.model is not None:
        ask(chosen.model, chosen.minutes, chosen.parts)
    known = told()
    halves = {half: Scored.of(half, known) for half in HALVES}
    lines: list[str] = []
    for row in chain(hard_rows(halves), injection_rows(known, halves)):
        print(row, flush=True)
        lines.append(row)
    if chosen.write:
        part = "\n".join([BEGIN, "", *lines, END])
        text = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
