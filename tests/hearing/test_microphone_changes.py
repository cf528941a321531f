"""Microphones that come and go while they are used, and a process killed while it records."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from device_process import run, start
from known_sound import Pcm16, compare, known_sound, read_pcm16
from virtual_sound import VirtualSound

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="ALSA and PulseAudio are Linux's"),
]

RATE_HZ = 16_000
SPARE = """
pcm.spare {{
  type file
  slave.pcm {{ type null }}
  file /dev/null
  infile "{tape}"
  format raw
  hint {{ show on description "Needs no sound server" }}
}}
"""

LOSS = """
import json, os, signal, sys, time
from voice_interviewer.core.commands import Listen
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.sources import Microphone

how, server = sys.argv[1], int(sys.argv[2])
source = Microphone()
source.open(Listen(turn_id=1, question_id="q"))
heard, gone_s, report = 0, 0.0, {}
try:
    for block in source.blocks():
        heard += len(block)
        if heard >= 16_000 and not gone_s:
            os.kill(server, signal.SIGKILL if how == "killed" else signal.SIGSTOP)
            gone_s = time.monotonic()
except AudioError as error:
    report = {"after_s": time.monotonic() - gone_s, "message": error.message,
              "retryable": error.retryable, "choices": error.choices}
again = time.monotonic()
try:
    source.open(Listen(turn_id=1, question_id="q", part=2))
except AudioError as error:
    report |= {"again": error.message, "again_choices": error.choices}
report |= {"again_s": time.monotonic() - again, "name": source.name}
print(json.dumps(report), flush=True)
os._exit(0)
"""

CHOOSE = """
import json, sys
import numpy as np
from virtual_sound import VirtualSound
from voice_interviewer.audio import portaudio
from voice_interviewer.audio.sound import level_dbfs
from voice_interviewer.core.commands import Listen
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.sources import Microphone
import os, subprocess

def level(name):
    source.open(Listen(turn_id=1, question_id="q", microphone=name))
    blocks, count = [], 0
    for block in source.blocks():
        blocks.append(block)
        count += len(block)
        if count >= 16_000:
            source.stop()
    source.close()
    return source.name, level_dbfs(np.concatenate(blocks)[8_000:])

sound_card = VirtualSound(dict(os.environ), 0)
source = Microphone()
report = {"before": [d.name for d in portaudio.inputs()], "usual": level(None)}
try:
    source.open(Listen(turn_id=1, question_id="q", microphone="desk"))
except AudioError as error:
    report |= {"missing": error.message, "choices": error.choices}
sound_card.plug_in("desk")
player = subprocess.Popen(["pacat", "-d", "desk_sink", "--raw", "--format=s16le",
                           "--rate=16000", "--channels=1", sys.argv[1]])
report |= {"desk": level("desk"), "after": [d.name for d in portaudio.inputs()]}
report |= {"usual_again": level(None)}
player.kill()
print(json.dumps(report), flush=True)
os._exit(0)
"""

SPEAK = """
import json, threading, time
import numpy as np
from voice_interviewer.audio import portaudio
from voice_interviewer.audio.sound import Sound
from voice_interviewer.speaking.player import Player

begun = threading.Event()
sound = Sound(np.full(16_000, 0.1, dtype=np.float32), 16_000)
before = portaudio.refresh()
speaking = threading.Thread(target=Player().play, args=(sound,),
                            kwargs={"on_first_sample": begun.set})
speaking.start()
begun.wait(10)
meanwhile = portaudio.refresh()
speaking.join()
deadline_s = time.monotonic() + 5
while not (after := portaudio.refresh()) and time.monotonic() < deadline_s:
    time.sleep(0.05)
print(json.dumps({"refreshed": [before, meanwhile, after]}))
"""

RECORD = """
import sys
from pathlib import Path
from hearing_fakes import DeafTranscriber, Notes
from voice_interviewer.core.commands import Listen
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.sources import Microphone
from voice_interviewer.hearing.spoken import SpokenListener

class Begun(Notes):
    def started(self, recording, source):
        super().started(recording, source)
        print("listening", flush=True)

listener = SpokenListener(Microphone(), DeafTranscriber(), HearingOptions(), Path(sys.argv[1]))
listener.listen(Listen(turn_id=1, question_id="q", held=True), Begun())
"""


@pytest.mark.parametrize("how", ["killed", "hung"])
def test_a_lost_microphone_is_noticed_within_a_second_and_a_half_and_others_are_offered(
    sound_card: VirtualSound, tmp_path: Path, how: str
) -> None:
    (tmp_path / "tape.raw").write_bytes(bytes(RATE_HZ))
    with Path(sound_card.env["ALSA_CONFIG_PATH"]).open("a") as file:
        file.write(SPARE.format(tape=tmp_path / "tape.raw"))
    report = run(LOSS, how, sound_card.pid, env=sound_card.env)
    assert report["after_s"] < 1.5
    assert report["message"].endswith("stopped sending sound.")
    assert report["retryable"]
    assert "spare" in report["choices"]
    if how == "killed":
        assert report["choices"] == ["spare"]
        assert report["name"] == "spare"
        assert report["again_s"] < 2.0
    else:
        assert "spare" in report["again_choices"]
        assert report["again_s"] < 15.0


def test_a_microphone_plugged_in_later_is_chosen_by_name(
    sound_card: VirtualSound, tmp_path: Path
) -> None:
    noise = tmp_path / "noise.raw"
    noise.write_bytes(known_sound(20 * RATE_HZ).astype("<i2").tobytes())
    report = run(CHOOSE, noise, env=sound_card.env)
    assert report["before"] == ["default"]
    assert report["missing"] == "There is no microphone desk."
    assert report["choices"] == ["default"]
    assert report["after"] == ["default", "desk"]
    name, level_dbfs = report["desk"]
    assert (name, round(level_dbfs)) == ("desk", -24)
    for name, level_dbfs in (report["usual"], report["usual_again"]):
        assert (name, level_dbfs) == ("default", -120.0)


def test_the_list_is_not_read_again_while_the_interviewer_speaks(sound_card: VirtualSound) -> None:
    assert run(SPEAK, env=sound_card.env)["refreshed"] == [True, False, True]


def test_sigkill_loses_at_most_250_ms_of_what_was_said(
    sound_card: VirtualSound, tmp_path: Path
) -> None:
    known = known_sound(40 * RATE_HZ)
    (tmp_path / "known.raw").write_bytes(known.astype("<i2").tobytes())
    plain = ["--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
    play = ["pacat", "--playback", "-d", "vmic", *plain, str(tmp_path / "known.raw")]
    warm_up = start(RECORD, tmp_path / "first", env=sound_card.env)
    _wait_for_line(warm_up)
    player = subprocess.Popen(play, env=sound_card.env)
    killed: list[tuple[float, Path]] = []
    recorder = warm_up
    try:
        for number, seconds in enumerate((1.31, 0.77, 2.05)):
            folder = tmp_path / f"session-{number}"
            path = folder / "audio" / "turn-001.wav"
            recorder = start(RECORD, folder, env=sound_card.env)
            _wait_for_line(recorder)
            time.sleep(seconds)
            recorder.kill()
            killed.append((time.monotonic(), path))
            recorder.wait(10)
        began_s = _time_of_first_frame(sound_card, known, tmp_path)
    finally:
        for process in (warm_up, recorder, player):
            process.kill()
            process.wait(10)
    for killed_s, path in killed:
        heard = compare(read_pcm16(path, 44), known)
        assert (heard.lost, heard.different, heard.silent) == (0, 0, 0)
        played = (killed_s - began_s) * RATE_HZ
        lost_ms = (played - heard.last) / RATE_HZ * 1000
        assert -20 < lost_ms < 250


def _wait_for_line(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == b"listening\n", process.stderr and process.stderr.read()


def _time_of_first_frame(sound_card: VirtualSound, known: Pcm16, folder: Path) -> float:
    """When frame 0 of the known sound was played, from how early later frames reach a listener.

    The monotonic second, late by the listener's shortest delay of some milliseconds.
    """
    command = ["pacat", "--record", "-d", "vmic.monitor", "--latency-msec=5", "--raw"]
    command += ["--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
    listener = subprocess.Popen(command, env=sound_card.env, stdout=subprocess.PIPE)
    assert listener.stdout is not None
    data = bytearray()
    arrivals: list[tuple[float, int]] = []
    try:
        while len(data) < 3 * RATE_HZ * 2:
            data += listener.stdout.read1(4096)  # type: ignore[attr-defined]
            arrivals.append((time.monotonic(), len(data) // 2))
    finally:
        listener.kill()
        listener.wait(10)
    path = folder / "listener.raw"
    path.write_bytes(bytes(data))
    heard = compare(read_pcm16(path), known)
    assert (heard.lost, heard.different, heard.silent) == (0, 0, 0)
    offset = heard.last + 1 - len(data) // 2
    return min(at_s - (offset + frames) / RATE_HZ for at_s, frames in arrivals)
