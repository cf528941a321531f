"""Makes docs/screenshots/*.svg from the program itself: `make screenshots`.

The recorded candidate is interviewed with real Whisper; each screen is taken as it stands.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from voice_interviewer.config import load_settings
from voice_interviewer.desk import Choices
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.screens.review import ReviewScreen

SHOTS = Path(__file__).resolve().parent / "screenshots"
SIZE = (100, 30)
SPEAKING_S = 12.0
LIMIT_S = 60.0


def choices(pace: str) -> Choices:
    """One question, answered by the recorded candidate."""
    return Choices(
        bank="rlhf-systems-engineer",
        questions=1,
        question_ids=("reward-hacking",),
        candidate="recorded",
        voice="silent",
        judge="embedded",
        pace="fast" if pace == "fast" else "realtime",
    )


def keep(app: VoiceInterviewerApp, name: str) -> None:
    """Write the screen as it stands."""
    (SHOTS / f"{name}.svg").write_text(app.export_screenshot(title="voice-interviewer"))


async def take_all_but_the_interview(desk: FrontDesk) -> None:
    """After a whole interview: its review, its replay, and what the first screen leads to."""
    app = VoiceInterviewerApp(desk, lambda: desk.open(choices("fast")))
    async with app.run_test(size=SIZE) as pilot:
        await _until_review(app, pilot)
        keep(app, "review")
        await pilot.press("p", *["right"] * 12)
        await pilot.pause(2.0)
        keep(app, "replay")
        await pilot.press("escape", "escape")
        await pilot.pause(2.0)
        keep(app, "home")
        for key, name in (("p", "progress"), ("h", "history")):
            await pilot.press(key)
            await pilot.pause(2.0)
            keep(app, name)
            await pilot.press("escape")
            await pilot.pause(1.0)


async def take_interview(desk: FrontDesk) -> None:
    """The interview while the candidate speaks."""
    app = VoiceInterviewerApp(desk, lambda: desk.open(choices("realtime")))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(SPEAKING_S)
        keep(app, "interview")
        await pilot.press("ctrl+q")
        await pilot.pause(1.0)


async def _until_review(app: VoiceInterviewerApp, pilot: Pilot[None]) -> None:
    for _ in range(int(LIMIT_S * 2)):
        await pilot.pause(0.5)
        if isinstance(app.screen, ReviewScreen):
            await pilot.pause(0.5)
            return
    raise SystemExit("the review never came")


def main() -> None:
    """Take all of them."""
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = FrontDesk(load_settings({"storage.data_dir": Path(folder)}, environ={}))
        asyncio.run(take_all_but_the_interview(desk))
        asyncio.run(take_interview(desk))


if __name__ == "__main__":
    main()
