"""The letters of the line mode: which mean something just now, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_interviewer.core.course import may_be_retaken
from voice_interviewer.core.events import Intent
from voice_interviewer.core.session import State

HELP = "?"


@dataclass(frozen=True)
class Key:
    """What a letter asks for, and how that is said."""

    intent: Intent
    words: str


_PAUSE = Key("leave", "pause, to go on later")
_START_OVER = Key("retake", "start over")
_LISTENING = {
    "d": Key("proceed", "done"),
    "h": Key("hold", "hold, so that silence ends nothing"),
    "r": Key("repeat", "repeat the question"),
    "n": Key("dont_know", "I don't know"),
    "s": Key("skip", "skip"),
    "t": _START_OVER,
}
_SPOKEN_ONLY = ("d", "h")


def keys_now(state: State) -> Mapping[str, Key]:
    """The letters that mean something in this state."""
    if state.turn is None or state.status in ("new", "finished") or state.phase == "done":
        return {}
    return {**_keys_before_pause(state), "p": _PAUSE}


def numbered(state: State) -> tuple[str, ...]:
    """What could be used instead of what failed; the first is chosen with `1`."""
    return state.failure.choices[:9] if state.failure is not None else ()


def keys_words(state: State) -> str:
    """All keys of this state as one sentence."""
    named = [f"{letter} {key.words}" for letter, key in keys_now(state).items()]
    named += [f"{n} use {name}" for n, name in enumerate(numbered(state), 1)]
    return f"Keys, each with Enter: {'; '.join([*named, f'{HELP} help'])}."


def _keys_before_pause(state: State) -> dict[str, Key]:
    if state.failure is not None:
        return {"t": Key("retry", "try again")}
    if state.phase == "feedback":
        return {"d": Key("proceed", "go on"), "t": Key("retake", "take it again")}
    if state.phase == "asking":
        begin = {"d": Key("proceed", "start answering")}
        return begin | ({"t": _START_OVER} if may_be_retaken(state) else {})
    if state.phase != "listening":
        return {}
    left_out = set(_SPOKEN_ONLY) if state.candidate == "typed" else set()
    if state.turn is not None and state.turn.held:
        left_out.add("h")
    return {letter: key for letter, key in _LISTENING.items() if letter not in left_out}
