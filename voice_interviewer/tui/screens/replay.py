"""The replay: a past session heard again, its words lit as they sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.report import judged_line
from voice_interviewer.core.session import Turn
from voice_interviewer.core.transcript import Word
from voice_interviewer.desk import RATES, Playhead, ReplayPlayer
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui import replay_steps as steps
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import ForkWanted
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.widgets.criteria_rail import CriteriaRail
from voice_interviewer.tui.widgets.spoken_words import SpokenWords
from voice_interviewer.tui.widgets.waveform import Waveform
from voice_interviewer.tui.words import follow_up_number, minutes_seconds

_LOOK_EVERY_S = 1 / 30
_DIGITS = range(1, 10)


class ReplayScreen(FramedScreen):
    """Plays one session; nothing here changes it.

    Args:
        open_player: opens the player; called beside the event loop.
    """

    NARROW_KEY_ROWS = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play"),
        Binding("space", "pause", "Pause"),
        Binding("left", "word(-1)", "Word"),
        Binding("right", "word(1)", "Word"),
        Binding("pageup", "turn(-1)", "Turn"),
        Binding("pagedown", "turn(1)", "Turn"),
        Binding("up", "criterion(-1)", "Criterion"),
        Binding("down", "criterion(1)", "Criterion"),
        Binding("enter", "hear", "Hear it"),
        *(Binding(str(n), f"hear({n})", "Hear it") for n in _DIGITS),
        Binding("minus", "speed(-1)", "Speed", key_display="-"),
        Binding("plus", "speed(1)", "Speed", key_display=" +"),
        Binding("f", "fork", "Fork here"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(self, open_player: Callable[[], ReplayPlayer]) -> None:
        super().__init__()
        self._open_player = open_player
        self._player: ReplayPlayer | None = None
        self._head = Playhead(0, "prompt")
        self._words: tuple[Word, ...] = ()

    def compose_body(self) -> ComposeResult:
        """The question, the answer beside its criteria, the recording, where it stands."""
        yield Static(id="question")
        with Horizontal(id="answer"):
            yield SpokenWords()
            yield CriteriaRail()
        yield Waveform()
        yield Static(id="state")

    def on_mount(self) -> None:
        """Open the player; until then there is only the way back."""
        self.top.tell("Replay")
        self._say("Opening the recordings …")
        self._open()

    def on_unmount(self) -> None:
        """Fall silent for good."""
        if self._player is not None:
            self._player.close()

    def on_screen_suspend(self) -> None:
        """Another screen has the floor."""
        if self._player is not None:
            self._player.pause()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can be done just here."""
        player, head = self._player, self._head
        if action == "back":
            return True
        if player is None or not player.state.turns:
            return False
        step = parameters[0] if parameters and isinstance(parameters[0], int) else 0
        if action in ("play", "pause"):
            return head.playing == (action == "pause")
        if action == "word":
            return steps.word_beside(self._words, head, step) is not None
        if action == "turn":
            return steps.turn_beside(player.state, head.turn_id, step) is not None
        if action == "speed":
            return self._rate_beside(step) is not None
        rail = self.query_one(CriteriaRail)
        if action == "criterion":
            return len(rail.reachable) > 1
        if action == "hear":
            return step <= len(rail.reachable) if step else bool(rail.reachable)
        return True

    def action_play(self) -> None:
        """Play on from here."""
        if self._player is not None:
            self._player.play()
            self._look()

    def action_pause(self) -> None:
        """Fall silent here."""
        if self._player is not None:
            self._player.pause()
            self._look()

    def action_word(self, step: int) -> None:
        """To the beginning of the next word, or of the one before."""
        self._look()
        at_s = steps.word_beside(self._words, self._head, step)
        if at_s is not None:
            self._go(self._head.turn_id, at_s)

    def action_turn(self, step: int) -> None:
        """To the question of the next turn, or of the one before."""
        if self._player is not None:
            turn_id = steps.turn_beside(self._player.state, self._head.turn_id, step)
            if turn_id is not None:
                self._player.seek(turn_id, "prompt")
                self._look()

    def action_criterion(self, step: int) -> None:
        """To the next criterion with evidence, or the one before, round and round."""
        rail = self.query_one(CriteriaRail)
        if step > 0:
            rail.action_cursor_down()
        else:
            rail.action_cursor_up()

    def action_hear(self, number: int = 0) -> None:
        """Hear the evidence of the criterion with this number, or of the one in focus."""
        rail = self.query_one(CriteriaRail)
        if number:
            rail.want(rail.reachable[number - 1])
        else:
            rail.action_select()

    def action_speed(self, step: int) -> None:
        """Faster or slower."""
        rate = self._rate_beside(step)
        if self._player is not None and rate is not None:
            self._player.set_rate(rate)
            self._look()

    def action_fork(self) -> None:
        """Answer this turn again, in an interview that goes on from here."""
        if self._player is not None:
            self._player.pause()
            self.post_message(ForkWanted(self._player.state.session_id, self._head.turn_id))

    def action_back(self) -> None:
        """To where this was opened from."""
        self.dismiss()

    def on_criteria_rail_wanted(self, message: CriteriaRail.Wanted) -> None:
        """Hear what earned a criterion."""
        point = message.point
        if self._player is not None and point.turn_id is not None:
            self._go(point.turn_id, point.at_s or 0.0)
            self.action_play()

    def on_spoken_words_clicked(self, message: SpokenWords.Clicked) -> None:
        """From this word on."""
        at_s = self._words[message.number].start_s
        if at_s is not None:
            self._go(self._head.turn_id, at_s)

    def _go(self, turn_id: int, at_s: float) -> None:
        if self._player is not None:
            self._player.seek(turn_id, "answer", at_s)
            self._look()

    def _rate_beside(self, step: int) -> float | None:
        at = RATES.index(self._head.rate) + step
        return RATES[at] if 0 <= at < len(RATES) else None

    @work(exclusive=True, group="player", exit_on_error=False)
    async def _open(self) -> None:
        try:
            player = await off_loop(self._open_player, "replay")
        except InterviewerError as error:
            self._say(str(error))
            return
        if not self.is_running:
            player.close()
            return
        self._player = player
        if not player.state.turns:
            self._say("Nothing was asked in this session.")
            return
        self.query_one(CriteriaRail).focus()
        self._look()
        self.set_interval(_LOOK_EVERY_S, self._look)

    @work(exclusive=True, group="levels", exit_on_error=False)
    async def _draw(self, player: ReplayPlayer, turn_id: int) -> None:
        levels = await off_loop(lambda: player.levels(turn_id), "waveform")
        self.query_one(Waveform).show_levels(levels)

    def _look(self) -> None:
        """Show where the player stands, as far as that has changed."""
        player = self._player
        if player is None or not self.is_running:
            return
        before, head = self._head, player.head()
        self._head = head
        if head.turn_id != before.turn_id:
            self._show_turn(player, next(t for t in player.state.turns if t.id == head.turn_id))
        if head != before:
            self._show_head(player, head)
            if self._keys_of(head) != self._keys_of(before):
                self.refresh_bindings()

    def _keys_of(self, head: Playhead) -> tuple[object, ...]:
        """What the keys that work depend on."""
        said = steps.begun(self._words, head.at_s)
        return head.turn_id, head.part, head.playing, head.rate, said

    def _show_turn(self, player: ReplayPlayer, turn: Turn) -> None:
        state = player.state
        place = f"turn {[t.id for t in state.turns].index(turn.id) + 1} of {len(state.turns)}"
        number = follow_up_number(state, turn)
        kind = f"follow-up {number}" if number else f"question {turn.item + 1}"
        take = f"take {turn.take}" if len(state.takes(turn.item)) > 1 else ""
        self.top.tell(
            f"Replay: {state.bank_title}", " · ".join(part for part in (place, kind, take) if part)
        )
        self._words = steps.words_of_turn(turn)
        said = [word.text for word in self._words]
        self.query_one(SpokenWords).show_words(said or ["(nothing was said)"])
        self.query_one(CriteriaRail).show_points(steps.points_of(state, turn))
        self.query_one(Waveform).show_levels(())
        self._draw(player, turn.id)

    def _show_head(self, player: ReplayPlayer, head: Playhead) -> None:
        answering = head.part == "answer"
        turn = next(t for t in player.state.turns if t.id == head.turn_id)
        loudness = "$foreground" if answering else "bold $loud"
        self.query_one("#question", Static).update(prose(turn.prompt, loudness))
        spoken = self.query_one(SpokenWords)
        if answering and self._words:
            spoken.light(
                steps.begun(self._words, head.at_s), steps.sounding(self._words, head.at_s)
            )
        else:
            spoken.light(0, None)
        whole_s = player.answer_s(head.turn_id)
        share = head.at_s / whole_s if answering and whole_s else None
        self.query_one(Waveform).show_head(share)
        judged = judged_line(player.state, turn.item, turn.take)
        self.query_one("#state", Static).update(_state_line(head, whole_s, judged))

    def _say(self, line: str) -> None:
        self.query_one("#state", Static).update(ink(line, "$muted"))


def _state_line(head: Playhead, whole_s: float, judged: str) -> Content:
    """`▶ answer  0:04 of 0:21  1.25x`, what cannot be heard, and who judged the criteria."""
    playing = "▶ playing" if head.playing else "‖ paused in"
    what = "the question" if head.part == "prompt" else "the answer"
    parts = [f"{playing} {what}"]
    if head.part == "answer" and whole_s:
        parts.append(f"{minutes_seconds(head.at_s)} of {minutes_seconds(whole_s)}")
    elif head.part == "answer":
        parts.append("not recorded")
    parts.append(f"{head.rate:g}x")
    line = ink(" · ".join(parts), "$foreground" if head.playing else "$muted")
    more = (ink(head.notice, "$warning"), ink(judged, "$muted"))
    return Content("\n").join([line, *(part for part in more if part)])
