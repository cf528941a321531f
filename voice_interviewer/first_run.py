"""What the first-run screens may ask for; `setting_up` is what stands behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Tell = Callable[[str, float | None], None]
JudgeKind = Literal["embedded", "server", "named", "local", "key"]


@dataclass(frozen=True)
class JudgeOffer:
    """A judge that could be chosen here.

    Args:
        title: what it is, in a few words.
        about: what it means to choose it, in a sentence.
        tested: what its self-test said, or that there was none yet.
        settings: what choosing it writes into the user's file.
        download: the model to be fetched first; its size is in the title. Empty for none.
        lacks: what else has to be done before it works, with the line to type; empty for nothing.
        current: it is the one in force.
    """

    kind: JudgeKind
    title: str
    about: str
    tested: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    download: str = ""
    lacks: str = ""
    current: bool = False

    @property
    def testable(self) -> bool:
        """True where its self-test can be run at once."""
        return self.kind != "key" and not self.download and not self.lacks


class FirstRun(Protocol):
    """Trying and choosing the parts. Calls may block: keep them off event loops.

    All raise InterviewerError with the fix.
    """

    def seen(self) -> None:
        """Nobody is asked twice: make the user's settings file where there is none."""
        ...

    def now(self, key: str) -> str:
        """A setting as it stands, as it would be typed; empty where it is not set."""
        ...

    def keep(self, values: Mapping[str, str]) -> str:
        """Write settings, as a person types them, to the user's file; they hold from now on.

        All of them are written, or none. Empty ones are taken out of the file; a key for a server
        goes where keys are kept. Returns what a variable or an option says instead, and wins, as a
        sentence; empty for nothing.
        """
        ...

    def microphones(self) -> tuple[str, ...]:
        """The microphones there are, the system's own choice first."""
        ...

    def watch(
        self,
        microphone: str,
        level: Callable[[float], None],
        warn: Callable[[str, bool], None],
        stop: threading.Event,
    ) -> None:
        """Open a microphone (empty: the system's choice) and tell its level in dBFS until `stop`.

        At least ten times a second; `warn` hears of silence and of sound that is cut off, and
        whether there is a sound.
        """
        ...

    def voices(self) -> tuple[str, ...]:
        """The voices that can be chosen, `auto` first and `silent` last."""
        ...

    def say(self, voice: str) -> str:
        """Say a sentence in a voice; what was wrong with it, empty for nothing."""
        ...

    def hush(self) -> None:
        """Stop the sentence; returns at once, from any thread."""
        ...

    def judges(self) -> tuple[JudgeOffer, ...]:
        """The judges that could be chosen here, the embedded one first."""
        ...

    def fetch(self, model: str, tell: Tell) -> None:
        """Fetch a language model, going on where an earlier attempt stopped.

        Whatever `tell` raises stops it; what has arrived is kept.
        """
        ...

    def test(self, offer: JudgeOffer, tell: Tell) -> str:
        """Run the self-test of a judge, for minutes; what it says.

        Whatever `tell` raises stops it; then nothing is kept.
        """
        ...
