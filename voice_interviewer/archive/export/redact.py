"""Takes out of a session what may identify somebody.

What is found: e-mail and web addresses, telephone numbers and paths by their form (also spelled out
as speech is: "dot com", "five five five"); names of people and employers by `names`; names of
devices; the terms a user lists, as whole words in any case. Nothing else is: a name that was only
mentioned in passing, or misheard, stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, TypeVar, get_args, get_origin

from voice_interviewer.archive.export.names import Names, names_in
from voice_interviewer.core.events import PartFailed, WordCorrected
from voice_interviewer.core.frozen import Frozen
from voice_interviewer.core.session import State, Turn
from voice_interviewer.core.transcript import (
    Evidence,
    Transcript,
    Word,
    find_quote,
    is_verbatim,
)
from voice_interviewer.errors import UsageError

REDACTED = "[redacted]"

_DOMAIN = "com|org|net|edu|gov|io|dev|ai|app|co|me|info|eu|uk|us|ca|de|fr|es|pl|nl|ch|in|jp|cn|ru"
_DIGIT = "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_FORMS = (
    r"(?:[\w-]{1,64} dot ){0,4}[\w.+-]{1,64} at (?:[\w-]{1,63} dot ){1,5}\w+",
    r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}",
    r"[a-z][a-z0-9+.-]{1,20}://\S+",
    rf"(?:[\w-]{{1,63}}\.){{1,8}}(?:{_DOMAIN})\b(?:[:/]\S*)?",
    rf"(?:[\w-]{{1,63}} dot ){{1,5}}(?:{_DOMAIN})\b",
    r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?",
    r"(?:~|[a-z]:)?[/\\](?=[\w.~-]*[^\W\d_])(?:[^\s/\\]+(?: [^\s/\\]+){0,3}[/\\])*[^\s/\\]*",
    r"\+?\(?\d(?:[\s().\-/]{0,3}\d){6,}",
    rf"{_DIGIT}(?:[ ,-]+{_DIGIT}){{6,}}",
)
_FORM = re.compile(rf"(?<![\w@])(?:{'|'.join(_FORMS)})", re.IGNORECASE)
_QUOTED = re.compile(r"""(?<=["“])[^"”]+(?=["”])""")
_KEPT = frozenset({"session_id", "drill_of", "fork_of", "at", "language"})
_IDS = frozenset({"id", "criterion_id", "bank_id", "section", "focus", "heard_met"})
_DEVICES = ((State, "microphone"), (Turn, "source"), (PartFailed, "choices"))

_Value = TypeVar("_Value", bound=Frozen)


def redacted(state: State, terms: Sequence[str] = ()) -> State:
    """The session with what identifies somebody replaced by `[redacted]`, and without recordings.

    Every text is gone through, the interviewer's, the judge's and the bank's included. Counts and
    times of words stay, so quotes stand where they stood. Raises UsageError for an empty term.
    """
    if not all(_clean(term).strip() for term in terms):
        raise UsageError("A term to redact is empty.", "Name a word: --redact-term WORD")
    return _Redactor(state, terms).of(state)


class _Redactor:
    """Knows what to take out of one session."""

    def __init__(self, state: State, terms: Sequence[str]) -> None:
        jargon = {
            word.casefold()
            for item in state.plan
            for term in item.question.terms
            for word in term.split()
        }
        names = Names()
        devices = []
        for owner, name, text in _texts(state):
            if _is_device(owner, name):
                devices.append(text)
                continue
            found = names_in(text, jargon)
            names.sure |= found.sure
            names.likely |= found.likely
        self._patterns = (
            _FORM,
            _any_of([*terms, *devices, *names.sure], re.IGNORECASE),
            _any_of(names.likely),
        )
        self._spread = [
            (heard, self._words(heard.words))
            for turn in state.turns
            for heard in _transcripts(turn)
            if any(" " in match[0] for match in _FORM.finditer(_clean(heard.text)))
        ]
        self._ids: dict[str, str] = {}

    def of(self, value: _Value, turn: Turn | None = None) -> _Value:
        """A copy of a value and all in it. `turn` is the one whose words are quoted in it."""
        if isinstance(value, Turn):
            turn = value
        update: dict[str, Any] = {
            name: self._field(value, name, getattr(value, name), turn)
            for name in _free_fields(value)
        }
        if isinstance(value, Evidence) and turn is not None:
            update["quote"] = self._quote(value, turn)
        if isinstance(value, Turn):
            update |= {"recordings": (), "corrections": self._corrections(value)}
        return value.model_copy(update=update)

    def _field(self, owner: Frozen, name: str, value: Any, turn: Turn | None) -> Any:
        if isinstance(value, Frozen):
            return self.of(value, turn)
        if isinstance(value, tuple):
            if value and isinstance(value[0], Word):
                return self._words(value)
            return tuple(self._field(owner, name, part, turn) for part in value)
        if not isinstance(value, str) or not value:
            return value
        if _is_device(owner, name):
            return REDACTED
        if name == "candidate" and value.startswith("audio:"):
            return f"audio:{REDACTED}"
        return self._id(value) if name in _IDS else self._text(value)

    def _text(self, text: str) -> str:
        if self._spread:
            text = _QUOTED.sub(lambda match: self._as_said(match[0]), self._as_said(text))
        text = _clean(text)
        return _masked(text, self._mask(text))

    def _as_said(self, quote: str) -> str:
        """A quote without what is to be taken out of the answer it comes from.

        Half a number spread over several words does not look like one any more.
        """
        for heard, words in self._spread:
            found = find_quote(heard, quote)
            if found is not None:
                span = words[found.first_word : found.last_word + 1]
                if any(REDACTED in word.text for word in span):
                    return " ".join(word.text for word in span)
        return quote

    def _words(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """As many words with the same times; a name of two words is redacted twice."""
        texts = [_clean(word.text) for word in words]
        mask = self._mask(" ".join(texts))
        result, at = [], 0
        for word, text in zip(words, texts, strict=True):
            shown = _masked(text, mask[at : at + len(text)])
            result.append(word.model_copy(update={"text": shown}))
            at += len(text) + 1
        return tuple(result)

    def _mask(self, text: str) -> bytearray:
        """For every character 1 where it is to be taken out."""
        mask = bytearray(len(text))
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = match.start(), match.start() + len(match[0].rstrip(".,;:!?\"'”’)"))
                mask[start:end] = b"\1" * (end - start)
        return mask

    def _id(self, value: str) -> str:
        """An id that names nobody; different ids stay different."""
        if self._text(value) != value:
            self._ids.setdefault(value, f"redacted-{len(self._ids) + 1}")
        return self._ids.get(value, value)

    def _quote(self, evidence: Evidence, turn: Turn) -> str:
        """A quote as the redacted answer has it."""
        for heard in _transcripts(turn):
            if is_verbatim(heard, evidence):
                words = self._words(heard.words)
                span = words[evidence.first_word : evidence.last_word + 1]
                return " ".join(word.text for word in span)
        return self._text(evidence.quote)

    def _corrections(self, turn: Turn) -> tuple[WordCorrected, ...]:
        """Corrections as they look in the corrected answer, where a name may only now be one."""
        heard = turn.judged or turn.transcript
        words = list(heard.words) if heard is not None else []
        told = [correction for correction in turn.corrections if correction.word < len(words)]
        for correction in told:
            words[correction.word] = words[correction.word].model_copy(
                update={"text": correction.text}
            )
        shown = self._words(words)
        return tuple(
            correction.model_copy(
                update={"text": shown[correction.word].text if correction.text.strip() else ""}
            )
            for correction in told
        )


def _clean(text: str) -> str:
    """Composed letters, and no invisible characters that a name could hide behind."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", visible)


def _transcripts(turn: Turn) -> list[Transcript]:
    """All that was heard of an answer."""
    heard = (
        turn.judged,
        turn.transcript,
        turn.second_pass,
        turn.corrected,
        turn.put_right_before,
        *turn.retranscribed,
    )
    return [transcript for transcript in heard if transcript is not None]


def _masked(text: str, mask: Sequence[int]) -> str:
    pieces = groupby(zip(text, mask, strict=True), key=lambda pair: pair[1])
    return "".join(REDACTED if out else "".join(c for c, _ in run) for out, run in pieces)


def _any_of(terms: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """Any of these as whole words, with or without a genitive s; nothing for no terms."""
    wanted = sorted({_clean(term).strip() for term in terms} - {""}, key=len, reverse=True)
    pieces = (r"[\s,]+".join(map(re.escape, term.split())) for term in wanted)
    return re.compile(rf"(?<!\w)(?:{'|'.join(pieces) or '(?!)'})(?:['’]s)?(?!\w)", flags)


def _is_device(owner: Frozen, name: str) -> bool:
    return any(isinstance(owner, kind) and name == field for kind, field in _DEVICES)


def _free_fields(value: Frozen) -> Iterator[str]:
    """The fields that may hold free text, or values that do."""
    for name, field in type(value).model_fields.items():
        if name not in _KEPT and not _is_choice(field.annotation):
            yield name


def _is_choice(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_is_choice, get_args(annotation)))


def _texts(value: Frozen) -> Iterator[tuple[Frozen, str, str]]:
    """Every text in a value, as (owner, field, text); the words of an answer as one text."""
    if isinstance(value, Turn) and value.corrected is not None:
        yield value, "corrected", _clean(value.corrected.text)
    for name in _free_fields(value):
        held = getattr(value, name)
        parts = held if isinstance(held, tuple) else (held,)
        if parts and isinstance(parts[0], Word):
            yield value, name, _clean(" ".join(word.text for word in parts))
            continue
        for part in parts:
            if isinstance(part, Frozen):
                yield from _texts(part)
            elif isinstance(part, str) and part:
                yield value, name, _clean(part)
