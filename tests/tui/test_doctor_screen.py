"""The doctor shows each part as it is tried, and the exact line to type under what is broken."""

from __future__ import annotations

import threading

import pytest
from driving import app_of, footer_keys, until, until_shown
from snapshots import assert_snapshot, screen_text
from tui_fakes import KEPT_IN, FakeDesk

from voice_interviewer.errors import AudioError
from voice_interviewer.findings import Check
from voice_interviewer.tui.messages import DoctorWanted

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def broken() -> str:
    raise AudioError("No microphone was found.", "Type: sudo apt install libportaudio2")


PARTS = (
    Check("microphone", broken),
    Check("voice", lambda: "hibari rendered 2.1 s of speech"),
    Check("hearing", lambda: "tiny.en heard 100% of the words of a test recording"),
    Check("disk", lambda: "12.0 GB free"),
)


@SIZES
async def test_doctor(size: tuple[int, int]) -> None:
    async with app_of(FakeDesk(parts=PARTS)).run_test(size=size) as pilot:
        pilot.app.post_message(DoctorWanted())
        await until_shown(pilot, "1 part needs mending")
        assert "→ Type: sudo apt install libportaudio2" in screen_text(pilot.app)
        for name, path in KEPT_IN.items():
            assert f"{name}: {path}" in screen_text(pilot.app)
        assert_snapshot(pilot.app, "doctor")


async def test_findings_appear_as_they_come_and_the_screen_stays_free() -> None:
    go_on = threading.Event()
    slow = Check("voice", lambda: str(go_on.wait(10)))
    desk = FakeDesk(parts=(PARTS[3], slow, PARTS[2]))
    async with app_of(desk).run_test(size=(80, 24)) as pilot:
        pilot.app.post_message(DoctorWanted())
        await until_shown(pilot, "12.0 GB free")
        await until_shown(pilot, "checking 2 of 3")
        assert "Check again" not in footer_keys(pilot)
        go_on.set()
        await until_shown(pilot, "every part works")
        assert "Check again" in footer_keys(pilot)
        await pilot.press("r")
        await until_shown(pilot, "every part works")
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
