"""The step of the first run that chooses who judges, and the one that begins an interview."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Literal

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from voice_interviewer.errors import InterviewerError
from voice_interviewer.first_run import FirstRun, JudgeOffer, Tell
from voice_interviewer.keys import check_server
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.screens.wizard_step import WizardStep
from voice_interviewer.tui.widgets.choice import ChoiceRow, Option

_INPUTS = ("server", "model", "key")
_HOLDERS = {
    "server": "Server's address; empty for OpenAI's own",
    "model": "Model's name, as that server calls it",
    "key": "API key",
}
_GIVEN_UP = "Given up."


class JudgeStep(WizardStep):
    """Who compares answers with the rubric: nobody but us, a server here, our own model, a key."""

    TITLE = "Who judges your answers?"
    ABOUT = "Where a model fails, the embedded judge takes over. You can change this at any time."

    class Told(Message):
        """Something takes a while."""

        def __init__(self, text: str, stop: threading.Event) -> None:
            super().__init__()
            self.text = text
            self.stop_event = stop

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__(first_run)
        self._row = ChoiceRow("Judge", id="judge")
        self._offers: tuple[JudgeOffer, ...] = ()
        self._doing: Literal["", "test", "fetch"] = ""
        self._stop = threading.Event()
        self._asking_key = False

    def compose_choices(self) -> ComposeResult:
        """The judges, what the one in focus is, and what a key needs."""
        yield self._row
        yield Static(id="offer")
        with Vertical(id="asked"):
            for name in _INPUTS:
                yield Input(
                    id=name, placeholder=_HOLDERS[name], password=name == "key", compact=True
                )

    def on_mount(self) -> None:
        """Look for judges."""
        self.query_one("#asked").display = False
        for box in self.query(Input):
            box.cursor_blink = False
        self.remark("Looking for models on this machine …", "$muted")
        self._look(first=True)

    def actions(self) -> frozenset[str]:
        """A model has to be fetched before it is used or tested; a test need not be waited for."""
        offer = self._offer
        if self._doing:
            return frozenset({"give_up", "use"} if self._doing == "test" else {"give_up"})
        if self._asking_key:
            return frozenset({"next", "back"})
        if offer is None:
            return frozenset({"go_on", "skip"})
        if offer.lacks:
            return frozenset({"skip"})
        if offer.download:
            return frozenset({"fetch", "skip"})
        return frozenset({"use", "skip", "test"} if offer.testable else {"use", "skip"})

    def use(self) -> None:
        """Take the one in focus; a key is asked for first, a model fetched."""
        offer = self._offer
        if offer is None:
            super().use()
        elif self._asking_key:
            self._next_input()
        elif offer.kind == "key":
            self._ask_key()
        elif offer.download:
            self._begin("fetch", lambda tell: self._fetch(offer, tell))
        else:
            self.post_message(self.Over(offer.settings))

    def test(self) -> None:
        """Try whether it is fit to judge."""
        offer = self._offer
        if offer is not None:
            self._begin("test", lambda tell: self.first_run.test(offer, tell))

    def give_up(self) -> None:
        """Stop a test or a download at its next step; a test is not waited for."""
        self._stop.set()
        if self._doing == "test":
            self._over_with(_GIVEN_UP, "$muted")
        else:
            self.remark(_GIVEN_UP, "$muted")

    def back(self) -> None:
        """Choose another judge than a key."""
        self._asking_key = False
        self.query_one("#asked").display = False
        self._row.focus()
        self.moved()

    def leave(self) -> None:
        """What is going on stops at its next step."""
        self._stop.set()

    def kept(self) -> None:
        """A key: now its model is one that can be tested."""
        self.back()
        self.remark("✓ The key is kept.", "$success")
        self._look(current=True)

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Tell about another judge."""
        message.stop()
        self.remark("")
        self._show()

    def on_judge_step_told(self, message: Told) -> None:
        """How far it is."""
        if message.stop_event is self._stop and not self._stop.is_set():
            self.remark(message.text, "$muted")

    @property
    def _offer(self) -> JudgeOffer | None:
        chosen = self._row.value
        return self._offers[int(chosen)] if chosen else None

    @work(group="judges", exclusive=True, exit_on_error=False)
    async def _look(self, *, first: bool = False, current: bool = False) -> None:
        """Offer what there is now; it takes a moment, and the remark of others stays meanwhile.

        Args:
            first: nothing is offered yet.
            current: choose the one in force, and not what was chosen before.
        """
        before = None if current else self._offer
        problem = ""
        try:
            self._offers = await off_loop(self.first_run.judges, "judges")
        except InterviewerError as error:
            problem = f"{error.message} {error.hint}".strip()
        if not self.is_attached:
            return
        if first or problem:
            self.remark(problem, "$warning")
        count = len(self._offers)
        options = [
            Option(str(n), offer.title, f"{n + 1} of {count}")
            for n, offer in enumerate(self._offers)
        ]
        chosen = next(
            (
                str(n)
                for n, offer in enumerate(self._offers)
                if (offer.current if before is None else offer.settings == before.settings)
            ),
            "0",
        )
        self._row.offer(options, chosen)
        self._row.focus()
        self._show()

    def _show(self) -> None:
        offer = self._offer
        if offer is not None:
            lines = [part for part in (offer.about, offer.tested, offer.lacks) if part]
            self.query_one("#offer", Static).update(prose("\n".join(lines), "$foreground"))
        self.moved()

    def _ask_key(self) -> None:
        self._asking_key = True
        self.query_one("#asked").display = True
        self.query_one("#server", Input).focus()
        self.moved()

    def _next_input(self) -> None:
        typed = {name: self.query_one(f"#{name}", Input).value.strip() for name in _INPUTS}
        focused = next((n for n in _INPUTS if self.query_one(f"#{n}").has_focus), "key")
        missing = [name for name in ("model", "key") if not typed[name]]
        later = _INPUTS[_INPUTS.index(focused) + 1 :]
        if focused == "server":
            try:
                check_server(typed["server"])
            except InterviewerError as error:
                self.remark(f"✗ {error.message} {error.hint}", "$warning")
                return
            self.remark("")
        if later:
            self.query_one(f"#{later[0]}").focus()
        elif missing:
            self.remark(f"✗ {_HOLDERS[missing[0]]} is still empty.", "$warning")
            self.query_one(f"#{missing[0]}").focus()
        else:
            self.post_message(self.Over(_key_values(typed), stay=True))

    def _fetch(self, offer: JudgeOffer, tell: Tell) -> str:
        self.first_run.fetch(offer.download, tell)
        return "It is there now."

    def _begin(self, doing: Literal["test", "fetch"], task: Callable[[Tell], str]) -> None:
        """Do what takes a while; `tell` raises once it is to stop."""
        self._doing = doing
        self._stop = stop = threading.Event()

        def tell(message: str, fraction: float | None) -> None:
            if stop.is_set():
                raise InterviewerError(_GIVEN_UP)
            share = "" if fraction is None else f" {fraction:.0%}"
            self.post_message(self.Told(f"{message}{share}", stop))

        self._row.disabled = True
        self.remark("Testing …" if doing == "test" else "Fetching …", "$muted")
        self.moved()
        self._run(lambda: task(tell), stop)

    @work(group="busy", exit_on_error=False)
    async def _run(self, task: Callable[[], str], stop: threading.Event) -> None:
        try:
            said, style = await off_loop(task, "judge"), "$success"
        except InterviewerError as error:
            said, style = f"{error.message} {error.hint}".strip(), "$warning"
        if stop is self._stop and self._doing:
            self._over_with(said, style)

    def _over_with(self, said: str, style: str) -> None:
        self._doing = ""
        self._row.disabled = False
        if self.is_attached:
            self.remark(said, style)
            self._row.focus()
            self.moved()
            self._look()


def _key_values(typed: Mapping[str, str]) -> dict[str, str]:
    return {
        "judge.kind": "model",
        "judge.base_url": typed["server"],
        "judge.model": typed["model"],
        "judge.api_key": typed["key"],
    }


class TrialStep(WizardStep):
    """One question, to see how it goes."""

    TITLE = "Try one question?"
    ABOUT = "One question, answered as long as you like, and what the judge makes of it."

    def compose_choices(self) -> ComposeResult:
        """What the keys will be."""
        yield Static(ink("You speak: space ends your answer, h holds it open."))
        yield Static(ink("You type, where there is no microphone: enter ends it."))
        yield Static(ink("esc leaves at any time."))

    def actions(self) -> frozenset[str]:
        """Begin it."""
        return frozenset({"try", "skip"})
