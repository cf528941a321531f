"""The review: how a session went, one question a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from voice_interviewer.core.session import State
from voice_interviewer.tui.messages import DrillWanted, HomeWanted, ReplayWanted
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.review_page import ReviewPage, Unfolded
from voice_interviewer.tui.words import missed_labels, was_judged


class ReviewScreen(FramedScreen):
    """Looks at one session; nothing here changes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Question"),
        Binding("right", "turn(1)", "Question"),
        Binding("w", "unfold('why')", "What a strong answer says"),
        Binding("t", "unfold('transcript')", "Transcript"),
        Binding("m", "unfold('model_answer')", "Model answer"),
        Binding("d", "drill", "Drill missed"),
        Binding("p", "replay", "Replay"),
        Binding("up", "scroll(-1)", "Scroll"),
        Binding("down", "scroll(1)", "Scroll"),
        Binding("escape", "home", "Home"),
    ]

    def __init__(self, state: State, folder: Path | None = None) -> None:
        super().__init__()
        self._state = state
        self._where = f"Saved in {folder}" if folder else f"Session {state.session_id}"
        self._item = 0
        self._unfolded = Unfolded()

    def tell_coming(self, words: str) -> None:
        """Say what is due next, above where the session lies."""
        self._where = f"{words}\n{self._where}"
        self._show()

    def compose_body(self) -> ComposeResult:
        """One page."""
        yield ReviewPage(self._state)

    def on_mount(self) -> None:
        """Begin with the first question; whether it scrolls is known once it is laid out."""
        page = self.query_one(ReviewPage)
        self.watch(page, "show_vertical_scrollbar", self.refresh_bindings, init=False)
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what this session and this page have."""
        state = self._state
        if action == "turn":
            return len(state.plan) > 1
        if action == "unfold":
            return self._can_unfold(parameters[0])
        if action == "drill":
            return state.status == "finished" and bool(missed_labels(state))
        if action == "replay":
            return bool(state.turns)
        if action == "scroll":
            return self.query_one(ReviewPage).show_vertical_scrollbar
        return True

    def action_turn(self, step: int) -> None:
        """Another question, round and round."""
        self._item = (self._item + step) % len(self._state.plan)
        self.query_one(ReviewPage).scroll_home(animate=False)
        self._show()

    def action_unfold(self, what: str) -> None:
        """Show or hide what is shown on demand."""
        self._unfolded = replace(self._unfolded, **{what: not getattr(self._unfolded, what)})
        self._show()

    def action_scroll(self, step: int) -> None:
        """A few lines up or down."""
        self.query_one(ReviewPage).scroll_relative(y=3 * step, animate=False)

    def action_drill(self) -> None:
        """Ask again for what was missed."""
        self.post_message(DrillWanted(self._state.session_id))

    def action_replay(self) -> None:
        """Show the session again."""
        self.post_message(ReplayWanted(self._state.session_id))

    def action_home(self) -> None:
        """Back to the first screen."""
        self.post_message(HomeWanted())

    def _can_unfold(self, what: object) -> bool:
        state, item = self._state, self._item
        if not state.plan:
            return False
        if what == "transcript":
            return bool(state.take(item))
        if what == "model_answer":
            return bool(state.plan[item].question.model_answer.strip())
        verdicts = state.verdicts(item).values()
        return was_judged(state, item) and any(verdict != "met" for verdict in verdicts)

    def _show(self) -> None:
        state, item = self._state, self._item
        if state.plan:
            count = len(state.plan)
            number = f"question {item + 1} of {count}"
            score = f"{state.score(item):.1f} of 10" if was_judged(state, item) else "no score"
            section = state.plan[item].section_title
            rest = f"{number} · {section}" if section else number
            self.top.tell(f"Review: {state.bank_title}", rest, score, "bold $loud")
        else:
            self.top.tell("Review")
        self.query_one(ReviewPage).tell(item, self._unfolded, self._where)
        self.refresh_bindings()
