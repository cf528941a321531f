"""What the first screen offers, as lines: the usual interview, a drill, the session left last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from voice_interviewer.desk import Choices, Live, SessionRow
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.plain import NextLine, ask


def choose(
    desk: FrontDesk, chosen: Choices, next_line: NextLine, out: TextIO
) -> Callable[[], Live] | None:
    """Ask what is to be done until it is known; None to leave. Raises InterviewerError."""
    back = desk.look_back()
    left = next((row for row in back.rows if row.status == "interrupted"), None)
    offered: dict[str, Callable[[], Live]] = {"i": lambda: desk.open(chosen)}
    lines = ["Voice interviewer.", f"i: an interview, {chosen.questions} questions, {chosen.bank}."]
    if back.progress.coming.something_to_drill:
        offered["d"] = lambda: desk.drill_due(chosen)
        lines.append(f"d: a drill. {back.progress.coming.words}")
    if left is not None:
        session_id = left.id
        offered["c"] = lambda: desk.resume(session_id)
        lines.append(f"c: continue {_described(left)}.")
    lines.append("q: quit.")
    question = "\n".join([*lines, "Type a letter and press Enter."])
    while (letter := ask(question, next_line, out)) != "q":
        if letter in offered:
            return offered[letter]
        question = f"Type one of {', '.join([*offered, 'q'])} and press Enter."
    return None


def _described(row: SessionRow) -> str:
    return f"{row.title}, begun {row.at[:10]}"
