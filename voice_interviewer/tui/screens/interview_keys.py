"""The keys of the interview screen, and what each tells the session.

A key may stand here more than once: `Situation.actions` says which of its meanings holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType

from voice_interviewer.core.events import Intent

INTENTS: Mapping[str, Intent] = {
    "answer_done": "proceed",
    "start_answering": "proceed",
    "hold": "hold",
    "repeat": "repeat",
    "repeat_typed": "repeat",
    "dont_know": "dont_know",
    "dont_know_typed": "dont_know",
    "skip": "skip",
    "skip_typed": "skip",
    "try_again": "retry",
    "next_question": "proceed",
    "retake": "retake",
    "start_over": "retake",
    "start_over_typed": "retake",
}

MOST_CHOICES = 5

KEYS: list[BindingType] = [
    Binding("space", "intend('answer_done')", "That's my answer"),
    Binding("space", "intend('start_answering')", "Start answering"),
    Binding("space", "intend('next_question')", "Next question"),
    Binding("t", "intend('retake')", "Take it again"),
    Binding("t", "intend('start_over')", "Start over"),
    Binding("ctrl+t", "intend('start_over_typed')", "Start over"),
    Binding("up", "scroll(-3)", "Scroll"),
    Binding("down", "scroll(3)", "Scroll"),
    Binding("t", "intend('try_again')", "Try again"),
    Binding("t", "open_again", "Try again"),
    *(Binding(str(n), f"choose({n})", "Use that one") for n in range(1, MOST_CHOICES + 1)),
    Binding("h", "intend('hold')", "Hold"),
    Binding("r", "intend('repeat')", "Repeat"),
    Binding("n", "intend('dont_know')", "I don't know"),
    Binding("ctrl+n", "intend('dont_know_typed')", "I don't know"),
    Binding("ctrl+r", "intend('repeat_typed')", "Repeat"),
    Binding("s", "intend('skip')", "Skip"),
    Binding("ctrl+s", "intend('skip_typed')", "Skip"),
    Binding("enter", "leave", "Leave for later"),
    Binding("escape", "ask_leave", "Leave"),
    Binding("escape", "leave_failed", "Leave for later"),
    Binding("escape", "stay", "Stay"),
    Binding("escape", "back", "Back"),
]
