"""Every screen and every state of it that looks different, opened the way a user gets there.

A scene is opened with harmless data, or with hostile data wherever data can stand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import made_up_past
import pytest
from driving import app_of, hurry, until_gone, until_shown
from progress_data import progress
from textual.pilot import Pilot
from textual.widgets import Input
from tui_data import (
    ROWS,
    STARTED,
    asking,
    assessing,
    coached,
    finished_events,
    listening,
)
from tui_fakes import SURROUNDINGS, FakeDesk, StillLive, StillPlayer
from two_takes import answered_better, answered_poorly
from wizard_fakes import OFFERS, FakeFirstRun

from voice_interviewer.archive.store import SessionStore
from voice_interviewer.comparing import compare, takes_of
from voice_interviewer.config import load_settings
from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Interim, Level, Patience, Signal
from voice_interviewer.core.session import State, fold
from voice_interviewer.errors import AudioError
from voice_interviewer.findings import Check
from voice_interviewer.history import SessionHistory
from voice_interviewer.settings_file import rows
from voice_interviewer.tui import messages
from voice_interviewer.tui.app import VoiceInterviewerApp

ID, OTHER = "3f9a1c", "77aa01"
SMALL, WIDE = (80, 24), (120, 40)
HOSTILE = "\x1b]0;owned\x07\x9b2J[@click=app.quit]x[/][b]漢字\u202eשלום\u200d\x00"
SHOWN = "[@click=app.quit]x[/][b]漢字"
_DATA = {"prompt", "say", "label", "statement", "model_answer", "bank_title", "section_title"}
_DATA |= {"level", "why", "judge", "notice", "message", "hint", "engine", "asker", "choices"}

Said = Callable[[str], str]


def harmless(text: str) -> str:
    """What a friendly bank and a friendly answer hold."""
    return text


def hostile(text: str) -> str:
    """The same where somebody wants to do harm with it; what is empty stays empty."""
    return f"{HOSTILE} {text}" if text else text


@dataclass
class Scene:
    """A desk, the session that is held, and the way to the screen."""

    desk: FakeDesk
    live: StillLive | None
    go: Callable[[Pilot[None]], Awaitable[None]]

    def noted(self) -> str:
        """Everything the screens asked of what stands behind them, in order."""
        first_run: Any = self.desk.first_run
        players = [getattr(player, "asked", ()) for player in self.desk.players.values()]
        rates = [player.at.rate for player in self.desk.players.values()]  # type: ignore[union-attr]
        lived = (self.live.intents, self.live.typed) if self.live else ()
        return repr((self.desk.asked, first_run.asked, players, rates, lived))


def told(events: list[ev.Event], said: Said) -> list[ev.Event]:
    """The same events with other words wherever words are data."""

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(inner, name) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            if key == "words" and value:
                first = {**value[0], "text": said(value[0]["text"]).replace(" ", "")}
                return [first, *value[1:]]
            return [walk(inner, key) for inner in value]
        return said(value) if key in _DATA and isinstance(value, str) else value

    return [ev.EVENT.validate_python(walk(event.model_dump())) for event in events]


def past_of(said: Said) -> dict[str, State]:
    """Two finished sessions with the same question."""
    return {ID: fold(told(finished_events(), said)), OTHER: answered_better()}


def desk_of(said: Said, folder: Path, **more: Any) -> FakeDesk:
    """A desk with past sessions, their recordings, and something to be held next."""
    for session_id in (ID, OTHER):
        begun = STARTED.model_copy(update={"session_id": session_id})
        made_up_past.write(folder, told([begun, *finished_events()[1:]], said))
    history = SessionHistory(SessionStore(folder))
    history.refresh()
    states = past_of(said)
    players: dict[str, Any] = {
        key: StillPlayer(state, {1: 19.0, 2: 8.0}, {1: (-70.0, -20.0, -30.0) * 60})
        for key, state in states.items()
    }
    return FakeDesk(
        around=replace(
            SURROUNDINGS,
            banks=tuple(replace(bank, title=said(bank.title)) for bank in SURROUNDINGS.banks),
            microphone=None,
            microphone_problem=said("No microphone was found."),
        ),
        rows=tuple(row._replace(title=said(row.title)) for row in ROWS),
        states=states,
        players=players,
        past=history,
        lives=[StillLive(fold(listening()))],
        **more,
    )


def _in_interview(
    events: list[ev.Event], shown: str, *keys: str, signals: tuple[Signal, ...] = ()
) -> Callable[[Said, Path], Scene]:
    def scene(said: Said, folder: Path) -> Scene:
        live = StillLive(fold(told(events, said)), *signals)

        async def go(pilot: Pilot[None]) -> None:
            await until_shown(pilot, "question 1 of 2")
            await pilot.press(*keys)
            await until_shown(pilot, shown)

        return Scene(desk_of(said, folder), live, go)

    return scene


def _at_home(shown: str, *keys: str) -> Callable[[Said, Path], Scene]:
    def scene(said: Said, folder: Path) -> Scene:
        async def go(pilot: Pilot[None]) -> None:
            await home(pilot)
            await pilot.press(*keys)
            await until_shown(pilot, shown)

        due = progress()
        sections = tuple(
            replace(
                section,
                title=said(section.title),
                criteria=tuple(replace(c, label=said(c.label)) for c in section.criteria),
            )
            for section in due.sections
        )
        return Scene(desk_of(said, folder, progress=replace(due, sections=sections)), None, go)

    return scene


def _from_home(
    wanted: Callable[[FakeDesk], Any], shown: str, *keys: str, then: str = "", sought: str = ""
) -> Callable[[Said, Path], Scene]:
    """What a message opens over the first screen, and after some keys.

    What is `sought` is typed at once, as if pasted, and what was shown is gone then.
    """

    def scene(said: Said, folder: Path) -> Scene:
        desk = desk_of(said, folder)
        desk.settings = rows(load_settings({"speaking.voice": said("hibari")}, environ={}))
        desk.parts = (Check("disk", _free(desk, said)), Check("voice", _broken(said)))
        first, second = answered_poorly(), answered_better()
        made = compare(takes_of(first)[0], takes_of(second)[0])
        named = tuple(replace(pair, label=said(pair.label)) for pair in made.criteria)
        side = replace(made.first, words=tuple(said(word) for word in made.first.words))
        desk.comparison = replace(
            made,
            prompt=said(made.prompt),
            section=said(made.section),
            criteria=named,
            first=side,
        )
        desk.kept_in = {"Settings": said("/mine.toml"), "Sessions": said("/sessions")}

        async def go(pilot: Pilot[None]) -> None:
            await home(pilot)
            pilot.app.post_message(wanted(desk))
            await until_shown(pilot, shown)
            if sought:
                hurry(pilot, *sought)
                await until_gone(pilot, shown)
            await pilot.press(*keys)
            await until_shown(pilot, then or shown)

        return Scene(desk, None, go)

    return scene


def _in_history(shown: str, *keys: str) -> Callable[[Said, Path], Scene]:
    def scene(said: Said, folder: Path) -> Scene:
        desk = desk_of(said, folder)

        async def go(pilot: Pilot[None]) -> None:
            await home(pilot)
            pilot.app.post_message(messages.HistoryWanted())
            await until_shown(pilot, "2 sessions")
            await pilot.press(*keys)
            await until_shown(pilot, shown)

        return Scene(desk, None, go)

    return scene


def _first_run(*steps: tuple[str, str]) -> Callable[[Said, Path], Scene]:
    """After what is shown, a key."""

    def scene(said: Said, folder: Path) -> Scene:
        offers = tuple(
            replace(o, title=said(o.title), about=said(o.about), tested=said(o.tested))
            for o in OFFERS
        )
        names = (said("Desk microphone"), "USB headset")
        desk = desk_of(said, folder, first_run=FakeFirstRun(names=names, offers=offers))

        async def go(pilot: Pilot[None]) -> None:
            await home(pilot)
            pilot.app.post_message(messages.SetupWanted())
            for shown, key in steps:
                await until_shown(pilot, shown)
                await pilot.press(*([key] if key else []))

        return Scene(desk, None, go)

    return scene


async def home(pilot: Pilot[None]) -> None:
    """The first screen with everything on it."""
    await until_shown(pilot, "No microphone")
    await until_shown(pilot, "interrupted")


def _free(desk: FakeDesk, said: Said) -> Callable[[], str]:
    def run() -> str:
        desk.asked.append(("check", "disk"))
        return said("12.0 GB free")

    return run


def _broken(said: Said) -> Callable[[], str]:
    def run() -> str:
        raise AudioError(said("No speaker was found."), said("Type: speaker-on"))

    return run


def _review(desk: FakeDesk) -> messages.ReviewWanted:
    return messages.ReviewWanted(desk.states[ID])


def _correcting(desk: FakeDesk) -> messages.CorrectingWanted:
    return messages.CorrectingWanted(ID, desk.states[ID].turns[:2])


_TYPED = [asking()[0].model_copy(update={"candidate": "typed"}), *listening("")[1:4]]
_GONE = ev.PartFailed(
    t_s=101, part="microphone", message="It is gone.", hint="Plug it in.", choices=("USB", "Desk")
)
_SIGNALS = (Interim("um so the KL penalty I"), Level(-20.0), Level(-40.0), Patience(8.0))

SCENES: dict[str, Callable[[Said, Path], Scene]] = {
    "home": _at_home("Start the interview"),
    "home-past": _at_home("enter Review", "down"),
    "asking": _in_interview(asking(), "space Start answering"),
    "listening": _in_interview(listening(), "░ ", signals=_SIGNALS),
    "judging": _in_interview(assessing(), "esc Leave"),
    "feedback": _in_interview(coached(), "your answer, judged"),
    "failed": _in_interview([*listening(), _GONE], "Use that one"),
    "to-type": _in_interview(_TYPED, "Type your answer."),
    "typing": _in_interview(_TYPED, "hello", *"hello"),
    "leaving": _in_interview(listening(), "enter Leave for later", "escape"),
    "review": _from_home(_review, "enter Hear it"),
    "review-unfolded": _from_home(_review, "enter Hear it", *"wxm", then="A strong answer says"),
    "correct": _from_home(_correcting, "Take it out"),
    "correct-typing": _from_home(_correcting, "Take it out", "q", then="enter Put it right"),
    "replay": _from_home(lambda _desk: messages.ReplayWanted(ID), "paused in the question"),
    "compare": _from_home(lambda _desk: messages.CompareWanted(ID, OTHER), "later"),
    "history": _in_history("2 sessions"),
    "history-list": _in_history("del Delete", "down"),
    "history-found": _in_history("found", *"length"),
    "deletion": _in_history("y Delete for good", "down", "delete"),
    "progress": _at_home("Hardest so far", "p"),
    "settings": _from_home(lambda _desk: messages.SettingsWanted(), "interview.bank"),
    "settings-editing": _from_home(
        lambda _desk: messages.SettingsWanted(),
        "interview.bank",
        "enter",
        sought="speaking.voice",
        then="New value",
    ),
    "doctor": _from_home(lambda _desk: messages.DoctorWanted(), "1 part needs mending"),
    "wizard-microphone": _first_run(("can be heard", "")),
    "wizard-voice": _first_run(("can be heard", "escape"), ("h Hear it", "")),
    "wizard-judge": _first_run(
        ("can be heard", "escape"),
        ("h Hear it", "escape"),
        ("No language model", "right"),
        ("t Te", ""),
    ),
    "wizard-key": _first_run(
        ("can be heard", "escape"),
        ("h Hear it", "escape"),
        ("No language model", "left"),
        ("as text", "enter"),
        ("enter Next", ""),
    ),
    "wizard-trial": _first_run(
        ("can be heard", "escape"),
        ("h Hear it", "escape"),
        ("No language model", "escape"),
        ("enter Begin", ""),
    ),
    "palette": _at_home("Every setting, where", "ctrl+p"),
    "palette-found": _at_home("Theme: light", "ctrl+p", *"light"),
}
EVERY_SCENE = pytest.mark.parametrize("name", SCENES)
FRAMED = pytest.mark.parametrize("name", [name for name in SCENES if "palette" not in name])
PALETTES = pytest.mark.parametrize("name", [name for name in SCENES if "palette" in name])


@asynccontextmanager
async def opened(
    name: str,
    folder: Path,
    said: Said = harmless,
    size: tuple[int, int] = SMALL,
    *,
    theme: str = "dark",
) -> AsyncIterator[tuple[Scene, Pilot[None], VoiceInterviewerApp]]:
    """A scene with its app, once it stands."""
    scene = SCENES[name](said, folder)
    app = app_of(scene.desk, scene.live)
    app.use_theme(theme)
    async with app.run_test(size=size) as pilot:
        await scene.go(pilot)
        for box in app.screen.query(Input):
            box.cursor_blink = False
        yield scene, pilot, app
