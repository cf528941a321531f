"""`voice-interviewer compare`: two answers to the same question side by side."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voice_interviewer.cli_options import DataDir, Json
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.comparing import Comparison, CriterionPair, Side
    from voice_interviewer.core.assessment import Standing

_WIDTH = 78
_COLUMN = 22
_MARKS = {"met": "✓ met", "partial": "◐ partial", "unclear": "? unclear", "missed": "✗ missed"}


def compare_answers(
    first: Annotated[
        str | None, typer.Argument(metavar="[A]", help="SESSION[:question-id][#take], or `last`.")
    ] = None,
    second: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The same for the other answer.")
    ] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Two answers to the same question: what the second gained, lost, and how it was spoken.

    Without B, the other answer is the latest one to the same question; without A and B, they are
    the two latest answers to whichever question was answered again last."""
    from voice_interviewer import launch

    desk = launch.desk(launch.settings(data_dir), headless=True)
    comparison = desk.compare(first, second)
    echo(json.dumps(as_object(comparison)) if as_json else as_text(comparison))


def as_object(comparison: Comparison) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "question_id": comparison.question_id,
        "prompt": comparison.prompt,
        "first": _side(comparison.first),
        "second": _side(comparison.second),
        "criteria": [
            {
                "criterion": pair.criterion_id,
                "label": pair.label,
                "change": pair.change,
                "first": _standing(pair.first),
                "second": _standing(pair.second),
            }
            for pair in comparison.criteria
        ],
    }


def as_text(comparison: Comparison) -> str:
    """The same as a table to be read."""
    from voice_interviewer.comparison_words import CHANGES, figure_rows, judged_lines, score_words

    first, second = comparison.first, comparison.second
    lines = [*textwrap.wrap(comparison.prompt, _WIDTH), ""]
    lines.append(
        _row("", f"{first.session_id} take {first.take}", f"{second.session_id} take {second.take}")
    )
    lines.append(_row("given", _day(first), _day(second)))
    lines.append(_row("score", score_words(first), score_words(second)))
    lines += [_row(*row) for row in figure_rows(first, second)]
    judged = [line for said in judged_lines(first, second) for line in textwrap.wrap(said, _WIDTH)]
    lines += ["", *judged] if judged else []
    for change, title in CHANGES.items():
        pairs = comparison.having(change)
        if pairs:
            lines += ["", title]
            lines += [line for pair in pairs for line in _criterion(pair)]
    return "\n".join(lines)


def _criterion(pair: CriterionPair) -> list[str]:
    label = textwrap.wrap(pair.label, _WIDTH - 2 * _COLUMN - 4)
    head = _row(f"  {label[0]}", _verdict(pair.first), _verdict(pair.second))
    return [head, *(f"  {line}" for line in label[1:])]


def _day(side: Side) -> str:
    return side.at[:16].replace("T", " ")


def _verdict(standing: Standing | None) -> str:
    return "not asked" if standing is None else _MARKS[standing.verdict]


def _row(name: str, first: str, second: str) -> str:
    return f"{name:{_WIDTH - 2 * _COLUMN}}{first:{_COLUMN}}{second}".rstrip()


def _side(side: Side) -> dict[str, Any]:
    return {
        "session_id": side.session_id,
        "at": side.at,
        "take": side.take,
        "turns": list(side.turn_ids),
        "score": side.score,
        "best_score": side.best_score,
        "judged_by": side.judged_by or None,
        **asdict(side.figures),
        "text": " ".join(side.words),
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    evidence = standing.detail.evidence if standing.detail else ()
    return {
        "verdict": standing.verdict,
        "turn": standing.turn_id,
        "decided_by": standing.detail.decided_by if standing.detail else None,
        "evidence": [span.model_dump() for span in evidence],
    }
