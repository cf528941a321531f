"""The first run: microphone, voice, judge, and one question to try; every step can be skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from voice_interviewer.errors import InterviewerError
from voice_interviewer.first_run import FirstRun
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import SetupOver
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.wizard_judge import JudgeStep, TrialStep
from voice_interviewer.tui.screens.wizard_sound import MicrophoneStep, VoiceStep
from voice_interviewer.tui.screens.wizard_step import WizardStep

STEPS: tuple[type[WizardStep], ...] = (MicrophoneStep, VoiceStep, JudgeStep, TrialStep)


class WizardScreen(FramedScreen):
    """One step at a time; what was chosen is kept at once, and nothing else is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "use", "Use it", priority=True),
        Binding("enter", "go_on", "Go on", priority=True),
        Binding("enter", "fetch", "Fetch it", priority=True),
        Binding("enter", "next", "Next", priority=True),
        Binding("enter", "try", "Begin", priority=True),
        Binding("h", "hear", "Hear it"),
        Binding("t", "test", "Test it"),
        Binding("escape", "skip", "Skip this step"),
        Binding("escape", "back", "Back"),
        Binding("escape", "give_up", "Give it up"),
        Binding("ctrl+s", "skip_all", "Skip all"),
    ]

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__()
        self._first_run = first_run
        self._at = 0
        self._overruled = False

    def compose_body(self) -> ComposeResult:
        """The step that is on."""
        with VerticalScroll(id="step", can_focus=False):
            yield STEPS[0](self._first_run)

    def on_mount(self) -> None:
        """From now on nobody is asked again unless they want to be."""
        self._tell_top()
        self._mark_seen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What the step that is on can do."""
        step = self._step
        if self._overruled:
            return action in ("go_on", "skip_all")
        return action == "skip_all" or (step is not None and action in step.actions())

    async def action_use(self) -> None:
        """Take what is chosen; on, where it was said that something else wins."""
        if self._overruled:
            await self._next()
        elif self._step is not None:
            self._step.use()

    action_go_on = action_fetch = action_next = action_use

    def action_try(self) -> None:
        """Begin an interview of one question."""
        self._finish(trial=True)

    def action_hear(self) -> None:
        """Hear what is chosen."""
        if self._step is not None:
            self._step.hear()

    def action_test(self) -> None:
        """Test what is chosen."""
        if self._step is not None:
            self._step.test()

    def action_back(self) -> None:
        """Back within the step."""
        if self._step is not None:
            self._step.back()

    def action_give_up(self) -> None:
        """Stop what takes a while."""
        if self._step is not None:
            self._step.give_up()

    async def action_skip(self) -> None:
        """On to the next, with nothing kept."""
        await self._next()

    def action_skip_all(self) -> None:
        """To the first screen."""
        self._finish(trial=False)

    def on_wizard_step_moved(self) -> None:
        """Other keys mean something now."""
        self.refresh_bindings()

    def on_wizard_step_over(self, message: WizardStep.Over) -> None:
        """Keep what was chosen, and on."""
        self._keep(message.values, stay=message.stay)

    @property
    def _step(self) -> WizardStep | None:
        return next(iter(self.query(WizardStep)), None)

    @work(group="keep", exclusive=True, exit_on_error=False)
    async def _keep(self, values: Mapping[str, str], *, stay: bool) -> None:
        stronger = ""
        if values:
            try:
                stronger = await off_loop(lambda: self._first_run.keep(values), "settings")
            except InterviewerError as error:
                if self._step is not None:
                    self._step.remark(f"✗ {error.message} {error.hint}".rstrip(), "$error")
                return
        if stronger and self._step is not None:
            self._overruled = self._step.disabled = True
            self._step.remark(f"It is kept, but {stronger}", "$warning")
            self.refresh_bindings()
        elif stay and self._step is not None:
            self._step.kept()
        else:
            await self._next()

    async def _next(self) -> None:
        self._at += 1
        self._overruled = False
        if self._at == len(STEPS):
            self._finish(trial=False)
            return
        if self._step is not None:
            await self._step.remove()
        await self.query_one("#step").mount(STEPS[self._at](self._first_run))
        self._tell_top()
        self.refresh_bindings()

    def _finish(self, *, trial: bool) -> None:
        self.app.post_message(SetupOver(trial=trial))

    def _tell_top(self) -> None:
        self.top.tell("First run", f"step {self._at + 1} of {len(STEPS)}", "under a minute")

    @work(group="seen", exit_on_error=False)
    async def _mark_seen(self) -> None:
        try:
            await off_loop(self._first_run.seen, "settings")
        except InterviewerError as error:
            if self._step is not None:
                self._step.remark(f"{error.message} {error.hint}".strip(), "$warning")
