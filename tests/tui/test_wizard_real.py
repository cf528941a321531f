"""The first run with a virtual microphone: the meter moves, and what is wrong stays readable."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
import virtual_sound

from voice_interviewer.audio.sound import HEARING_RATE_HZ, Sound, read_sound, write_sound
from voice_interviewer.resources import shipped

pytestmark = pytest.mark.real

PROGRAM = Path(__file__).with_name("wizard_process.py")
SPEECH = shipped("questions") / "samples" / "audio" / "reward-hacking.ogg"
SECONDS = 3.0


def watch(card: virtual_sound.VirtualSound, folder: Path, sound: Sound | None) -> dict[str, Any]:
    """What was drawn while this was played into the microphone."""
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder / "data"), str(SECONDS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=card.env,
    )
    assert program.stderr is not None
    player = None
    try:
        for line in program.stderr:
            if line.strip() == "listening":
                break
        if sound is not None:
            write_sound(folder / "played.wav", sound)
            player = card.say(folder / "played.wav")
        output, errors = program.communicate(timeout=60)
    finally:
        program.kill()
        if player is not None:
            player.terminate()
            player.wait(10)
    assert program.returncode == 0, errors
    found: dict[str, Any] = json.loads(output)
    return found


def test_the_meter_follows_a_voice_at_ten_hertz_or_more(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    found = watch(sound_card, tmp_path, read_sound(SPEECH).at(HEARING_RATE_HZ))
    times = [at_s for at_s, _ in found["drawn"]]
    gaps_s = [after - before for before, after in pairwise(times)]
    rate_hz = len(gaps_s) / (times[-1] - times[0])
    print(f"\n{rate_hz:.1f} drawn a second, median gap {median(gaps_s):.3f} s")
    assert rate_hz >= 10
    assert median(gaps_s) <= 0.1
    assert len({shown for _, shown in found["drawn"]}) > 10, "it follows the voice"
    assert "✓ You can be heard." in found["screen"]


def test_a_sound_that_is_cut_off_is_told_and_stays_told(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    t = np.arange(6 * HEARING_RATE_HZ) / HEARING_RATE_HZ
    clipped = np.clip(4 * np.sin(2 * np.pi * 220 * t), -1, 1).astype(np.float32)
    found = watch(sound_card, tmp_path, Sound(clipped, HEARING_RATE_HZ))
    assert "is too loud: the sound is cut off" in found["screen"]


def test_a_microphone_without_a_signal_is_told(
    tmp_path: Path, sound_card: virtual_sound.VirtualSound
) -> None:
    assert "✗ No signal" in watch(sound_card, tmp_path, None)["screen"]
