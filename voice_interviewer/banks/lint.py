"""What a valid bank could do better; each finding with its line, column and severity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from voice_interviewer.banks.leaks import leaked_term
from voice_interviewer.banks.load import checked
from voice_interviewer.banks.positioned import MAX_BYTES, Document, Where, parse_yaml
from voice_interviewer.banks.source import read_text
from voice_interviewer.banks.spelling import stumbling_blocks
from voice_interviewer.banks.standards import LEAST_ALSO, LEAST_MISCONCEPTIONS, MOST_PROMPT_WORDS
from voice_interviewer.banks.unfinished import todos_in
from voice_interviewer.banks.words import telling_stems
from voice_interviewer.core.bank import LADDER, Bank, Criterion, Question

Severity = Literal["error", "warning"]

_SAME = 0.8
_OVERLAPPING = 0.6
_LEAST_WORDS_TO_OVERLAP = 3


@dataclass(frozen=True)
class Finding:
    """One thing to mend; `rule` is its stable name."""

    path: Path
    line: int
    column: int
    severity: Severity
    rule: str
    message: str

    def as_json(self) -> dict[str, str | int]:
        """The finding for scripts."""
        values = asdict(self)
        return {"file": str(values.pop("path")), **values}

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity}: {self.message} [{self.rule}]"


def lint_bank(path: Path) -> list[Finding]:
    """Everything that could be better in a bank file, in its order. Raises BankError."""
    text = read_text(path, MAX_BYTES)
    document = parse_yaml(text, path)
    bank = checked(document)
    found = list(_Linter(document).all_of(bank))
    found += [
        Finding(path, line, column, "warning", "unfinished", f"still to do: {told}")
        for line, column, told in todos_in(text)
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.column, finding.rule))


class _Linter:
    """The rules, over one bank whose places are known."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def all_of(self, bank: Bank) -> Iterator[Finding]:
        prompts: dict[frozenset[str], str] = {}
        said = {pronounced.term for pronounced in bank.pronunciations}
        for index, question in enumerate(bank.questions):
            where: Where = ("questions", index)
            words = telling_stems(question.prompt)
            if words and words in prompts:
                told = f"the same prompt as {prompts[words]}"
                yield self._finding((*where, "prompt"), "error", "duplicate-prompt", told)
            prompts.setdefault(words, question.id)
            yield from self._prompt(question, where, said)
            yield from self._overlaps(question, where)
            yield from self._weights(question, where)
            for number, criterion in enumerate(question.criteria):
                own = (*where, "criteria", number)
                yield from self._probes(question, criterion, own)
                yield from self._wording(criterion, own)

    def _prompt(self, question: Question, where: Where, said: set[str]) -> Iterator[Finding]:
        here = (*where, "prompt")
        words = len(question.prompt.split())
        if words > MOST_PROMPT_WORDS:
            told = f"{words} words are too long to hear, {MOST_PROMPT_WORDS} is the most"
            yield self._finding(here, "error", "long-prompt", told)
        blocks = [word for word in stumbling_blocks(question.prompt) if word not in said]
        if blocks and question.say is None:
            told = (
                f"a voice may stumble over {', '.join(blocks)}: respell it in `say`, or for the "
                "whole bank in `pronunciations`"
            )
            yield self._finding(here, "warning", "no-say", told)

    def _overlaps(self, question: Question, where: Where) -> Iterator[Finding]:
        numbered = enumerate(question.criteria)
        worded = [(n, c.id, telling_stems(c.statement)) for n, c in numbered]
        for (_, first_id, first), (number, _, second) in combinations(worded, 2):
            shared = len(first & second)
            here = (*where, "criteria", number, "statement")
            if shared and shared / len(first | second) >= _SAME:
                told = f"says the same as {first_id}"
                yield self._finding(here, "error", "duplicate-criterion", told)
            elif (least := min(len(first), len(second))) >= _LEAST_WORDS_TO_OVERLAP and (
                shared / least >= _OVERLAPPING
            ):
                told = f"overlaps with {first_id} in {shared} of {least} words"
                yield self._finding(here, "warning", "overlapping-criteria", told)

    def _weights(self, question: Question, where: Where) -> Iterator[Finding]:
        total = sum(criterion.weight for criterion in question.criteria)
        for number, criterion in enumerate(question.criteria):
            share = criterion.weight / total
            if len(question.criteria) > 1 and share > 0.5:
                told = f"{criterion.id} alone has {share:.0%} of the question's weight"
                here = (*where, "criteria", number, "weight")
                yield self._finding(here, "warning", "dominant-weight", told)

    def _probes(self, question: Question, criterion: Criterion, where: Where) -> Iterator[Finding]:
        for rung in LADDER:
            probe = criterion.probes.on(rung)
            if probe is None:
                told = f"{criterion.id} has no probe for `{rung}`"
                yield self._finding((*where, "probes"), "warning", "missing-rung", told)
                continue
            leaked = leaked_term(probe, criterion, question.prompt)
            if leaked:
                told = f"the probe names {leaked!r}, which it should draw out"
                yield self._finding((*where, "probes", rung), "error", "leaking-probe", told)

    def _wording(self, criterion: Criterion, where: Where) -> Iterator[Finding]:
        for index, term in enumerate(criterion.terms):
            if not term.sounds_like:
                told = f"{term.term!r} has no `sounds_like`"
                here = (*where, "terms", index)
                yield self._finding(here, "warning", "term-without-sounds-like", told)
        for name, least in (("also", LEAST_ALSO), ("misconceptions", LEAST_MISCONCEPTIONS)):
            count = len(getattr(criterion, name))
            if count < least:
                told = f"{criterion.id} has {count} `{name}`, write at least {least}"
                yield self._finding((*where, name), "warning", f"few-{name}", told)

    def _finding(self, where: Where, severity: Severity, rule: str, message: str) -> Finding:
        place = self._document.value_problem(where, message)
        return Finding(self._document.path, place.line, place.column, severity, rule, message)
