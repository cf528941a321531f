"""The session as a page to read: `transcript.md`, re-creatable from the journal at any time."""

from __future__ import annotations

import re

from voice_interviewer.core.assessment import Standing, Verdict
from voice_interviewer.core.delivery import delivery_line, delivery_of
from voice_interviewer.core.report import judged_by, row_tag, score_words
from voice_interviewer.core.session import State, Turn

MARK: dict[Verdict, str] = {"met": "✓", "partial": "◐", "unclear": "?", "missed": "✗"}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def transcript_markdown(state: State) -> str:
    """The whole session in Markdown; what was said is escaped, never interpreted."""
    lines = [
        f"# {_plain(state.bank_title)}: {state.kind} {state.session_id}",
        "",
        f"{state.at} · candidate {_plain(state.candidate)} · voice {_plain(state.voice)}"
        f" · judge {_plain(state.judge)} · {state.status}",
        *([f"Taken up from session {state.fork_of}."] if state.fork_of else []),
        "",
    ]
    for index, item in enumerate(state.plan):
        if not state.take(index):
            continue
        lines += [f"## {index + 1}. {_plain(item.question.prompt)}", ""]
        takes = state.takes(index)
        for number, turns in enumerate(takes, 1):
            if len(takes) > 1:
                lines += [f"### Take {number}", ""]
            for turn in turns:
                lines += _turn(turn)
            lines += _table(state, index, turns[0].take)
    for notice in state.notices:
        lines += [f"> {_plain(f'{notice.message} {notice.hint}'.strip())}", ""]
    return "\n".join(lines).rstrip() + "\n"


def numbered_words(state: State) -> str:
    """The words of every answer with their numbers, as a correction names them."""
    pages = []
    for turn in state.turns:
        heard = turn.judged or turn.transcript
        words = heard.words if heard is not None else ()
        said = "  ".join(f"{number} {word.text}" for number, word in enumerate(words))
        pages.append(f"Turn {turn.id}: {said or '(nothing was heard)'}")
    return "\n\n".join(pages)


def clock_time(seconds: float | None) -> str:
    """Seconds as m:ss; empty where there are none."""
    if seconds is None:
        return ""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _turn(turn: Turn) -> list[str]:
    said = turn.saved.text if turn.saved else ""
    answer = _plain(said) if said else "*(nothing was heard)*" if turn.ended else "*(unanswered)*"
    aim = f" *(follow-up on {turn.aim.criterion_id}, {turn.aim.rung})*" if turn.aim else ""
    delivery = delivery_of(turn.saved)
    delivered = [f"*{delivery_line(delivery)}*", ""] if delivery else []
    again = [
        line
        for transcript in turn.retranscribed
        for line in (
            f"**You, heard by {_plain(transcript.engine)}:** {_plain(transcript.text)}",
            "",
        )
    ]
    right = turn.put_right
    put_right = [f"**You, put right:** {_plain(right.text)}", ""] if right else []
    who = _plain(turn.asker) or "Interviewer"
    asked = f"Turn {turn.id} · **{who}:** {_plain(turn.prompt)}{aim}"
    return [asked, "", f"**You:** {answer}", "", *put_right, *delivered, *again]


def _table(state: State, item: int, take: int) -> list[str]:
    question = state.plan[item].question
    rows = ["| | criterion | evidence | at |", "|---|---|---|---|"]
    rows += [
        _row(question.criterion(s.criterion_id).label, s, row_tag(state, item, s, take))
        for s in state.standings(item, take)
    ]
    judges = [t.assessment for t in state.take(item, take) if t.assessment]
    by = judged_by(state, item, take)
    judged = f" · judged by {_plain(by)}" if by else ""
    notices = dict.fromkeys(_plain(remark) for a in judges for remark in a.remarks)
    return [
        *rows,
        "",
        f"{score_words(state, item, take)}{judged}",
        "",
        *[f"> {n}\n" for n in notices],
    ]


def _row(label: str, standing: Standing, tag: str) -> str:
    evidence = standing.detail.evidence[0] if standing.detail and standing.detail.evidence else None
    quote = f"“{_plain(evidence.quote)}”" if evidence else ""
    at = clock_time(evidence.start_s) if evidence else ""
    verdict = f"{MARK[standing.verdict]} {standing.verdict}"
    named = _plain(f"{label} ({tag})" if tag else label)
    return f"| {verdict} | {named} | {quote} | {at} |"


def _plain(text: str) -> str:
    """Text on one line in which Markdown and control characters mean nothing."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return _MARKDOWN.sub(r"\\\1", printable)
