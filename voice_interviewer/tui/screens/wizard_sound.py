"""The steps of the first run that are about sound: the microphone, and the interviewer's voice."""

from __future__ import annotations

import math
import threading
import time

from textual import work
from textual.app import ComposeResult
from textual.message import Message

from voice_interviewer.errors import InterviewerError
from voice_interviewer.first_run import FirstRun
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.screens.wizard_step import WizardStep
from voice_interviewer.tui.widgets.choice import ChoiceRow, Option
from voice_interviewer.tui.widgets.phase import PhaseLine

_OFTEN_HEARD_DBFS = -45.0
# A warning about sound that is cut off stays at least so long: it is loud enough to be heard, too.
# One about silence is over with the first sound.
_READ_S = 6.0
_SAY_SOMETHING = "Say something: the bars should move."


class MicrophoneStep(WizardStep):
    """Which microphone, with its level as it is."""

    TITLE = "Can you be heard?"
    ABOUT = "Choose a microphone and say a few words. Without one you can type your answers."

    class LevelCame(Message):
        """A reading of the microphone that `stop` belongs to, in dBFS."""

        def __init__(self, dbfs: float, stop: threading.Event) -> None:
            super().__init__()
            self.dbfs = dbfs
            self.stop_event = stop

    class Warned(Message):
        """Something is wrong with its sound, if there is one."""

        def __init__(self, text: str, sounds: bool, stop: threading.Event) -> None:
            super().__init__()
            self.text = text
            self.sounds = sounds
            self.stop_event = stop

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__(first_run)
        self._row = ChoiceRow("Microphone", id="microphone")
        self._meter = PhaseLine()
        self._stop = threading.Event()
        self._names: tuple[str, ...] = ()
        self._in_force = ""
        self._heard = False
        self._warned_s = -math.inf

    def compose_choices(self) -> ComposeResult:
        """The device and its meter."""
        yield self._row
        yield self._meter

    def on_mount(self) -> None:
        """Look for microphones."""
        self._look()

    def actions(self) -> frozenset[str]:
        """Using one needs one."""
        return frozenset({"use", "skip"} if self._names else {"go_on", "skip"})

    def use(self) -> None:
        """What is set already is nothing to be kept."""
        name = self._row.value
        changed = bool(self._names) and name != self._in_force
        self.post_message(self.Over({"hearing.microphone": name} if changed else {}))

    def leave(self) -> None:
        """Close the device."""
        self._stop.set()

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Another one."""
        message.stop()
        self._listen(message.row.value)

    def on_microphone_step_level_came(self, message: LevelCame) -> None:
        """Show the level; the first that is loud enough is worth a word."""
        if message.stop_event is not self._stop:
            return
        self._meter.level(message.dbfs)
        read_s = time.monotonic() - self._warned_s
        if message.dbfs > _OFTEN_HEARD_DBFS and not self._heard and read_s > _READ_S:
            self._heard = True
            self.remark("✓ You can be heard.", "$success")

    def on_microphone_step_warned(self, message: Warned) -> None:
        """Silence, or too loud."""
        if message.stop_event is self._stop:
            self._heard = False
            self._warned_s = time.monotonic() if message.sounds else -math.inf
            self.remark(f"✗ {message.text}", "$warning")

    @work(group="microphone", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        try:
            self._names = await off_loop(self.first_run.microphones, "microphones")
            self._in_force = await off_loop(
                lambda: self.first_run.now("hearing.microphone"), "settings"
            )
        except InterviewerError as error:
            self.remark(f"{error.message} {error.hint}".strip(), "$warning")
            return
        if not self._names:
            self.remark("No microphone was found. You can type your answers.", "$warning")
            return
        system = Option("", "the system's choice", self._names[0])
        chosen = self._in_force if self._in_force in self._names else ""
        self._row.offer([system, *(Option(name, name) for name in self._names)], chosen)
        self._row.focus()
        self.moved()
        self._listen(chosen)

    def _listen(self, name: str) -> None:
        self._stop.set()
        self._stop = stop = threading.Event()
        self._heard, self._warned_s = False, -math.inf
        self._meter.tell("listening", "", metered=True)
        self.remark(_SAY_SOMETHING, "$muted")
        self._watch(name, stop)

    @work(group="watch", exit_on_error=False)
    async def _watch(self, name: str, stop: threading.Event) -> None:
        def level(dbfs: float) -> None:
            self.post_message(self.LevelCame(dbfs, stop))

        def warn(text: str, sounds: bool) -> None:
            self.post_message(self.Warned(text, sounds, stop))

        try:
            await off_loop(lambda: self.first_run.watch(name, level, warn, stop), "microphone")
        except InterviewerError as error:
            if stop is self._stop and self.is_attached:
                self._meter.tell("")
                self.remark(f"✗ {error.message} {error.hint}".rstrip(), "$error")


class VoiceStep(WizardStep):
    """Which voice, heard."""

    TITLE = "Can you hear the interviewer?"
    ABOUT = "Choose a voice and hear it. Without a speaker the questions are shown."

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__(first_run)
        self._row = ChoiceRow("Voice", id="voice")
        self._offered = False
        self._saying = False
        self._in_force = ""

    def compose_choices(self) -> ComposeResult:
        """The voice."""
        yield self._row

    def on_mount(self) -> None:
        """Look for voices."""
        self._look()

    def actions(self) -> frozenset[str]:
        """One sentence at a time; silence cannot be heard."""
        if not self._offered:
            return frozenset({"go_on", "skip"})
        silent = self._row.value == "silent"
        return frozenset({"use", "skip"} if silent or self._saying else {"use", "hear", "skip"})

    def use(self) -> None:
        """What is set already is nothing to be kept."""
        voice = self._row.value
        values = {"speaking.voice": voice} if voice != self._in_force else {}
        self.post_message(self.Over(values))

    def hear(self) -> None:
        """Say a sentence."""
        self._say(self._row.value)

    def leave(self) -> None:
        """Fall silent."""
        self.first_run.hush()

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Another voice: the one before falls silent."""
        message.stop()
        self.first_run.hush()
        self.remark("")
        self.moved()

    @work(group="voices", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        try:
            names = await off_loop(self.first_run.voices, "voices")
            self._in_force = await off_loop(
                lambda: self.first_run.now("speaking.voice"), "settings"
            )
        except InterviewerError as error:
            self.remark(f"{error.message} {error.hint}".strip(), "$warning")
            return
        shown = {"auto": "automatic", "silent": "none, the question is shown"}
        offered = names if self._in_force in names else (*names, self._in_force)
        self._row.offer([Option(name, shown.get(name, name)) for name in offered], self._in_force)
        self._row.focus()
        self._offered = True
        self.moved()

    @work(group="say", exit_on_error=False)
    async def _say(self, voice: str) -> None:
        self._saying = True
        self.remark("Speaking …", "$muted")
        self.moved()
        try:
            wrong = await off_loop(lambda: self.first_run.say(voice), "voice")
        except InterviewerError as error:
            told, style = f"✗ {error.message} {error.hint}".rstrip(), "$error"
        else:
            told, style = (f"✗ {wrong}", "$warning") if wrong else ("That was it.", "$muted")
        self._saying = False
        if self.is_attached:
            self.remark(told, style)
            self.moved()
