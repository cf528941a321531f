"""The review: how a session went, one question a page; heard, put right, and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from voice_interviewer.core.assessment import Standing
from voice_interviewer.core.report import score_words
from voice_interviewer.core.session import State, Turn
from voice_interviewer.desk import ReplayPlayer
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import (
    BackWanted,
    CompareWanted,
    CorrectingWanted,
    DrillWanted,
    ForkWanted,
    HomeWanted,
    RejudgeWanted,
    ReplayWanted,
    RetakeWanted,
)
from voice_interviewer.tui.safe import prose
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.review_page import ReviewPage, Shown, Unfolded
from voice_interviewer.tui.words import minutes_seconds, missed_labels, was_judged

_LEAD_S = 0.3
_LOOK_EVERY_S = 0.1


class ReviewScreen(FramedScreen):
    """Looks at one session; what changes it is asked of the app.

    Args:
        folder: where the session lies; None where that is not known.
        open_player: opens what plays its recordings; called beside the event loop.
    """

    NARROW_KEY_ROWS = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "hear", "Hear it"),
        Binding("up", "move(-1)", "Move"),
        Binding("down", "move(1)", "Move"),
        Binding("left", "question(-1)", "Question"),
        Binding("right", "question(1)", "Question"),
        Binding("left_square_bracket", "take(-1)", "Take", key_display="["),
        Binding("right_square_bracket", "take(1)", "Take", key_display=" ]"),
        Binding("t", "retake", "Retake"),
        Binding("f", "fork", "Fork here"),
        Binding("c", "correct", "Correct"),
        Binding("d", "compare", "Compare"),
        Binding("j", "rejudge", "Judge again"),
        Binding("w", "unfold('why')", "Strong answers"),
        Binding("x", "unfold('transcript')", "Transcript"),
        Binding("m", "unfold('model_answer')", "Model answer"),
        Binding("u", "drill", "Drill missed"),
        Binding("p", "replay", "Replay"),
        Binding("escape", "home", "Home"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(
        self,
        state: State,
        folder: Path | None = None,
        open_player: Callable[[], ReplayPlayer] | None = None,
    ) -> None:
        super().__init__()
        self._state = state
        self._where = f"Saved in {folder}" if folder else f"Session {state.session_id}"
        self._notice = ""
        self._open_player = open_player
        self._player: ReplayPlayer | None = None
        self._hearing = False
        self._shown = Shown()
        self._back = False
        self._unfolded = Unfolded()

    @property
    def session_id(self) -> str:
        """The session that is looked at."""
        return self._state.session_id

    def begin_at(self, item: int, take: int | None, *, back: bool) -> None:
        """Begin at this question and take; with `back`, lead back to the screen below."""
        self._shown = Shown(item, take)
        self._back = back

    def tell_coming(self, words: str) -> None:
        """Say what is due next, above where the session lies."""
        self._where = f"{words}\n{self._where}"
        self._show()

    def say(self, notice: str) -> None:
        """Tell something below the page; the next key takes it away."""
        self._notice = notice
        line = self.query_one("#notice", Static)
        line.update(prose(notice))
        line.display = bool(notice)

    def renew(self, state: State, notice: str = "") -> None:
        """The session has gained something."""
        self._state = state
        self._show()
        self.say(notice)

    def compose_body(self) -> ComposeResult:
        """One page, and below it what there is to tell just now."""
        yield ReviewPage()
        yield Static(id="notice")

    def on_mount(self) -> None:
        """Begin with the first question, and nothing to tell."""
        self.say("")
        self._show()

    def on_unmount(self) -> None:
        """Fall silent for good."""
        if self._player is not None:
            self._player.close()

    def on_screen_suspend(self) -> None:
        """Another screen has the floor."""
        if self._player is not None:
            self._player.pause()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what this session and this page have."""
        state, shown = self._state, self._shown
        turns = self._turns
        asks = {
            "home": lambda: not self._back,
            "back": lambda: self._back,
            "question": lambda: len(state.plan) > 1,
            "take": lambda: len(state.takes(shown.item)) > 1,
            "unfold": lambda: self._can_unfold(parameters[0]),
            "hear": lambda: self._open_player is not None and self._heard is not None,
            "drill": lambda: state.status == "finished" and bool(missed_labels(state)),
            "replay": lambda: bool(state.turns),
            "retake": lambda: bool(turns) and state.status == "finished",
            "fork": lambda: bool(turns) and state.status == "finished",
            "correct": lambda: any(_has_words(turn) for turn in turns),
            "compare": lambda: was_judged(state, shown.item),
            "rejudge": lambda: any(turn.assessment for turn in state.turns),
        }
        everywhere = action in ("home", "back")
        return asks[action]() if action in asks and (state.plan or everywhere) else action == "move"

    def action_move(self, step: int) -> None:
        """To the criterion above or below; beyond the last one the page scrolls."""
        page = self.query_one(ReviewPage)
        count = len(self._standings)
        row = self._shown.row + step
        if 0 <= row < count:
            self._show_other(row=row)
        else:
            page.scroll_relative(y=3 * step, animate=False)

    def action_question(self, step: int) -> None:
        """Another question, round and round."""
        item = (self._shown.item + step) % len(self._state.plan)
        self.query_one(ReviewPage).scroll_home(animate=False)
        self._show_other(item=item, row=0, take=None)

    def action_take(self, step: int) -> None:
        """Another take of this question, round and round."""
        numbers = [turns[0].take for turns in self._state.takes(self._shown.item)]
        now = numbers.index(self._turns[0].take)
        self._show_other(take=numbers[(now + step) % len(numbers)], row=0)

    def action_unfold(self, what: str) -> None:
        """Show or hide what is shown on demand."""
        self._unfolded = replace(self._unfolded, **{what: not getattr(self._unfolded, what)})
        self.say("")
        self._show()

    def action_hear(self) -> None:
        """Play the second that the chosen criterion rests on."""
        if self._heard is not None:
            self._hear(*self._heard)

    def action_retake(self) -> None:
        """Answer this question once more."""
        self.post_message(RetakeWanted(self.session_id, self._shown.item))

    def action_fork(self) -> None:
        """Answer again from the turn that the chosen criterion was decided in."""
        standings = self._standings
        earned = standings[self._shown.row].turn_id if standings else None
        self.post_message(ForkWanted(self.session_id, earned or self._turns[0].id))

    def action_correct(self) -> None:
        """Put a misheard word right."""
        turns = tuple(turn for turn in self._turns if _has_words(turn))
        self.post_message(CorrectingWanted(self.session_id, turns))

    def action_compare(self) -> None:
        """See this take beside the one before it, or beside another session's."""
        question_id = self._state.plan[self._shown.item].question.id
        of = f"{self.session_id}:{question_id}"
        number = self._turns[0].take
        second = f"{of}#{number - 1}" if number > 1 else None
        self.post_message(CompareWanted(f"{of}#{number}", second))

    def action_rejudge(self) -> None:
        """Judge the whole session again, by the judge that is chosen on the first screen."""
        self.say("Judging again …")
        self.post_message(RejudgeWanted(self.session_id))

    def action_drill(self) -> None:
        """Ask again for what was missed."""
        self.post_message(DrillWanted(self.session_id))

    def action_replay(self) -> None:
        """Hear the session again."""
        self.post_message(ReplayWanted(self.session_id))

    def action_home(self) -> None:
        """Back to the first screen."""
        self.post_message(HomeWanted())

    def action_back(self) -> None:
        """Back to where this was asked for."""
        self.post_message(BackWanted())

    @property
    def _turns(self) -> tuple[Turn, ...]:
        return self._state.take(self._shown.item, self._shown.take)

    @property
    def _standings(self) -> tuple[Standing, ...]:
        if not self._state.plan or not any(turn.assessment for turn in self._turns):
            return ()
        return self._state.standings(self._shown.item, self._shown.take)

    @property
    def _heard(self) -> tuple[int, float, float] | None:
        """The turn and the seconds of the chosen criterion's words; None where there are none."""
        standings = self._standings
        chosen = standings[self._shown.row] if self._shown.row < len(standings) else None
        if chosen is None or chosen.turn_id is None or chosen.detail is None:
            return None
        turn = next(t for t in self._turns if t.id == chosen.turn_id)
        for evidence in chosen.detail.evidence:
            if evidence.start_s is not None and evidence.end_s is not None and turn.recordings:
                return turn.id, max(0.0, evidence.start_s - _LEAD_S), evidence.end_s + _LEAD_S
        return None

    @work(group="hear", exclusive=True, exit_on_error=False)
    async def _hear(self, turn_id: int, start_s: float, end_s: float) -> None:
        if self._player is None and self._open_player is not None:
            try:
                opened = await off_loop(self._open_player, "player")
            except InterviewerError as error:
                self.say(f"{error.message} {error.hint}".strip())
                return
            if not self.is_running:
                opened.close()
                return
            self._player = opened
            self.set_interval(_LOOK_EVERY_S, self._look)
        if self._player is not None:
            self._player.play_span(turn_id, start_s, end_s)
            self._hearing = True
            self._look()

    def _look(self) -> None:
        """Tell what is being heard until it is over, or why it cannot be."""
        if self._player is None or not self._hearing:
            return
        head = self._player.head()
        self._hearing = head.playing
        told = f"▶ {minutes_seconds(head.at_s)}" if head.playing else head.notice
        if told != self._notice:
            self.say(told)

    def _can_unfold(self, what: object) -> bool:
        if what == "transcript":
            return bool(self._turns)
        if what == "model_answer":
            return bool(self._state.plan[self._shown.item].question.model_answer.strip())
        return any(standing.verdict != "met" for standing in self._standings)

    def _show_other(self, **other: int | None) -> None:
        self._shown = replace(self._shown, **other)  # type: ignore[arg-type]
        self.say("")
        self._show()

    def _show(self) -> None:
        state, shown = self._state, self._shown
        if state.plan:
            number = f"question {shown.item + 1} of {len(state.plan)}"
            section = state.plan[shown.item].section_title
            takes = state.takes(shown.item)
            take = f"take {self._turns[0].take} of {len(takes)}" if len(takes) > 1 else ""
            title = f"Review: {state.bank_title}"
            place = " · ".join(part for part in (number, section, take) if part)
            short = " · ".join(part for part in (number, take) if part)
            self.top.tell(
                title,
                place,
                self._score(),
                "bold $loud",
                shorter=((title, short), ("Review", place), ("Review", short)),
            )
        else:
            self.top.tell("Review")
        self.query_one(ReviewPage).tell(state, shown, self._unfolded, self._where)
        self.refresh_bindings()

    def _score(self) -> str:
        """The score of this take, and of the others."""
        state, item = self._state, self._shown.item
        if not self._standings:
            return "no score"
        judged = [
            turns[0].take
            for turns in state.takes(item)
            if turns[0].take != self._turns[0].take and any(turn.assessment for turn in turns)
        ]
        others = [
            f"take {number}: {score_words(state, item, number).removesuffix(' of 10')}"
            for number in judged
        ]
        return " · ".join([score_words(state, item, self._shown.take), *others])


def _has_words(turn: Turn) -> bool:
    return turn.transcript is not None and not turn.transcript.empty
