"""Doctor: every part tried for real, one line each, and under what is broken the line to type."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.desk import Desk
from voice_interviewer.findings import Check, Finding
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.screens.framed import FramedScreen

_PART_WIDTH = 11
_WORD_WIDTH = 8


class DoctorScreen(FramedScreen):
    """Checks appear as they come; nothing waits for them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "check_again", "Check again"),
        Binding("up", "scroll(-1)", "Scroll"),
        Binding("down", "scroll(1)", "Scroll"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._checks: tuple[Check, ...] = ()
        self._findings: list[Finding] = []

    def compose_body(self) -> ComposeResult:
        """One text, as long as it needs to be."""
        with VerticalScroll(id="parts", can_focus=False):
            yield Static(id="findings")

    def on_mount(self) -> None:
        """Begin at once."""
        parts = self.query_one("#parts", VerticalScroll)
        self.watch(parts, "show_vertical_scrollbar", self.refresh_bindings, init=False)
        self._check()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Again when all is done; scrolling where there is more to see."""
        if action == "check_again":
            return self._done
        if action == "scroll":
            return self.query_one("#parts", VerticalScroll).show_vertical_scrollbar
        return True

    def action_check_again(self) -> None:
        """Try every part once more."""
        self._check()

    def action_scroll(self, step: int) -> None:
        """See what is above or below."""
        self.query_one("#parts").scroll_relative(y=step, animate=False)

    def action_back(self) -> None:
        """Back; checks that have not begun are left."""
        self.app.pop_screen()

    @property
    def _done(self) -> bool:
        return bool(self._checks) and len(self._findings) == len(self._checks)

    @work(group="doctor", exclusive=True, exit_on_error=False)
    async def _check(self) -> None:
        self._findings = []
        self._checks = self._desk.checks()
        self._show()
        for check in self._checks:
            self._findings.append(await off_loop(check.run, f"check {check.part}"))
            self._show()

    def _show(self) -> None:
        done = len(self._findings)
        lines = [line for finding in self._findings for line in finding_lines(finding)]
        for number, check in enumerate(self._checks[done:]):
            word, style = ("waits", "$muted") if number else ("checking", "$foreground")
            lines.append(ink(f"… {word:{_WORD_WIDTH}} {check.part}", style))
        places = self._desk.places().items()
        lines += [Content(""), *(ink(f"{name}: {path}", "$muted") for name, path in places)]
        self.query_one("#findings", Static).update(Content("\n").join(lines))
        self._show_top()
        self.refresh_bindings()

    def _show_top(self) -> None:
        broken = sum(not finding.ok for finding in self._findings)
        if not self._done:
            at = len(self._findings) + 1
            self.top.tell("Doctor", right=f"checking {at} of {len(self._checks)}")
        elif broken:
            need = "1 part needs" if broken == 1 else f"{broken} parts need"
            self.top.tell("Doctor", right=f"{need} mending", right_style="$warning")
        else:
            self.top.tell("Doctor", right="every part works", right_style="$success")


def finding_lines(finding: Finding) -> list[Content]:
    """A part, and under it what to do where it is broken."""
    mark, word, style = ("✓", "works", "$success") if finding.ok else ("✗", "broken", "$error")
    lines = [
        ink(f"{mark} {word:{_WORD_WIDTH}} ", style)
        + ink(f"{finding.part:{_PART_WIDTH}} ", "bold $foreground")
        + ink(finding.message, "$foreground")
    ]
    if finding.fix:
        lines.append(ink(f"  → {finding.fix}", "bold $loud"))
    return lines
