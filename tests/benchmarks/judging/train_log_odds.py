"""Measures what a small model tells of written answers, and fits the numbers of the log-odds judge.

    python tests/benchmarks/judging/train_log_odds.py ask --model FILE.gguf --minutes 60
    python tests/benchmarks/judging/train_log_odds.py fit [--write]

`ask` puts answers made of `pairs` to the model through the judge's own prompts, one thread, and
adds a line for each criterion to `log_odds_told.jsonl`; it goes on where it stopped. `fit` reads
those lines. Every figure is by numbers fitted on other fields. Every number has the sign it must
have: a regression that wants credit given for a misconception is not shipped. Cuts are chosen so
that what is called met is met, and what is called missed is not met, 95 times of 100. A cut is
shipped only where that also holds in fields that neither the numbers nor the cut were chosen on,
for at least so many criteria as `FEWEST` says. A criterion that is said in part is no example of
either.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from figures import auc, interval, recall_at
from measured import first_answer, spoken_as_written
from numpy.typing import NDArray
from pairs import written
from spoken_mixtures import mixtures

from voice_interviewer.judging.log_odds_calibration import FILE, LogisticFit, features_of
from voice_interviewer.judging.log_odds_inquiry import LogOdds

Array = NDArray[Any]
TOLD = Path(__file__).parent / "log_odds_told.jsonl"
FENCE = "7c1f0e9ab2d45836"
SETS = (("yes",), ("yes", "prior"), ("yes", "wrong"), ("yes", "prior", "wrong"))
ANSWERS_EACH = 5
SIGNS = {"yes": 1, "prior": -1, "wrong": -1}
PRECISION, FEWEST, FOLDS, RIDGE, STEPS = 0.95, 15, 6, 1.0, 30


@dataclass(frozen=True)
class Row:
    """One criterion of one answer."""

    field: str
    prompt: str
    answer: int
    criterion_id: str
    kind: str
    yes: float
    prior: float
    misconceptions: tuple[float, ...]
    seconds: float

    @property
    def features(self) -> dict[str, float]:
        """As the judge sees them."""
        return features_of(LogOdds(self.yes, self.prior, tuple(self.misconceptions)))


def rows(path: Path = TOLD) -> list[Row]:
    """What was measured; misconceptions are tuples again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Row(**json.loads(line)) for line in lines]


def ask(model: Path, minutes: float) -> None:
    """Measure one answer to every question, then another, each time of all mixtures and fields."""
    from voice_interviewer.judging.log_odds import LogOddsJudge
    from voice_interviewer.judging.options import JudgeOptions
    from voice_interviewer.servers.llama_process import local_server

    ends_s = time.monotonic() + 60 * minutes
    done = {(row.prompt, row.answer) for row in rows()}
    questions = [list(enumerate(mixtures(question, ANSWERS_EACH))) for question in written()]
    questions.sort(key=lambda one: sha256(one[0][1].written.question.prompt.encode()).digest())
    turns = [
        answers[(turn + place) % ANSWERS_EACH]
        for turn in range(ANSWERS_EACH)
        for place, answers in enumerate(questions)
    ]
    with local_server(model, threads=1) as server:
        options = JudgeOptions(
            base_url=server.base_url, api_key=server.api_key, model=server.model, timeout_s=600
        )
        judge = LogOddsJudge(options, delimiter=lambda: FENCE)
        for number, made in turns:
            question = made.written.question
            if (question.prompt, number) in done:
                continue
            if time.monotonic() > ends_s:
                return
            started_s = time.monotonic()
            told = judge.log_odds(first_answer(question, spoken_as_written(made.text)))
            took_s = time.monotonic() - started_s
            with TOLD.open("a", encoding="utf-8") as lines:
                for criterion_id, odds in told.items():
                    row = Row(
                        question.hint,
                        question.prompt,
                        number,
                        criterion_id,
                        made.kinds[criterion_id],
                        round(odds.yes, 3),
                        round(odds.prior or 0.0, 3),
                        tuple(round(value, 3) for value in odds.misconceptions),
                        round(took_s, 1),
                    )
                    lines.write(json.dumps(asdict(row)) + "\n")
            print(f"{question.id} {number}: {took_s:.0f} s", file=sys.stderr)
        judge.close()


def fit(write: bool) -> None:
    """Print the figures and, where asked to, write the shipped numbers."""
    found = rows()
    clear = [row for row in found if row.kind != "partial"]
    met = np.array([row.kind == "met" for row in clear])
    fields = np.array([row.field for row in clear])
    table = {
        name: np.array([row.features[name] for row in clear]) for name in ("yes", "prior", "wrong")
    }
    answers = {(row.prompt, row.answer): row.seconds for row in found}
    print(f"{len(found)} criteria of {len(answers)} answers in {len(set(fields))} fields:")
    print({kind: sum(row.kind == kind for row in found) for kind in {r.kind for r in found}})
    print(f"seconds an answer: median {np.median(list(answers.values())):.1f}")
    plain = {
        "yes": table["yes"],
        "yes - prior": table["yes"] - table["prior"],
        "yes - misconception": table["yes"] - table["wrong"],
    }
    fitted = {names: np.stack([table[name] for name in names], axis=1) for names in SETS}
    likely = {names: out_of_field(values, met, fields) for names, values in fitted.items()}
    scored = {**plain, **{f"calibrated ({', '.join(n)})": value for n, value in likely.items()}}
    for name, scores in scored.items():
        labels = met.astype(int)
        low, high = interval(fields, lambda drawn, s=scores, y=labels: auc(s[drawn], y[drawn]))
        print(
            f"{name:32} AUC {auc(scores, labels):.3f} [{low:.2f}, {high:.2f}]  "
            f"recall at 5 % false credit {recall_at(scores, labels, 0.05):.2f}"
        )
    shipped: list[tuple[float, LogisticFit]] = []
    for names, values in fitted.items():
        numbers = logistic(values, met)
        told = f"{', '.join(names)}: {np.round(numbers, 2).tolist()}"
        if any(SIGNS[name] * w < 0 for name, w in zip(names, numbers, strict=False)):
            print(f"{told}: wrong sign, not shipped")
            continue
        high = proven_cut(likely[names], met, fields)
        low = proven_cut(1 - likely[names], ~met, fields)
        found_met = 0.0 if high is None else float((likely[names][met] >= high).mean())
        print(f"{told}: met from {high} ({found_met:.0%} of what is met), 1 - missed from {low}")
        weights = dict(zip(names, np.round(numbers[:-1], 4).tolist(), strict=True))
        missed = None if low is None else round(1 - low, 2)
        best = found_met + round(auc(likely[names], met.astype(int)), 2) / 100
        shipped.append((best, LogisticFit(weights, round(float(numbers[-1]), 4), high, missed)))
    if write:
        ordered = [asdict(fit) for _, fit in sorted(shipped, key=lambda pair: -pair[0])]
        alone = next(place for place, fit in enumerate(ordered) if set(fit["weights"]) == {"yes"})
        stored = {"model": "Qwen2.5-Coder-1.5B-Instruct Q4_K_M", "fits": ordered[: alone + 1]}
        FILE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def logistic(values: Array, met: Array) -> Array:
    """Ridge logistic regression by Newton's method; the bias comes last."""
    table = np.concatenate([values, np.ones((len(values), 1))], axis=1)
    penalty = RIDGE * np.eye(table.shape[1])
    penalty[-1, -1] = 1e-6
    numbers = np.zeros(table.shape[1])
    for _ in range(STEPS):
        likely = probability(values, numbers)
        slope = table.T @ (likely - met) + penalty @ numbers
        curve = (table * (likely * (1 - likely))[:, np.newaxis]).T @ table + penalty
        numbers = numbers - np.linalg.solve(curve, slope)
    return numbers


def probability(values: Array, numbers: Array) -> Array:
    """How likely each is met."""
    return 1 / (1 + np.exp(-np.clip(values @ numbers[:-1] + numbers[-1], -30, 30)))


def out_of_field(values: Array, met: Array, fields: Array) -> Array:
    """Probabilities by numbers fitted on the other fields."""
    result = np.zeros(len(met))
    for name in np.unique(fields):
        held = fields == name
        result[held] = probability(values[held], logistic(values[~held], met[~held]))
    return result


def proven_cut(likely: Array, true: Array, fields: Array) -> float | None:
    """From which probability it is true nearly always; None where that does not carry over."""
    names = np.unique(fields)
    held = np.zeros(len(true), bool)
    for fold in range(FOLDS):
        inside = np.isin(fields, names[fold::FOLDS])
        cut = sure_cut(likely[~inside], true[~inside])
        if cut is not None:
            held |= inside & (likely >= cut)
    count = int(held.sum())
    share = float(true[held].mean()) if count else 0.0
    print(
        f"    on fields it was not chosen on a cut holds for {count} criteria, {share:.1%} rightly"
    )
    proven = count >= FEWEST and share >= PRECISION
    return sure_cut(likely, true) if proven else None


def sure_cut(likely: Array, true: Array) -> float | None:
    """The least probability from which on, and above which, it is true nearly always."""
    best = None
    for cut in np.round(np.linspace(0.99, 0.5, 50), 2):
        chosen = likely >= cut
        if chosen.sum() < FEWEST:
            continue
        if true[chosen].mean() < PRECISION:
            break
        best = float(cut)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    asked = commands.add_parser("ask")
    asked.add_argument("--model", type=Path, required=True)
    asked.add_argument("--minutes", type=float, default=60)
    commands.add_parser("fit").add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    if chosen.command == "ask":
        ask(chosen.model, chosen.minutes)
    else:
        fit(chosen.write)


if __name__ == "__main__":
    main()
