"""A program that ends while a sound is being stopped ends, and does not wait for ever."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import virtual_sound

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(virtual_sound.missing()), reason=virtual_sound.missing()),
]

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = """
import threading, numpy as np
from voice_interviewer.audio.sound import Sound
from voice_interviewer.speaking.player import Player

begun, player = threading.Event(), Player()
sound = Sound(np.full(160_000, 0.1, dtype=np.float32), 16_000)
play = lambda: player.play(sound, on_first_sample=begun.set)
threading.Thread(target=play, daemon=True).start()
assert begun.wait(5)
player.stop()
print("leaving")
"""


def test_it_ends_at_once() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="vs") as folder,
        virtual_sound.virtual_sound(Path(folder)) as card,
    ):
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT],
                env={**card.env, "PYTHONPATH": str(CHECKOUT)},
                capture_output=True,
                text=True,
                timeout=8,
                check=False,
            )
            assert (done.returncode, done.stdout) == (0, "leaving\n"), done.stderr
