"""The review of one question: verdicts, what was asked next, who judged, what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.assessment import Assessment, Standing
from voice_interviewer.core.delivery import delivery_line, delivery_of
from voice_interviewer.core.report import row_tag
from voice_interviewer.core.session import State, Turn
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.widgets.heard import words_content
from voice_interviewer.tui.widgets.verdict import VerdictLine
from voice_interviewer.tui.words import RUNGS, follow_up_number, missed_labels


@dataclass(frozen=True)
class Unfolded:
    """What is shown on demand."""

    why: bool = False
    transcript: bool = False
    model_answer: bool = False


@dataclass(frozen=True)
class Shown:
    """Which page: the plan item, its take (None for the latest), and the chosen criterion."""

    item: int = 0
    take: int | None = None
    row: int = 0


class ReviewPage(VerticalScroll, can_focus=False):
    """One question of a session, as it went."""

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._shown = Shown()
        self._unfolded = Unfolded()
        self._where = ""

    def tell(self, state: State, shown: Shown, unfolded: Unfolded, where: str) -> None:
        """Show this page. `where` says where the session lies."""
        self._state, self._shown = state, shown
        self._unfolded, self._where = unfolded, where
        self.refresh(recompose=True)
        self.call_after_refresh(self._keep_in_view)

    def _keep_in_view(self) -> None:
        """The chosen criterion is always in view."""
        lines = list(self.query(VerdictLine))
        if self._shown.row < len(lines) and self._shown.row:
            self.scroll_to_widget(lines[self._shown.row], animate=False)

    @property
    def _item(self) -> int:
        return self._shown.item

    def compose(self) -> ComposeResult:
        """From the question down to the next steps."""
        state, item = self._state, self._item
        if not state.plan:
            yield Static(ink("This session is empty.", "$muted"))
            return
        planned = state.plan[item]
        yield Static(prose(planned.text), id="asked")
        if any(turn.assessment for turn in self._take):
            with Vertical(id="verdicts"):
                for row, standing in enumerate(state.standings(item, self._shown.take)):
                    yield VerdictLine(
                        planned.question.criterion(standing.criterion_id),
                        standing,
                        self._earned_in(standing),
                        decided_by=row_tag(state, item, standing, self._shown.take),
                        explained=self._unfolded.why,
                        chosen=row == self._shown.row,
                    )
        else:
            reached = "No answer was judged." if state.take(item) else "It was not asked."
            yield Static(ink(reached, "$muted"), classes="part")
        yield from self._parts()

    def _parts(self) -> ComposeResult:
        parts = [self._follow_ups(), self._told(), self._next_steps()]
        if self._unfolded.transcript:
            parts.insert(1, self._transcript())
        if self._unfolded.model_answer:
            answer = self._state.plan[self._item].question.model_answer
            parts.insert(0, _titled("A model answer", prose(answer.strip())))
        for part in parts:
            if part:
                yield Static(part, classes="part")

    def _earned_in(self, standing: Standing) -> str:
        turn = next((t for t in self._take if t.id == standing.turn_id), None)
        if turn is None or not (standing.detail and standing.detail.evidence):
            return ""
        return _name(self._state, turn) if turn.aim is not None else ""

    @property
    def _take(self) -> tuple[Turn, ...]:
        return self._state.take(self._item, self._shown.take)

    def _follow_ups(self) -> Content:
        question = self._state.plan[self._item].question
        lines: list[Content] = []
        for turn in self._take:
            if turn.aim is None:
                continue
            label = question.criterion(turn.aim.criterion_id).label
            when = "Then" if lines else "Asked next"
            lines.append(ink(f"{when}: ", "$muted") + ink(f"“{turn.prompt}”"))
            lines.append(ink(f"aims at: {label} · {RUNGS[turn.aim.rung]}", "$muted"))
        return Content("\n").join(lines)

    def _transcript(self) -> Content:
        parts = []
        for turn in self._take:
            said = self._said(turn) or ink("(nothing)", "$muted")
            parts.append(ink(f"{_name(self._state, turn).capitalize()}: ", "$muted") + said)
        return _titled("What was heard", *parts)

    def _said(self, turn: Turn) -> Content:
        """The answer, doubtful words in brackets and the words that proved something underlined."""
        judged = turn.judged or turn.transcript
        words = judged.words if judged else turn.committed
        proved = {
            index
            for verdict in (turn.assessment.verdicts if turn.assessment else ())
            for evidence in verdict.evidence
            for index in range(evidence.first_word, evidence.last_word + 1)
        }
        return words_content(words, "$foreground", underlined=proved)

    def _told(self) -> Content:
        lines = [*self._judged(), *self._delivered()]
        return Content("\n").join([ink(line, "$muted") for line in lines])

    def _delivered(self) -> list[str]:
        found = [(turn, delivery_of(turn.saved)) for turn in self._take]
        spoken = [(turn, delivery) for turn, delivery in found if delivery]
        if len(spoken) == 1:
            return [delivery_line(spoken[0][1])]
        return [delivery_line(delivery, _name(self._state, turn)) for turn, delivery in spoken]

    def _judged(self) -> list[str]:
        said: list[str] = []
        for turn in self._take:
            judged = turn.assessment
            if judged is None:
                continue
            line = f"Judged by {judged.by}."
            said += [text for text in (line, *self._still(judged).remarks) if text not in said]
        return said

    def _still(self, judged: Assessment) -> Assessment:
        """A judgement without what was unclear then and has become clear since."""
        standings = self._state.standings(self._item, self._shown.take)
        unclear = {s.criterion_id for s in standings if s.verdict == "unclear"}
        verdicts = [
            v for v in judged.verdicts if v.verdict != "unclear" or v.criterion_id in unclear
        ]
        return judged.model_copy(update={"verdicts": tuple(verdicts)})

    def _next_steps(self) -> Content:
        missed = missed_labels(self._state)
        here = missed_labels(self._state, self._item)
        lines = []
        if here:
            lines.append(ink("Worth another go: ", "$muted") + ink(" · ".join(here)))
        if missed and self._state.status == "finished":
            count = f"the {len(missed)} points" if len(missed) > 1 else "the one point"
            lines.append(ink(f"u drills {count} this session missed.", "$muted"))
        if self._where:
            lines.append(prose(self._where, "$muted"))
        return Content("\n").join(lines)


def _name(state: State, turn: Turn) -> str:
    number = follow_up_number(state, turn)
    return f"follow-up {number}" if number else "answer"


def _titled(title: str, *lines: Content) -> Content:
    return Content("\n").join([ink(title, "$muted"), *lines])
