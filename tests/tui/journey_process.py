"""Goes through the real app like a new user and prints what was seen on the way, as JSON.

`python journey_process.py spoken|typed`, with an empty home; spoken in the environment of a virtual
sound card, whose microphone then hears recorded answers.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from snapshots import screen_text
from textual.pilot import Pilot

from voice_interviewer.audio.sound import HEARING_RATE_HZ, read_sound, write_sound
from voice_interviewer.config import load_settings
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.resources import shipped
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import SetupWanted
from voice_interviewer.tui.screens.compare import CompareScreen
from voice_interviewer.tui.screens.history import HistoryScreen
from voice_interviewer.tui.screens.home import HomeScreen
from voice_interviewer.tui.screens.interview import InterviewScreen
from voice_interviewer.tui.screens.replay import ReplayScreen
from voice_interviewer.tui.screens.review import ReviewScreen
from voice_interviewer.tui.widgets.answer_box import AnswerBox

LIMIT_S = 90.0
POOR = "I could not quote you a number, honestly, it just felt a lot better than what came before."
GOOD = (
    "First you fine-tune on example answers that people wrote by hand. Then people compare two "
    "answers to the same prompt, and you train a reward model that predicts which one they prefer. "
    "At the end you run PPO against that reward model, with a KL penalty to the start. Before, it "
    "just continues your text. Afterwards it follows the instruction."
)
CLIPS = {POOR: "rlhf-pipeline.concrete-evidence", GOOD: "rlhf-pipeline"}
QUESTION = "raw pretrained language model"


@dataclass
class Journey:
    """One user: what they see, and how they answer."""

    pilot: Pilot[None]
    spoken: bool
    seen: dict[str, str] = field(default_factory=dict)
    took_s: dict[str, float] = field(default_factory=dict)
    _began_s: float = field(default_factory=time.monotonic)

    @property
    def screen(self) -> str:
        return screen_text(self.pilot.app)

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        deadline_s = time.monotonic() + LIMIT_S
        while not true():
            if time.monotonic() > deadline_s:
                raise SystemExit(f"never: {what}\n{self.screen}")
            await self.pilot.pause(0.05)
        await self.pilot.pause()

    async def shown(self, text: str) -> None:
        """Wait until the screen shows a text."""
        await self.until(lambda: text in self.screen, text)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    def note(self, name: str) -> None:
        """Remember what is on the screen, and how long the way here was."""
        self.seen[name] = self.screen
        self.took_s[name] = round(time.monotonic() - self._began_s, 1)

    async def say(self, text: str) -> None:
        """Speak the recording of an answer into the microphone, to its end or until cancelled."""
        sound = read_sound(shipped("questions") / "samples" / "audio" / f"{CLIPS[text]}.ogg")
        path = Path("said.wav")
        write_sound(path, sound.at(HEARING_RATE_HZ))
        player = subprocess.Popen(["paplay", "-d", "vmic", str(path)])
        try:
            await self.until(lambda: player.poll() is not None, "the end of the recording")
        finally:
            player.terminate()
            player.wait(10)

    async def answer(self, text: str) -> None:
        """Answer the question, admit to know no more when asked, and come to the review."""
        await self.until(lambda: isinstance(self.pilot.app.screen, InterviewScreen), "interview")
        await self.shown(QUESTION)
        if self.spoken:
            await self.shown("Start answering")
            await self.press("space")
            await self.shown("That's my answer")
            await self.say(text)
            await self.press("space")
        else:
            await self.until(lambda: isinstance(self.pilot.app.focused, AnswerBox), "a box")
            self.pilot.app.screen.query_one(AnswerBox).text = text
            await self.press("enter")
        while not isinstance(self.pilot.app.screen, ReviewScreen):
            await self.until(self._may_answer, "a follow-up or the review")
            await self.press("n" if self.spoken else "ctrl+n")
            await self.pilot.pause(0.2)
        await self.shown("Retake")

    def _may_answer(self) -> bool:
        return isinstance(self.pilot.app.screen, ReviewScreen) or "I don't know" in self.screen


async def set_up(journey: Journey) -> None:
    """Microphone, voice, judge."""
    await journey.shown("Can you be heard?")
    if journey.spoken:
        await journey.shown("bars should move")
        speaking = asyncio.create_task(journey.say(GOOD))
        await journey.shown("You can be heard")
        journey.note("microphone")
        speaking.cancel()
        await asyncio.wait([speaking])
    await journey.press("enter" if journey.spoken else "escape")
    await journey.shown("Can you hear the interviewer?")
    await journey.shown("automatic")
    if journey.spoken:
        await journey.press("h")
        await journey.shown("That was it.")
        journey.note("voice")
    else:
        await journey.press("left")
        await journey.shown("none, the question is shown")
    await journey.press("enter")
    await journey.shown("› 1 of")
    journey.note("judge")
    await journey.press("enter")
    await journey.shown("Try one question?")
    journey.note("trial")


async def look_back(journey: Journey) -> None:
    """From the first screen to the poor answer, found by its words, replayed and given again."""
    app = journey.pilot.app
    await journey.press("escape")
    await journey.until(lambda: isinstance(app.screen, HomeScreen), "the first screen")
    await journey.shown("Last sessions")
    await journey.press("h")
    await journey.until(lambda: isinstance(app.screen, HistoryScreen), "the history")
    await journey.shown("2 sessions")
    await journey.press(*"quote")
    await journey.shown("1 found")
    journey.note("history")
    await journey.press("enter")
    await journey.until(lambda: isinstance(app.screen, ReviewScreen), "the review")
    await journey.shown("Replay")
    await journey.press("p")
    await journey.until(lambda: isinstance(app.screen, ReplayScreen), "the replay")
    await journey.shown("Fork here")
    await journey.shown("quote you a")
    journey.note("replay")
    await journey.press("f")
    await journey.until(lambda: isinstance(app.screen, InterviewScreen), "the fork")
    await journey.answer(GOOD)
    journey.note("fork")


async def main(how: str) -> None:
    """First run, interview, review, retake, compare; then history, replay, fork."""
    flags = {} if how == "spoken" else {"interview.candidate": "typed"}
    desk = FrontDesk(load_settings(flags))
    assert desk.is_new
    app = VoiceInterviewerApp(desk, first=SetupWanted())
    async with app.run_test(size=(100, 36)) as pilot:
        journey = Journey(pilot, spoken=how == "spoken")
        await set_up(journey)
        await journey.press("enter")
        await journey.answer(POOR)
        journey.note("review")
        await journey.press("t")
        await journey.until(lambda: isinstance(app.screen, InterviewScreen), "the retake")
        await journey.answer(GOOD)
        journey.note("retake")
        await journey.press("d")
        await journey.until(lambda: isinstance(app.screen, CompareScreen), "the comparison")
        await journey.shown("Back")
        await journey.pilot.pause(0.5)
        journey.note("compare")
        await journey.press("escape")
        await journey.until(lambda: isinstance(app.screen, ReviewScreen), "back in the review")
        await look_back(journey)
    print(json.dumps({"seen": journey.seen, "took_s": journey.took_s}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
