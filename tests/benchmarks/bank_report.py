"""Judges the blind answers to every shipped question: `make bank-report`.

Writes docs/bank-report.md. The answers are in tests/data/answers/; whoever wrote them saw the
prompts, hints and statements only. Ten questions are also spoken by a voice and heard by Whisper.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from answers import KINDS, answers_of, banks, judged, judged_transcript, met_weight

from voice_interviewer.config import load_settings
from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.bank import Bank, Question
from voice_interviewer.core.transcript import Transcript
from voice_interviewer.wiring import open_transcriber, open_voice

OUT = Path(__file__).resolve().parents[2] / "docs" / "bank-report.md"
SPOKEN = 10
AIM = 0.9
Hear = Callable[[str], Transcript]

HEAD = """\
# What the embedded judge makes of the banks

Made by `make bank-report`. For every question three answers were written blind, from its prompt,
hint and statements alone: an expert's (`model`), a vague and confident one (`weak`), and one with
the right jargon and contrary claims (`wrong`). `other` is the model answer to the next question of
the same section.

Here the judge goes by words alone, without the extra `embedded-model`; where it reads too, its
figures are others (docs/benchmarks.md). The figures are the share of the question's weight that it
called met, in percent. Aim: 90 for `model`, 0 for the others. No rubric and no answer was changed
to please the judge. Its numbers were fitted on every second question of each bank, the 2nd, 4th and
so on; docs/benchmarks.md has the figures of the others alone.
"""


@dataclass(frozen=True)
class Row:
    """One question: kind of answer to the judge's assessment."""

    question: Question
    by_kind: dict[str, Assessment]

    def percent(self, kind: str) -> float:
        """Share of the weight met, in percent."""
        return 100 * met_weight(self.question, self.by_kind[kind])


def rows_of(bank: Bank) -> list[Row]:
    """All questions of a bank, judged."""
    written = answers_of(bank.id)
    rows = []
    for question in bank.questions:
        texts = {kind: written[question.id][kind] for kind in KINDS}
        texts["other"] = written[_neighbour(bank, question).id]["model"]
        rows.append(Row(question, {kind: judged(question, text) for kind, text in texts.items()}))
    return rows


def _neighbour(bank: Bank, question: Question) -> Question:
    section = [q for q in bank.questions if q.section == question.section]
    return section[(section.index(question) + 1) % len(section)]


def bank_table(bank: Bank, rows: list[Row]) -> str:
    """One bank: totals per criterion, then a line a question."""
    kinds = (*KINDS, "other")
    lines = [f"## {bank.title}", "", "| of all criteria | met | partial | unclear | missed |"]
    lines.append("|---|---|---|---|---|")
    for kind in kinds:
        verdicts = [v.verdict for row in rows for v in row.by_kind[kind].verdicts]
        shares = [
            f"{100 * verdicts.count(verdict) / len(verdicts):.1f}%"
            for verdict in ("met", "partial", "unclear", "missed")
        ]
        lines.append(f"| {kind} | {' | '.join(shares)} |")
    reached = sum(row.percent("model") >= 100 * AIM for row in rows)
    clean = {kind: sum(row.percent(kind) == 0 for row in rows) for kind in kinds[1:]}
    lines += [
        "",
        f"Model answers at 90% of the weight or more: {reached} of {len(rows)} questions.",
    ]
    lines += [
        f"Questions where nothing was met: weak {clean['weak']}, wrong {clean['wrong']}, "
        f"other {clean['other']}, of {len(rows)}.",
        "",
        f"| question | {' | '.join(kinds)} |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        figures = " | ".join(f"{row.percent(kind):.0f}" for kind in kinds)
        lines.append(f"| {row.question.id} | {figures} |")
    return "\n".join(lines)


def spoken_table(bank: Bank, hear: Hear) -> str:
    """Ten questions, spread over the bank, before and after a voice and Whisper."""
    step = max(1, len(bank.questions) // SPOKEN)
    lines = [
        "## Through a voice and Whisper",
        "",
        "Met, percent of the weight, as text → as heard.",
    ]
    lines += ["", f"| question | {' | '.join(KINDS)} |", "|---|---|---|---|"]
    for question in bank.questions[::step][:SPOKEN]:
        written = answers_of(bank.id)[question.id]
        cells = []
        for kind in KINDS:
            text = met_weight(question, judged(question, written[kind]))
            heard = met_weight(question, judged_transcript(question, hear(written[kind])))
            cells.append(f"{100 * text:.0f} → {100 * heard:.0f}")
        lines.append(f"| {question.id} | {' | '.join(cells)} |")
    return "\n".join(lines)


@contextmanager
def speak_and_hear() -> Iterator[Hear]:
    """From a text to what Whisper makes of a voice reading it, a sentence at a time."""
    settings = load_settings({"offline": True}, environ={})
    voice = open_voice(settings, "auto")
    transcriber = open_transcriber(settings, lambda _message, _fraction: None)

    def hear(text: str) -> Transcript:
        words = transcriber.transcribe(voice.render(text).at(16_000).samples)
        return Transcript(words=words, engine=f"{voice.name}, {transcriber.engine}")

    try:
        yield hear
    finally:
        transcriber.close()
        voice.close()


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silent", action="store_true", help="leave the spoken part out")
    options = parser.parse_args()
    shipped = sorted(banks(), key=lambda bank: -len(bank.questions))
    parts = [HEAD, *(bank_table(bank, rows_of(bank)) for bank in shipped)]
    if not options.silent:
        with speak_and_hear() as hear:
            parts.append(spoken_table(shipped[0], hear))
    OUT.write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    print(OUT)


if __name__ == "__main__":
    main()
