"""Questions to the index, and what they find. A query is always words, never a search language."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from itertools import islice
from operator import itemgetter
from typing import Any

from voice_interviewer.archive.found import (
    Facets,
    Hit,
    IndexedSession,
    IndexedTake,
    Part,
    Span,
    Wanted,
)
from voice_interviewer.archive.index_file import TURN_BITS
from voice_interviewer.archive.index_rows import one_line, time_of

MOST_WORDS = 24
_LONGEST_WORD = 80
_OPEN, _CLOSE = "\x02", "\x03"
_MARKED = re.compile(f"{_OPEN}.*?{_CLOSE}")
_BEFORE, _AFTER = 3, 16

_SESSIONS = """
    SELECT folder, id, at, bank, title, kind, status, questions, score, best_score, trace,
        problem
    FROM sessions s"""
_TAKES = "SELECT 1 FROM takes k WHERE k.session = s.key"
_VERDICTS = """SELECT 1 FROM verdicts v WHERE v.session = k.session AND v.item = k.item
    AND v.take = k.take AND v.verdict = ?"""
_JUDGED = """
    SELECT k.bank, k.question, k.prompt, s.id, s.at, s.kind, k.take, k.score, k.best_score
    FROM takes k JOIN sessions s ON s.key = k.session WHERE k.score IS NOT NULL
    ORDER BY s.folder, k.item, k.take"""
_HITS = f"""
    SELECT s.id, s.at, s.title, k.bank, k.section_title, k.section, k.question, k.prompt, t.item,
        t.take, t.turn, k.score, k.best_score, t.answer_times, t.other_times,
        highlight(said, 0, '{_OPEN}', '{_CLOSE}'), highlight(said, 1, '{_OPEN}', '{_CLOSE}'),
        highlight(said, 2, '{_OPEN}', '{_CLOSE}')
    FROM said CROSS JOIN turns t ON t.key = said.rowid
    CROSS JOIN takes k
        ON k.session = t.key >> {TURN_BITS} AND k.item = t.item AND k.take = t.take
    CROSS JOIN sessions s ON s.key = k.session
    WHERE said MATCH ?"""


def words_of(query: str) -> list[str]:
    """The words of a query that can be looked for, at most 24."""
    pieces = (piece[:_LONGEST_WORD] for piece in one_line(query).split())
    words = (piece for piece in pieces if any(map(str.isalnum, piece)))
    return list(islice(words, MOST_WORDS))


def search(connection: sqlite3.Connection, query: str, wanted: Wanted, most: int) -> list[Hit]:
    """The turns in which every word of the query begins a word, newest session first."""
    words = words_of(query)
    if not words:
        return []
    match = " ".join('"' + word.replace('"', '""') + '" *' for word in words)
    conditions, values = _conditions(wanted)
    sql = " AND ".join([_HITS, *conditions]) + " ORDER BY said.rowid DESC LIMIT ?"
    return [_hit(row) for row in connection.execute(sql, (match, *values, most))]


def sessions(
    connection: sqlite3.Connection, wanted: Wanted, most: int | None
) -> list[IndexedSession]:
    """The sessions that have a question as wanted, newest first; None for all of them."""
    conditions, values = _conditions(wanted)
    where = f" WHERE EXISTS ({' AND '.join([_TAKES, *conditions])})" if conditions else ""
    if most is not None:
        latest = f"{_SESSIONS}{where} ORDER BY folder DESC LIMIT ?"
        return [IndexedSession._make(row) for row in connection.execute(latest, (*values, most))]
    rows = connection.execute(f"{_SESSIONS}{where} ORDER BY key DESC", values)
    return sorted(map(IndexedSession._make, rows), key=itemgetter(0), reverse=True)


def takes(connection: sqlite3.Connection) -> list[IndexedTake]:
    """All takes that were judged, oldest session first."""
    return [IndexedTake._make(row) for row in connection.execute(_JUDGED)]


def facets(connection: sqlite3.Connection) -> Facets:
    """The banks and sections that past sessions asked from."""
    titles = dict(connection.execute("SELECT bank, title FROM sessions WHERE bank <> ''"))
    asked = connection.execute("SELECT DISTINCT bank, section, section_title FROM takes")
    sections: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for bank, section, title in sorted(asked):
        sections[bank][section] = title or section
    banks = {bank: titles.get(bank, bank) for bank in sections}
    return Facets(dict(sorted(banks.items(), key=lambda item: item[1])), dict(sections))


def _conditions(wanted: Wanted) -> tuple[list[str], list[str]]:
    """What a take `k` must be, and the values of the placeholders."""
    conditions: list[str] = []
    values: list[str] = []
    if wanted.bank:
        conditions.append("k.bank = ?")
        values.append(one_line(wanted.bank))
    if wanted.section:
        conditions.append("? IN (lower(k.section), lower(k.section_title))")
        values.append(one_line(wanted.section).lower())
    if wanted.verdict:
        conditions.append(f"EXISTS ({_VERDICTS})")
        values.append(wanted.verdict)
    return conditions, values


def _hit(row: tuple[Any, ...]) -> Hit:
    session_id, at, title, bank, section_title, section, question, prompt, item, take, turn = row[
        :11
    ]
    score, best_score, answer_times, other_times, in_prompt, in_answer, in_other = row[11:]
    candidates: tuple[tuple[Part, str, bytes], ...] = (
        ("answer", in_answer, answer_times),
        ("other", in_other, other_times),
        ("prompt", in_prompt, b""),
    )
    part, text, times = max(candidates, key=lambda candidate: _OPEN in candidate[1])
    first, snippet, marks = _snippet(text)
    return Hit(
        session_id=session_id,
        at=at,
        title=title,
        bank=bank,
        section=section_title or section,
        question_id=question,
        question=prompt,
        item=item,
        take=take,
        turn=turn,
        part=part,
        start_s=time_of(times, first),
        snippet=snippet,
        marks=marks,
        score=score,
        best_score=best_score,
    )


def _snippet(marked: str) -> tuple[int, str, tuple[Span, ...]]:
    """The number of the first word found, the words around it, and where the marks are in them."""
    words = marked.split(" ")
    first = next((n for n, word in enumerate(words) if _OPEN in word), 0)
    begin = max(0, first - _BEFORE)
    window = " ".join(words[begin : first + _AFTER])
    window += _CLOSE * (window.count(_OPEN) - window.count(_CLOSE))
    text = ("… " if begin else "") + window + (" …" if first + _AFTER < len(words) else "")
    marks: list[Span] = []
    for found in _MARKED.finditer(text):
        taken_out = 2 * len(marks)
        marks.append((found.start() - taken_out, found.end() - taken_out - 2))
    return first, text.replace(_OPEN, "").replace(_CLOSE, ""), tuple(marks)
