"""The interview: one question, the candidate's words, and what is going on just now."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.ports import Level
from voice_interviewer.core.session import State
from voice_interviewer.desk import Live
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.messages import (
    Broke,
    Ended,
    InterviewOver,
    Opened,
    SignalCame,
    StateMoved,
)
from voice_interviewer.tui.playing import Playing
from voice_interviewer.tui.safe import prose
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.interview_keys import INTENTS, KEYS
from voice_interviewer.tui.screens.interview_parts import (
    failure_part,
    notice_part,
    remark_part,
    words_part,
)
from voice_interviewer.tui.screens.readings import Readings
from voice_interviewer.tui.screens.situation import Situation
from voice_interviewer.tui.widgets.answer_box import AnswerBox
from voice_interviewer.tui.widgets.heard import Heard
from voice_interviewer.tui.widgets.phase import PhaseLine

_TICK_S = 0.25


class InterviewScreen(FramedScreen):
    """Plays one session, live or again, and hands over when it is done."""

    NARROW_KEY_ROWS = 2
    BINDINGS = KEYS

    def __init__(self, open_live: Callable[[], Live], now_s: Callable[[], float]) -> None:
        super().__init__()
        self.playing = Playing(open_live, self.post_message)
        self._now_s = now_s
        self._reached_s = now_s()
        self._live: Live | None = None
        self._state: State | None = None
        self._error: InterviewerError | None = None
        self._confirming = False
        self._leaving = False
        self._readings = Readings()

    def compose_body(self) -> ComposeResult:
        """Question, words, what is wrong, what is going on."""
        with VerticalScroll(id="question", can_focus=False):
            yield Static(id="prompt")
        yield Heard()
        yield Static(id="failure")
        yield Static(id="notice")
        yield AnswerBox()
        yield PhaseLine()

    def on_mount(self) -> None:
        """Start playing as soon as the screen stands."""
        self.set_interval(_TICK_S, self._show_top)
        heard = self.query_one(Heard)
        self.watch(heard, "show_vertical_scrollbar", self.refresh_bindings, init=False)
        self._begin()

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._show)

    @property
    def situation(self) -> Situation:
        """Where this screen stands."""
        return Situation(
            state=self._state,
            error=self._error,
            openable=self._live is None,
            confirming=self._confirming,
            leaving=self._leaving,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what means something just now."""
        if action == "scroll":
            return self.situation.coaching and self.query_one(Heard).show_vertical_scrollbar
        if action == "choose":
            return parameters[0] in range(1, len(self.situation.choices) + 1)
        return (parameters[0] if action == "intend" else action) in self.situation.actions()

    def on_opened(self, message: Opened) -> None:
        """The engines are ready."""
        self._live = message.live
        self._show()

    def on_state_moved(self, message: StateMoved) -> None:
        """The session moved."""
        self._readings.moved(self._state, message.state)
        self._state = message.state
        self._reached_s = self._now_s()
        self._show()

    def on_signal_came(self, message: SignalCame) -> None:
        """A reading came."""
        self._readings.note(message.signal)
        if isinstance(message.signal, Level):
            self.query_one(PhaseLine).level(message.signal.dbfs)
            self._show_phase()
        else:
            self._show()

    def on_ended(self, message: Ended) -> None:
        """The session has come to its end."""
        self._state = message.state
        self._over()

    def on_broke(self, message: Broke) -> None:
        """The session could not be opened, or cannot go on."""
        self._error = message.error
        if self._leaving:
            self._over()
        else:
            self._show()

    def on_answer_box_sent(self, message: AnswerBox.Sent) -> None:
        """An answer was typed."""
        if self._live is not None:
            self._live.type_answer(message.text)

    def action_intend(self, key: str) -> None:
        """Tell the session what the candidate wants."""
        if self._live is not None:
            self._live.submit(INTENTS[key])

    def action_choose(self, number: int) -> None:
        """Go on with the microphone of this number."""
        if self._live is not None:
            self._live.choose_microphone(self.situation.choices[number - 1])

    def action_scroll(self, lines: int) -> None:
        """A few lines up or down in the verdicts."""
        self.query_one(Heard).scroll_relative(y=lines, animate=False)

    def action_open_again(self) -> None:
        """Open the session again."""
        self._error = None
        self._begin()

    def action_ask_leave(self) -> None:
        """Ask before leaving."""
        self._confirming = True
        self._show()

    def action_stay(self) -> None:
        """Go on after all."""
        self._confirming = False
        self._show()

    def action_leave(self) -> None:
        """Leave; the session can be continued later."""
        self._leaving = True
        if self._live is not None:
            self._live.submit("leave")
        self._show()

    action_leave_failed = action_leave

    def action_back(self) -> None:
        """Go back; what is being opened or shown again is given up."""
        self._leaving = True
        self.playing.interrupt("left")
        if self._live is None or self._error is not None:
            self._over()
        else:
            self._show()

    async def quit(self, patience_s: float) -> None:
        """Interrupt the session and wait a little for its end."""
        self._leaving = True
        self._show()
        await self.playing.stop("interrupted", patience_s)

    def _begin(self) -> None:
        self.app.run_worker(
            self.playing.play(), name="session", group="session", exit_on_error=False
        )
        self._show()

    def _over(self) -> None:
        live, state = self._live, self._state or State()
        left = self._leaving or state.status != "finished"
        folder = None if live is None else live.folder
        self.app.post_message(InterviewOver(state, folder, left=left))

    def _show(self) -> None:
        """Bring every part of the screen in line with where it stands."""
        self._show_top()
        situation = self.situation
        heard = self.query_one(Heard)
        words = words_part(situation, self._readings, heard.text_width)
        self.set_class(bool(words), "-answering")
        prompt = situation.turn.prompt if situation.turn is not None else ""
        asked = prose(prompt, "$foreground" if words else "bold $loud")
        self.query_one("#prompt", Static).update(asked)
        heard.tell(words, from_top=situation.coaching)
        self._show_line("#failure", failure_part(situation))
        self._show_line("#notice", notice_part(situation))
        self._show_box(situation)
        self._show_phase()
        self.refresh_bindings()

    def _show_top(self) -> None:
        situation = self.situation
        title, rest = situation.place()
        self.top.tell(title, rest, situation.clock(self._now_s() - self._reached_s))

    def _show_phase(self) -> None:
        situation = self.situation
        remark = remark_part(situation, self._readings)
        line = self.query_one(PhaseLine)
        line.tell(situation.phase(), remark, metered=situation.metered)

    def _show_line(self, selector: str, content: Content) -> None:
        line = self.query_one(selector, Static)
        line.update(content)
        line.display = bool(content)

    def _show_box(self, situation: Situation) -> None:
        box = self.query_one(AnswerBox)
        wanted = situation.typed and situation.listening
        box.display = wanted
        box.disabled = not wanted or situation.asked_to_leave
        if not box.disabled and not box.has_focus:
            self.set_focus(box)
