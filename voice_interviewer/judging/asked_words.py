"""What of the interviewer's prompts is the interviewer's own, and gives nothing back.

A follow-up may open with what the candidate said ("You said: ..."). Those words are still the
candidate's: said again, they count like any others.
"""

from __future__ import annotations

from voice_interviewer.core.asking import sentences_of
from voice_interviewer.core.commands import Assess
from voice_interviewer.core.transcript import tokens_of
from voice_interviewer.judging.words import STOPWORDS, key_of, keys_of


def interviewers_words(command: Assess) -> tuple[str, ...]:
    """The question and its follow-ups, without what they only pick up from the answer before."""
    follow_ups = dict.fromkeys((command.prompt, *(asked.text for asked in command.asked)))
    own = (_without_picked_up(text, command.said) for text in follow_ups)
    return (command.question.prompt, *(text for text in own if text))


def _without_picked_up(text: str, said: str) -> str:
    """The prompt without the sentences before its question that are made of what was said."""
    before = keys_of(tokens_of(said.split(text)[0])) if text else set()
    kept = [
        sentence
        for sentence in sentences_of(text)
        if sentence.endswith("?") or not _picks_up(sentence, before)
    ]
    return " ".join(kept)


def _picks_up(sentence: str, before: set[str]) -> bool:
    """True where at least half of the sentence's content words had been said before it."""
    keys = [key_of(token) for token in tokens_of(sentence) if token not in STOPWORDS]
    return bool(keys) and 2 * sum(key in before for key in keys) >= len(keys)
