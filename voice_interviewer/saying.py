"""A prompt whose words are still coming: what of it may be said, and what it came to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from voice_interviewer.core.commands import Phrase
from voice_interviewer.core.phrasing import fair_pieces
from voice_interviewer.core.ports import Phraser


class Wording:
    """An iterator over the pieces to say; it may be taken from in one thread at a time.

    Args:
        told: called with the whole prompt as far as it is known, in the thread that takes.
    """

    def __init__(self, phrase: Phrase, phraser: Phraser, told: Callable[[str], None]) -> None:
        self._phrase = phrase
        self._pieces = fair_pieces(phraser.chunks(phrase), phrase)
        self._told = told
        self._said: list[str] = []
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        with self._lock:
            piece = next(self._pieces)
            self._said.append(piece)
            text = self.text
        if text != self._phrase.planned.text:
            self._told(text)
        return f"{piece} "

    @property
    def text(self) -> str:
        """The prompt: what the model made of it, with the bank's question where it has none yet."""
        said = " ".join(self._said)
        if not said:
            return self._phrase.planned.text
        return said if said.endswith(("?", '"', "'")) else f"{said} {self._phrase.probe}"

    def drain(self) -> None:
        """Take what nobody has taken, so that the text is whole."""
        for _ in self:
            pass
