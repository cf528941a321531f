"""Put a misheard word right: choose it, type what was said."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Static

from voice_interviewer.core.session import Turn
from voice_interviewer.core.transcript import Word
from voice_interviewer.tui.messages import CorrectWanted
from voice_interviewer.tui.safe import prose
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.widgets.heard import DOUBTFUL_BELOW
from voice_interviewer.tui.widgets.spoken_words import laid
from voice_interviewer.visible import clean

_MOST_LETTERS = 80


class SaidBox(Input):
    """Where what was said is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Put it right")]


class CorrectScreen(FramedScreen):
    """One answer word by word; begins at the most doubtful word.

    Args:
        turns: the answers there are, in order.
    """

    NARROW_KEY_ROWS = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "word(-1)", "Word"),
        Binding("right", "word(1)", "Word"),
        Binding("up", "doubtful(-1)", "Doubtful word"),
        Binding("down", "doubtful(1)", "Doubtful word"),
        Binding("left_square_bracket", "turn(-1)", "Answer", key_display="["),
        Binding("right_square_bracket", "turn(1)", "Answer", key_display=" ]"),
        Binding("enter", "edit", "Change it", key_display="type or enter"),
        Binding("delete", "remove", "Take it out", key_display="del"),
        Binding("escape", "leave_word", "Leave it"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(self, session_id: str, turns: tuple[Turn, ...]) -> None:
        super().__init__()
        self._session_id = session_id
        self._turns = turns
        self._at = 0
        self._word = 0

    def compose_body(self) -> ComposeResult:
        """What was asked, the words, what to type."""
        yield Static(id="asked")
        with VerticalScroll(can_focus=False):
            yield Static(id="words")
        yield SaidBox(id="said", max_length=_MOST_LETTERS, select_on_focus=False)

    def on_mount(self) -> None:
        """Begin where a mistake is likeliest."""
        self.query_one(Input).display = False
        self.call_after_refresh(self._begin)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a word is typed, only leaving it means anything."""
        if self._editing:
            return action == "leave_word"
        if action == "turn":
            return len(self._turns) > 1
        if action == "doubtful":
            return any(number != self._word for number in self._doubtful)
        if action == "word":
            return len(self._words) > 1
        return action != "leave_word"

    def action_word(self, step: int) -> None:
        """The next word or the one before, round and round."""
        self._word = (self._word + step) % len(self._words)
        self._show()

    def action_doubtful(self, step: int) -> None:
        """The next word that was heard doubtfully, round and round."""
        doubtful = self._doubtful
        later = [n for n in doubtful if n > self._word] or doubtful
        earlier = [n for n in doubtful if n < self._word] or doubtful
        self._word = later[0] if step > 0 else earlier[-1]
        self._show()

    def action_turn(self, step: int) -> None:
        """Another answer."""
        self._at = (self._at + step) % len(self._turns)
        self._begin()

    def on_key(self, event: Key) -> None:
        """Whoever begins to type changes the word."""
        if not self._editing and event.is_printable and event.character not in (None, "[", "]"):
            event.stop()
            self._edit(event.character or "")

    def action_edit(self) -> None:
        """Type what was said."""
        self._edit(clean(self._words[self._word].text))
        self.query_one(Input).select_all()

    def action_remove(self) -> None:
        """It was no word."""
        self._send("")

    def action_leave_word(self) -> None:
        """Leave the word as it is."""
        self.query_one(Input).display = False
        self.set_focus(None)
        self.refresh_bindings()

    def action_back(self) -> None:
        """Back to the review."""
        self.dismiss()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """What was typed is what was said."""
        if message.value.strip():
            self._send(message.value.strip())
        else:
            self.action_leave_word()

    @property
    def _editing(self) -> bool:
        return bool(self.query_one(Input).display)

    @property
    def _turn(self) -> Turn:
        return self._turns[self._at]

    @property
    def _words(self) -> tuple[Word, ...]:
        heard = self._turn.judged or self._turn.transcript
        return heard.words if heard is not None else ()

    @property
    def _doubtful(self) -> list[int]:
        words = enumerate(self._words)
        return [number for number, word in words if word.probability < DOUBTFUL_BELOW]

    def _begin(self) -> None:
        words = self._words
        self._word = min(range(len(words)), key=lambda n: words[n].probability)
        self._show()

    def _edit(self, text: str) -> None:
        box = self.query_one(Input)
        box.value = text
        box.cursor_position = len(text)
        box.display = True
        self.set_focus(box)
        self.refresh_bindings()

    def _send(self, text: str) -> None:
        self.post_message(CorrectWanted(self._session_id, self._turn.id, self._word, text))

    def _show(self) -> None:
        """The answer with the chosen word in view."""
        number = f"answer {self._at + 1} of {len(self._turns)}" if len(self._turns) > 1 else ""
        self.top.tell("Correct a word", number)
        self.query_one("#asked", Static).update(prose(self._turn.prompt, "$muted"))
        pane = self.query_one(VerticalScroll)
        page = laid(
            [self._shown(number) for number in range(len(self._words))],
            self.query_one("#words").size.width,
        )
        first, behind = page.spans[self._word]
        text = Content.assemble(
            prose(page.text[:first]),
            prose(page.text[first:behind], "bold reverse"),
            prose(page.text[behind:]),
        )
        self.query_one("#words", Static).update(text)
        middle = page.lines[self._word] - pane.size.height // 2
        pane.scroll_to(y=max(0, middle), animate=False)
        self.refresh_bindings()

    def _shown(self, number: int) -> str:
        word = self._words[number]
        text = clean(word.text) or "·"
        text = f"[{text}?]" if word.probability < DOUBTFUL_BELOW else text
        return f"▸{text}◂" if number == self._word else text
