"""Fifty seeded interviews with every kind of made-up candidate: `make bench-interviewer`.

Writes its part of docs/benchmarks.md. The embedded judge judges; everything is deterministic.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from simulated_candidate import KINDS, Candidate, Kind, Played, play  # noqa: E402

from voice_interviewer.banks.load import load_bank, shipped_banks  # noqa: E402
from voice_interviewer.core.style import Style  # noqa: E402
from voice_interviewer.judging.embedded import EmbeddedJudge  # noqa: E402

BEGIN, END = "<!-- interviewer: begin -->", "<!-- interviewer: end -->"
QUESTIONS, FOLLOW_UPS = 3, 3


@dataclass
class Tally:
    """What the interviews with one kind of candidate came to."""

    interviews: int = 0
    follow_ups: int = 0
    on_open: int = 0
    open_at_first: int = 0
    gained: int = 0
    ends: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        """Count one interview."""
        state = played.state
        self.interviews += 1
        for before, event in played.follow_ups:
            aim = event.decision.follow_up
            assert aim is not None
            item = before.turns[event.turn_id - 1].item
            self.follow_ups += 1
            self.on_open += before.verdicts(item)[aim.criterion_id] != "met"
        for item in range(len(state.plan)):
            turns = state.take(item)
            if not turns or turns[0].assessment is None:
                continue
            first = {v.criterion_id for v in turns[0].assessment.verdicts if v.verdict == "met"}
            now = {key for key, verdict in state.verdicts(item).items() if verdict == "met"}
            self.open_at_first += len(state.plan[item].criteria) - len(first)
            self.gained += len(now - first)
            decided = turns[-1].decided
            self.ends[decided.why if decided is not None else "by no rule"] += 1


def tally_of(kind: Kind, interviews: int, judge: EmbeddedJudge) -> Tally:
    """Play so many interviews with a candidate of this kind."""
    bank = load_bank(shipped_banks()["rlhf-systems-engineer"])
    style = Style(follow_ups=FOLLOW_UPS)
    tally = Tally()
    for seed in range(interviews):
        tally.add(play(Candidate(kind, seed), bank, judge, style, QUESTIONS))
    return tally


def rows(interviews: int) -> list[str]:
    """The table, a line each."""
    judge = EmbeddedJudge()
    lines = [
        f"{interviews} interviews of {QUESTIONS} questions with each kind, at most {FOLLOW_UPS} "
        "follow-ups a question, judged by the embedded judge.",
        "",
        "| candidate | follow-ups | on an open criterion | criteria met by a follow-up | takes "
        "ended by |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        tally = tally_of(kind, interviews, judge)
        ends = "; ".join(f"{why} {count}" for why, count in tally.ends.most_common())
        share = f"{tally.on_open / tally.follow_ups:.0%}" if tally.follow_ups else "–"
        lines.append(
            f"| {kind.replace('_', ' ')} | {tally.follow_ups} | {share} | "
            f"{tally.gained} of {tally.open_at_first} open ones | {ends} |"
        )
        print(lines[-1], flush=True)
    judge.close()
    return lines


def main() -> None:
    """Print the table, and write it where wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    lines = rows(options.interviews)
    if options.write:
        page = ROOT / "docs" / "benchmarks.md"
        part = "\n".join([BEGIN, "", *lines, "", END])
        text = page.read_text(encoding="utf-8")
        written = re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL)
        page.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
