"""The microphone on real PortAudio, without hardware: an ALSA file, and a PulseAudio null sink."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import virtual_sound
from device_process import run

from voice_interviewer.audio.sound import Sound, write_sound

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="ALSA and PulseAudio are Linux's"),
]

ALSA_CONFIG = Path("/usr/share/alsa/alsa.conf")
RATE_HZ = 16_000

# PortAudio reads its configuration once a process, so each device gets a process of its own.
EXACT = """
import json, sys
import numpy as np
from voice_interviewer.audio.sound import to_pcm16
from voice_interviewer.core.commands import Listen
from voice_interviewer.hearing.sources import Microphone

wanted = int(sys.argv[1])
source = Microphone()
source.open(Listen(turn_id=1, question_id="q"))
blocks = []
for block in source.blocks():
    blocks.append(block)
    if sum(map(len, blocks)) >= wanted:
        source.stop()
source.close()
heard = to_pcm16(np.concatenate(blocks))
open(sys.argv[2], "wb").write(heard)
source.open(Listen(turn_id=2, question_id="q"))
again = 0
for block in source.blocks():
    again += len(block)
    if again:
        source.stop()
source.close()
print(json.dumps({"name": source.name, "samples": len(heard) // 2, "again": again}))
"""

ANSWER = """
import json, os, signal, subprocess, sys, threading, time
from pathlib import Path
from hearing_fakes import DeafTranscriber, Notes
from voice_interviewer.core.commands import Listen, Transcribe
from voice_interviewer.core.ports import Level
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.endpointing import EndpointingPreset
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.sources import Microphone
from voice_interviewer.hearing.spoken import SpokenListener

what, folder, wav, server = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
gone = []

class Begun(Notes):
    def started(self, recording, source):
        super().started(recording, source)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.Popen(["paplay", "-d", "vmic", wav], **quiet)
        if what == "kill":
            threading.Timer(1.0, kill).start()
        if what == "key":
            threading.Timer(1.0, listener.finish, ("key",)).start()

def kill():
    gone.append(time.monotonic())
    os.kill(server, signal.SIGKILL)

options = HearingOptions(endpointing=EndpointingPreset(
    least_silence_s=1.0, unclear_silence_s=1.0, take_your_time_s=8.0, no_speech_s=2.5))
listener = SpokenListener(Microphone(), DeafTranscriber(), options, folder)
notes, report = Begun(), {}
began = time.monotonic()
try:
    ended = listener.listen(Listen(turn_id=1, question_id="q"), notes)
    report |= {"reason": ended.reason, "speech_end_s": ended.speech_end_s,
               "lost_frames": ended.lost_frames}
except AudioError as error:
    report |= {"error": error.message, "hint": error.hint, "retryable": error.retryable,
               "noticed_after_s": time.monotonic() - gone[0]}
report |= {
    "took_s": time.monotonic() - began,
    "source": notes.source,
    "notices": notes.notices,
    "loudest_dbfs": max(s.dbfs for s in notes.signals if isinstance(s, Level)),
}
print(json.dumps(report), flush=True)
os._exit(0)
"""


def test_an_alsa_microphone_gives_exactly_its_frames(tmp_path: Path) -> None:
    if not ALSA_CONFIG.is_file():
        pytest.skip("not installed: ALSA configuration")
    tape = np.random.default_rng(5).integers(-32_000, 32_000, 3 * RATE_HZ).astype("<i2")
    (tmp_path / "in.raw").write_bytes(tape.tobytes())
    (tmp_path / "asound.conf").write_text(
        "pcm.nothing { type null }\n"
        "pcm.tape { type file slave.pcm nothing file /dev/null "
        f'infile "{tmp_path}/in.raw" format raw }}\n'
        "pcm.!default { type plug slave { pcm tape format S16_LE "
        f"rate {RATE_HZ} channels 1 }} }}\n"
    )
    env = {**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}
    report = run(EXACT, len(tape), tmp_path / "heard.raw", env=env)
    assert report["samples"] >= len(tape)
    heard = np.frombuffer((tmp_path / "heard.raw").read_bytes(), dtype="<i2")
    assert (heard[: len(tape)] == tape).all()
    assert report["again"] > 0


def test_without_a_microphone_the_error_names_the_other_candidates(tmp_path: Path) -> None:
    cards = Path("/proc/asound/cards")
    if cards.is_file() and "no soundcards" not in cards.read_text():
        pytest.skip("this machine has a sound sound_card")
    script = (
        "import json\n"
        "from voice_interviewer.errors import AudioError\n"
        "from voice_interviewer.hearing.sources import Microphone\n"
        "try:\n    Microphone()\nexcept AudioError as error:\n"
        "    print(json.dumps({'message': error.message, 'hint': error.hint}))\n"
    )
    env = {**os.environ, "PULSE_SERVER": f"unix:{tmp_path}/no-server"}
    report = run(script, env=env)
    assert report["message"] == "No microphone was found."
    assert "--candidate typed" in report["hint"]
    assert "--candidate recorded" in report["hint"]


def talk(
    what: str, sound_card: virtual_sound.VirtualSound, folder: Path, samples: np.ndarray
) -> dict[str, Any]:
    wav = folder / "said.wav"
    write_sound(wav, Sound(samples, RATE_HZ))
    return run(ANSWER, what, folder, wav, sound_card.pid, env=sound_card.env)


def voice(speech: Path, seconds: float) -> np.ndarray:
    from voice_interviewer.audio.sound import read_sound

    return read_sound(speech / "jfk.flac").samples[: round(seconds * RATE_HZ)]


def test_silence_ends_an_answer_spoken_into_the_microphone(
    sound_card: virtual_sound.VirtualSound, speech: Path, tmp_path: Path
) -> None:
    from voice_interviewer.audio.sound import read_sound

    said = voice(speech, 2.2)
    room = np.random.default_rng(2).normal(0.0, 0.0005, 6 * RATE_HZ).astype(np.float32)
    report = talk("silence", sound_card, tmp_path, np.concatenate((said, room)))
    assert report["reason"] == "silence"
    assert report["lost_frames"] == 0
    assert report["notices"] == []
    assert report["speech_end_s"] == pytest.approx(2.2, abs=0.7)
    assert report["took_s"] == pytest.approx(report["speech_end_s"] + 1.0, abs=0.6)
    heard = read_sound(tmp_path / "audio" / "turn-001.wav").samples
    assert np.correlate(heard, said, "valid").max() / float(said @ said) > 0.9


def test_a_key_ends_it_at_once_and_keeps_what_was_said(
    sound_card: virtual_sound.VirtualSound, speech: Path, tmp_path: Path
) -> None:
    from voice_interviewer.audio.sound import read_sound

    report = talk("key", sound_card, tmp_path, voice(speech, 5.0))
    assert report["reason"] == "key"
    assert report["took_s"] < 4.0
    recorded_s = read_sound(tmp_path / "audio" / "turn-001.wav").duration_s
    assert 0.8 <= recorded_s < 3.0


def test_a_muted_microphone_is_told_and_invents_nothing(
    sound_card: virtual_sound.VirtualSound, tmp_path: Path
) -> None:
    report = talk("mute", sound_card, tmp_path, np.zeros(RATE_HZ, dtype=np.float32))
    assert report["reason"] == "no_speech"
    assert report["speech_end_s"] is None
    (notice,) = report["notices"]
    assert notice[0] == "microphone"
    assert notice[1].startswith("No signal from ")
    assert "muted" in notice[2]


def test_an_answer_ends_within_a_second_and_a_half_of_the_loss_of_its_microphone(
    sound_card: virtual_sound.VirtualSound, speech: Path, tmp_path: Path
) -> None:
    from voice_interviewer.audio.sound import read_sound

    report = talk("kill", sound_card, tmp_path, voice(speech, 5.0))
    assert "stopped sending sound" in report["error"]
    assert report["retryable"]
    assert report["noticed_after_s"] < 1.5
    recorded_s = read_sound(tmp_path / "audio" / "turn-001.wav").duration_s
    assert recorded_s == pytest.approx(1.0, abs=0.3)
