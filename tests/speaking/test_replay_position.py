"""With real sound: the word that is lit is the word that leaves the speaker at that moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import virtual_sound
from numpy.typing import NDArray

from voice_interviewer.audio.sound import Sound, write_sound
from voice_interviewer.core.transcript import Word
from voice_interviewer.tui.replay_steps import sounding

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(virtual_sound.missing()), reason=virtual_sound.missing()),
]

RATE_HZ = 16_000
TESTS = Path(__file__).resolve().parents[1]
WORD_S = 0.2
STARTS_S = (0.3, 0.8, 1.1, 1.9, 2.4, 2.9)
PITCHES_HZ = (400, 550, 700, 850, 1_000, 1_150)
LENGTH_S = 3.3
MOST_ERROR_S = 0.05


def answer() -> Sound:
    """Six words, each a tone of a pitch of its own, between pauses."""
    samples = np.zeros(round(LENGTH_S * RATE_HZ), dtype=np.float32)
    t_s = np.arange(round(WORD_S * RATE_HZ)) / RATE_HZ
    for start_s, pitch_hz in zip(STARTS_S, PITCHES_HZ, strict=True):
        at = round(start_s * RATE_HZ)
        samples[at : at + len(t_s)] = 0.4 * np.sin(2 * np.pi * pitch_hz * t_s)
    return Sound(samples, RATE_HZ)


@pytest.fixture(scope="module")
def card() -> Iterator[virtual_sound.VirtualSound]:
    with (
        tempfile.TemporaryDirectory(prefix="vs") as folder,
        virtual_sound.virtual_sound(Path(folder)) as found,
    ):
        yield found


def heard_beside(
    card: virtual_sound.VirtualSound, folder: Path, rate: float
) -> tuple[NDArray[np.float64], float, list[tuple[float, float]]]:
    """What left the speaker, when its first sample did, and where the player stood meanwhile.

    Times are monotonic seconds. The quickest block of the recording tells when it began: none can
    arrive before it was heard.
    """
    command = ["parec", "-d", "vspeaker.monitor", f"--rate={RATE_HZ}", "--channels=1"]
    recorder = subprocess.Popen(
        [*command, "--format=s16le", "--latency-msec=5"], stdout=subprocess.PIPE, env=card.env
    )
    assert recorder.stdout is not None
    pipe = recorder.stdout.fileno()
    blocks: list[tuple[float, bytes]] = []

    def listen() -> None:
        while block := os.read(pipe, 4_096):
            blocks.append((time.monotonic(), block))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    while not blocks:
        time.sleep(0.01)
    done = subprocess.run(
        [sys.executable, str(TESTS / "speaking" / "replay_process.py"), str(folder), str(rate)],
        env={**card.env, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    time.sleep(0.3)
    recorder.terminate()
    recorder.wait(5)
    listener.join(5)
    assert done.returncode == 0, done.stderr
    data = b"".join(block for _, block in blocks)
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64) / 32_768
    ends = np.cumsum([len(block) // 2 for _, block in blocks])
    began_s = min(at_s - end / RATE_HZ for (at_s, _), end in zip(blocks, ends, strict=True))
    return samples, began_s, json.loads(done.stdout)


@pytest.mark.parametrize("rate", [1.0, 1.5])
def test_the_word_that_is_lit_is_the_word_that_sounds(
    card: virtual_sound.VirtualSound, tmp_path: Path, rate: float
) -> None:
    (tmp_path / "audio").mkdir()
    write_sound(tmp_path / "audio" / "turn-001.wav", answer())
    samples, began_s, seen = heard_beside(card, tmp_path, rate)
    loud = np.flatnonzero(np.abs(samples) > 0.05)
    gaps = np.flatnonzero(np.diff(loud) > 0.04 * RATE_HZ)
    onsets = loud[np.concatenate([[0], gaps + 1])]
    assert len(onsets) == len(STARTS_S)
    times_s, positions_s = np.array(seen).T
    assert (np.diff(positions_s) >= 0).all()
    words = [Word(text="", start_s=s, end_s=s + WORD_S) for s in STARTS_S]
    for number, onset in enumerate(onsets):
        position_s = np.interp(began_s + onset / RATE_HZ, times_s, positions_s)
        assert abs(position_s - STARTS_S[number]) <= MOST_ERROR_S
        middle = onset + round(WORD_S / rate / 2 * RATE_HZ)
        window = samples[middle - 400 : middle + 400] * np.hanning(800)
        pitch_hz = float(np.argmax(np.abs(np.fft.rfft(window, RATE_HZ))))
        assert pitch_hz == pytest.approx(PITCHES_HZ[number], rel=0.02)
        lit = sounding(words, float(np.interp(began_s + middle / RATE_HZ, times_s, positions_s)))
        assert lit == number
