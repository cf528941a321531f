"""The step of the first run that chooses who judges, and the one that begins an interview."""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from voice_interviewer.errors import InterviewerError
from voice_interviewer.first_run import FirstRun, JudgeOffer
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

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, first_run: FirstRun) -> None:
        super().__init__(first_run)
        self._row = ChoiceRow("Judge", id="judge")
        self._offers: tuple[JudgeOffer, ...] = ()
        self._busy = False
        self._stopped = False
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
        self._look()

    def actions(self) -> frozenset[str]:
        """A model has to be fetched before it is used or tested."""
        offer = self._offer
        if self._busy:
            return frozenset({"give_up"})
        if self._asking_key:
            return frozenset({"next", "back"})
        if offer is None:
            return frozenset({"go_on", "skip"})
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
            self._run(lambda: self._fetch(offer))
        else:
            self.post_message(self.Over(offer.settings))

    def test(self) -> None:
        """Try whether it is fit to judge."""
        offer = self._offer
        if offer is not None:
            self._run(lambda: self.first_run.test(offer, self._tell))

    def give_up(self) -> None:
        """Stop a test or a download at its next step."""
        self._stopped = True
        self.remark(_GIVEN_UP, "$muted")

    def back(self) -> None:
        """Choose another judge than a key."""
        self._asking_key = False
        self.query_one("#asked").display = False
        self._row.focus()
        self.moved()

    def leave(self) -> None:
        """What is going on stops at its next step."""
        self._stopped = True

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Tell about another judge."""
        message.stop()
        self.remark("")
        self._show()

    def on_judge_step_told(self, message: Told) -> None:
        """How far it is."""
        if self._busy and not self._stopped:
            self.remark(message.text, "$muted")

    @property
    def _offer(self) -> JudgeOffer | None:
        chosen = self._row.value
        return self._offers[int(chosen)] if chosen else None

    @work(group="judges", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        await self._look_now()

    async def _look_now(self, said: str = "", style: str = "$foreground") -> None:
        """Offer what there is now, with a remark on what came of the last thing that was done."""
        try:
            self._offers = await off_loop(self.first_run.judges, "judges")
        except InterviewerError as error:
            said, style = f"{error.message} {error.hint}".strip(), "$warning"
        if not self.is_attached:
            return
        count = len(self._offers)
        options = [
            Option(str(n), offer.title, f"{n + 1} of {count}")
            for n, offer in enumerate(self._offers)
        ]
        self._row.offer(options, self._row.value or "0")
        self._row.focus()
        self.remark(said, style)
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
        if later:
            self.query_one(f"#{later[0]}").focus()
        elif missing:
            self.remark(f"✗ {_HOLDERS[missing[0]]} is still empty.", "$warning")
            self.query_one(f"#{missing[0]}").focus()
        else:
            self.post_message(self.Over(self._key_values(typed)))

    def _key_values(self, typed: dict[str, str]) -> dict[str, str]:
        """In this order: a key is kept for the server that is set by then."""
        return {
            "judge.base_url": typed["server"],
            "judge.model": typed["model"],
            "judge.api_key": typed["key"],
            "judge.kind": "model",
        }

    def _fetch(self, offer: JudgeOffer) -> str:
        self.first_run.fetch(offer.download, self._tell)
        return "It is there now."

    def _tell(self, message: str, fraction: float | None) -> None:
        """Called in the thread that works; raising is what stops it."""
        if self._stopped:
            raise InterviewerError(_GIVEN_UP)
        share = "" if fraction is None else f" {fraction:.0%}"
        self.post_message(self.Told(f"{message}{share}"))

    @work(group="busy", exit_on_error=False)
    async def _run(self, task: Callable[[], str]) -> None:
        self._busy, self._stopped = True, False
        self._row.disabled = True
        self.moved()
        try:
            said, style = await off_loop(task, "judge"), "$success"
        except InterviewerError as error:
            said, style = f"{error.message} {error.hint}".strip(), "$warning"
        self._busy = self._row.disabled = False
        if self.is_attached:
            await self._look_now(said, style)


class TrialStep(WizardStep):
    """One question, to see how it goes."""

    TITLE = "Try one question?"
    ABOUT = "One question, answered as long as you like, and what the judge makes of it."

    def compose_choices(self) -> ComposeResult:
        """What the keys will be."""
        yield Static(ink("space ends your answer, h holds it open, esc leaves at any time."))

    def actions(self) -> frozenset[str]:
        """Begin it."""
        return frozenset({"try", "skip"})
