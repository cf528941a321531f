"""Shows the first run's microphone step for a while and prints what it drew, as JSON.

`python wizard_process.py DATA_DIR SECONDS`, in the environment of a virtual sound card.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from snapshots import screen_text
from textual.content import Content

from voice_interviewer.config import load_settings
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.tui.app import VoiceInterviewerApp
from voice_interviewer.tui.messages import SetupWanted
from voice_interviewer.tui.widgets.phase import PhaseLine

FIRST_LIMIT_S = 20.0


async def main(data: str, seconds: float) -> None:
    """Count what is drawn, not only what is told, and see what stands there at the end."""
    drawn: list[tuple[float, str]] = []
    render = PhaseLine.render

    def counted(line: PhaseLine) -> Content:
        shown = render(line)
        if line._readings:
            drawn.append((time.monotonic(), shown.plain))
        return shown

    PhaseLine.render = counted  # type: ignore[method-assign]
    desk = FrontDesk(load_settings({"storage.data_dir": data}))
    app = VoiceInterviewerApp(desk, first=SetupWanted())
    async with app.run_test(size=(80, 24)) as pilot:
        deadline_s = time.monotonic() + FIRST_LIMIT_S
        while not drawn and time.monotonic() < deadline_s:
            await asyncio.sleep(0.05)
        print("listening", file=sys.stderr, flush=True)
        drawn.clear()
        await asyncio.sleep(seconds)
        found = {"drawn": list(drawn), "screen": screen_text(app)}
        await pilot.press("ctrl+s")
        await asyncio.sleep(0.5)
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
