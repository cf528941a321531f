"""Deleting a session for good: what goes with it, and one more key."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from voice_interviewer.desk import Deletion, History
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.history_lines import deletion_words


class DeletionScreen(FramedScreen):
    """Asks; deletes on `y`, and changes nothing on escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "delete", "Delete for good"),
        Binding("escape", "keep", "Keep it"),
    ]

    def __init__(self, history: History, session_id: str) -> None:
        super().__init__()
        self._history = history
        self._session_id = session_id
        self._doomed: Deletion | None = None

    def compose_body(self) -> ComposeResult:
        """What would go."""
        yield Static(id="goes")

    def on_mount(self) -> None:
        """Look at what there is."""
        self.top.tell("Delete a session?")
        self._weigh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is deleted that was not shown."""
        return action != "delete" or self._doomed is not None

    def action_keep(self) -> None:
        """Back, with nothing changed."""
        self.app.pop_screen()

    def action_delete(self) -> None:
        """Delete it, once."""
        self._doomed = None
        self.refresh_bindings()
        self._delete()

    @work(group="weigh", exit_on_error=False)
    async def _weigh(self) -> None:
        try:
            self._doomed = await off_loop(
                lambda: self._history.deletion(self._session_id), "deletion"
            )
        except InterviewerError as error:
            self._say(error)
            return
        first, *rest = deletion_words(self._doomed)
        self.query_one("#goes", Static).update(
            ink(first, "bold $loud")
            + prose("\n" + "\n".join(rest))
            + prose("\n\nThe journal, the recordings and the transcript go. This cannot be undone.")
        )
        self.refresh_bindings()

    @work(group="delete", exit_on_error=False)
    async def _delete(self) -> None:
        try:
            await off_loop(lambda: self._history.delete(self._session_id), "deletion")
        except InterviewerError as error:
            self._say(error)
        else:
            self.app.pop_screen()

    def _say(self, error: InterviewerError) -> None:
        self.query_one("#goes", Static).update(
            ink(error.message, "$error") + ink(f" {error.hint}".rstrip())
        )
