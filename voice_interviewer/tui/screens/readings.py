"""What the signals of the last moments amount to: shown, and forgotten with the next phase."""

from __future__ import annotations

from dataclasses import dataclass

from voice_interviewer.core.ports import Interim, Level, Patience, Signal
from voice_interviewer.core.session import State


@dataclass
class Readings:
    """Words that may still change, what takes a while, and whether the candidate is silent."""

    interim: str = ""
    progress: str = ""
    patient: bool = False

    def note(self, signal: Signal) -> None:
        """Take in one signal; a level says nothing here, as noise is no answer."""
        if isinstance(signal, Level):
            return
        if isinstance(signal, Interim):
            self.interim, self.patient = signal.text, False
        elif isinstance(signal, Patience):
            self.patient = True
        else:
            share = "" if signal.fraction is None else f" {signal.fraction:.0%}"
            self.progress = f"{signal.message}{share}"

    def moved(self, old: State | None, new: State) -> None:
        """Forget what is old by now; the words so far stay until better ones take their place."""
        if old is None or old.phase != new.phase:
            self.progress = ""
            self.patient = False
        if old is None or _words_committed(old) != _words_committed(new):
            self.interim = ""
            self.patient = False


def _words_committed(state: State) -> tuple[int, int]:
    return len(state.turns), 0 if state.turn is None else len(state.turn.committed)
