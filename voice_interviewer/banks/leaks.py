"""Follow-up questions must not say what they want to hear."""

from __future__ import annotations

import re

from voice_interviewer.core.bank import Criterion


def leaked_term(probe: str, criterion: Criterion, prompt: str) -> str | None:
    """A term of the criterion that the probe names and the prompt did not; None where none."""
    for term in criterion.terms:
        if names(probe, term.term) and not names(prompt, term.term):
            return term.term
    return None


def names(text: str, term: str) -> bool:
    """True where the term stands in the text as whole words, in whatever case."""
    wanted = r"\s+".join(re.escape(word) for word in term.split())
    return re.search(rf"(?<!\w){wanted}(?!\w)", text, re.IGNORECASE) is not None
