"""What the steps of the first run share."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from voice_interviewer.first_run import FirstRun
from voice_interviewer.tui.safe import ink, prose


class WizardStep(Vertical):
    """One step: what it is about, what can be chosen, and what came of trying it.

    Args:
        first_run: what parts are tried with.
    """

    TITLE = ""
    ABOUT = ""

    class Moved(Message):
        """Other keys mean something now."""

    class Over(Message):
        """The step is done; `values` are to be kept.

        Args:
            stay: there is more to do here once they are kept; then `kept` is called.
        """

        def __init__(self, values: Mapping[str, str], *, stay: bool = False) -> None:
            super().__init__()
            self.values = values
            self.stay = stay

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__()
        self.first_run = first_run
        self._remark = Static(classes="remark")

    def compose(self) -> ComposeResult:
        """The title, a sentence, the choices, a remark."""
        yield Static(ink(self.TITLE, "bold $loud"))
        yield Static(ink(self.ABOUT, "$muted"), classes="about")
        yield from self.compose_choices()
        yield self._remark

    def compose_choices(self) -> ComposeResult:
        """What can be chosen."""
        yield from ()

    def actions(self) -> frozenset[str]:
        """Which of the screen's actions mean something now, but for leaving it."""
        return frozenset({"go_on", "skip"})

    def use(self) -> None:
        """Take what is chosen, or go on where nothing is."""
        self.post_message(self.Over({}))

    def hear(self) -> None:
        """Hear what is chosen."""

    def test(self) -> None:
        """Test what is chosen."""

    def kept(self) -> None:
        """What was to be kept is, and there is more to do."""

    def back(self) -> None:
        """Back to what was before within the step."""

    def give_up(self) -> None:
        """Stop what takes a while."""

    def on_unmount(self) -> None:
        """However it is left."""
        self.leave()

    def leave(self) -> None:
        """The step is left: let go of devices and of what takes a while."""

    def remark(self, text: str, style: str = "$foreground") -> None:
        """Say what came of it."""
        self._remark.update(prose(text, style))

    def moved(self) -> None:
        """Other keys mean something now."""
        self.post_message(self.Moved())
