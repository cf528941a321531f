"""Two answers to the same question side by side, to be read and to be heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from voice_interviewer.comparing import Comparison, Side
from voice_interviewer.desk import ReplayPlayer
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.screens.compare_page import ComparePage
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.words import minutes_seconds

_LOOK_EVERY_S = 0.1


class CompareScreen(FramedScreen):
    """Shows a comparison; nothing here changes anything.

    Args:
        load: makes the comparison; called beside the event loop.
        open_player: opens the player of a session; called beside the event loop.
    """

    NARROW_KEY_ROWS = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "hear(1)", "Hear the first"),
        Binding("2", "hear(2)", "Hear the second"),
        Binding("space", "pause", "Pause"),
        Binding("space", "play_on", "Go on"),
        Binding("up", "scroll(-1)", "Scroll"),
        Binding("down", "scroll(1)", "Scroll"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(
        self, load: Callable[[], Comparison], open_player: Callable[[str], ReplayPlayer]
    ) -> None:
        super().__init__()
        self._load = load
        self._open_player = open_player
        self._comparison: Comparison | None = None
        self._players: dict[str, ReplayPlayer] = {}
        self._heard = 0
        self._playing = False

    def compose_body(self) -> ComposeResult:
        """The page, and what is being heard."""
        yield ComparePage()
        yield Static(id="state")

    def on_mount(self) -> None:
        """Make the comparison; until then there is only the way back."""
        self.top.tell("Compare")
        page = self.query_one(ComparePage)
        self.watch(page, "show_vertical_scrollbar", self.refresh_bindings, init=False)
        self._compare()

    def on_unmount(self) -> None:
        """Fall silent for good."""
        for player in self._players.values():
            player.close()

    def on_screen_suspend(self) -> None:
        """Another screen has the floor."""
        for player in self._players.values():
            player.pause()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can be done just now."""
        if action == "hear":
            side = self._side(parameters[0])
            return side is not None and side.spoken
        if action == "pause":
            return self._playing
        if action == "play_on":
            return self._player is not None and not self._playing
        if action == "scroll":
            return self.query_one(ComparePage).show_vertical_scrollbar
        return True

    def action_hear(self, number: int) -> None:
        """Play one of the answers from its beginning; the other one falls silent."""
        side = self._side(number)
        if side is not None:
            self._hear(number, side)

    def action_pause(self) -> None:
        """Fall silent here."""
        if self._player is not None:
            self._player.pause()
            self._look()

    def action_play_on(self) -> None:
        """Go on with the answer that was heard last."""
        if self._player is not None:
            self._player.play()
            self._look()

    def action_scroll(self, step: int) -> None:
        """A few lines up or down."""
        self.query_one(ComparePage).scroll_relative(y=3 * step, animate=False)

    def action_back(self) -> None:
        """To where this was opened from."""
        self.dismiss()

    @property
    def _player(self) -> ReplayPlayer | None:
        """The player of the answer that was heard last."""
        side = self._side(self._heard) if self._heard else None
        return None if side is None else self._players.get(side.session_id)

    def _side(self, number: object) -> Side | None:
        """The first or the second answer, once they are compared."""
        comparison = self._comparison
        if comparison is None:
            return None
        return comparison.first if number == 1 else comparison.second

    @work(exclusive=True, group="compare", exit_on_error=False)
    async def _compare(self) -> None:
        try:
            comparison = await off_loop(self._load, "compare")
        except InterviewerError as error:
            self._say(str(error))
            return
        self._comparison = comparison
        self.top.tell("Compare", comparison.section or comparison.question_id)
        self.query_one(ComparePage).tell(comparison)
        self.refresh_bindings()
        self.set_interval(_LOOK_EVERY_S, self._look)

    @work(exclusive=True, group="hear", exit_on_error=False)
    async def _hear(self, number: int, side: Side) -> None:
        for player in self._players.values():
            player.pause()
        if side.session_id not in self._players:
            try:
                opened = await off_loop(lambda: self._open_player(side.session_id), "player")
            except InterviewerError as error:
                self._say(str(error))
                return
            if not self.is_running:
                opened.close()
                return
            self._players[side.session_id] = opened
        player = self._players[side.session_id]
        recorded = tuple(turn_id for turn_id in side.turn_ids if player.answer_s(turn_id))
        self._heard = number if recorded else 0
        if not recorded:
            self._say("That answer was not recorded.")
            return
        player.play_answers(recorded)
        self._look()

    def _look(self) -> None:
        """Show what is being heard."""
        player = self._player
        if player is None:
            self._playing = False
            return
        head = player.head()
        if head.playing != self._playing:
            self._playing = head.playing
            self.refresh_bindings()
        answer = "the first answer" if self._heard == 1 else "the second answer"
        mark = "▶ playing" if head.playing else "‖ paused"
        whole = minutes_seconds(player.answer_s(head.turn_id))
        at = f"{minutes_seconds(head.at_s)} of {whole}"
        self._say(head.notice or f"{mark} {answer} · {at}")

    def _say(self, line: str) -> None:
        self.query_one("#state", Static).update(ink(line, "$muted"))
        self.refresh_bindings()
