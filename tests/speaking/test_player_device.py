"""The player on real PortAudio, without hardware: an ALSA file, and a PulseAudio null sink."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice_interviewer.audio.sound import from_pcm16
from voice_interviewer.speaking.playback import TAIL_S

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="ALSA and PulseAudio are Linux's"),
]

CHECKOUT = Path(__file__).resolve().parents[2]
ALSA_CONFIG = Path("/usr/share/alsa/alsa.conf")
RATE_HZ = 24_000

# PortAudio reads its configuration once a process, so each device gets a process of its own.
SCRIPT = """
import json, os, signal, sys, threading, time
import numpy as np
from voice_interviewer.audio.sound import Sound
from voice_interviewer.errors import AudioError
from voice_interviewer.speaking.player import Player

what, server_pid = sys.argv[1], int(sys.argv[2])
noise = np.random.default_rng(7).uniform(-0.5, 0.5, 24_000).astype(np.float32)
player, report, first = Player(), {}, []

def begun():
    first.append(time.monotonic())
    if what == "stop":
        threading.Timer(0.4, stop).start()
    if what == "kill":
        threading.Timer(0.2, os.kill, (server_pid, signal.SIGKILL)).start()

def stop():
    report["stopped_t_s"] = time.monotonic()
    player.stop()

report["available"] = player.available()
began_s = time.monotonic()
try:
    report["completed"] = player.play(Sound(noise, 24_000), on_first_sample=begun)
except AudioError as error:
    report["error"] = error.message
ended_s = time.monotonic()
report |= {
    "position_s": player.position_s,
    "first_s": first[0] - began_s if first else None,
    "took_s": ended_s - began_s,
    "after_stop_s": ended_s - report.get("stopped_t_s", ended_s),
}
print(json.dumps(report))
"""


def noise() -> np.ndarray:
    return np.random.default_rng(7).uniform(-0.5, 0.5, RATE_HZ).astype(np.float32)


def drive(what: str, server_pid: int = 0, **env: str) -> dict[str, Any]:
    """Run the script in a process with this environment; what it reports."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, what, str(server_pid)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def need(*tools: str) -> None:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing or not ALSA_CONFIG.is_file():
        pytest.skip(f"not installed: {', '.join(missing) or 'ALSA configuration'}")


def test_an_alsa_device_gets_exactly_the_sound_and_its_silent_tail(tmp_path: Path) -> None:
    need()
    played = tmp_path / "played.raw"
    config = tmp_path / "asound.conf"
    config.write_text(
        "pcm.nothing { type null }\n"
        f'pcm.tape {{ type file slave.pcm nothing file "{played}" format raw }}\n'
        "pcm.!default { type plug slave { pcm tape format S16_LE "
        f"rate {RATE_HZ} channels 1 }} }}\n"
    )
    report = drive("whole", ALSA_CONFIG_PATH=str(config))
    assert report["available"]
    assert report["completed"]
    assert report["position_s"] == 1.0
    tape = from_pcm16(played.read_bytes())
    tape = tape[np.flatnonzero(tape)[0] :]  # PortAudio fills its buffer with silence first
    assert np.abs(tape[:RATE_HZ] - noise()).max() < 2 / 32_768
    assert len(tape) >= RATE_HZ + round(TAIL_S * RATE_HZ)
    assert not tape[RATE_HZ:].any()


def test_no_device_is_not_available(tmp_path: Path) -> None:
    need()
    cards = Path("/proc/asound/cards")
    if cards.is_file() and "no soundcards" not in cards.read_text():
        pytest.skip("this machine has a sound card")
    report = drive("whole", PULSE_SERVER=f"unix:{tmp_path}/no-server")
    assert not report["available"]
    assert report["error"] == "No speaker was found."


@dataclass
class Server:
    """A private PulseAudio with the null sink `vspeaker`."""

    process: subprocess.Popen[bytes]
    env: dict[str, str]
    folder: Path

    def record(self) -> subprocess.Popen[bytes]:
        """Start to record what the null sink plays, into `heard.raw`."""
        recorder = subprocess.Popen(
            [
                "parec",
                "--device=vspeaker.monitor",
                f"--rate={RATE_HZ}",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=10",
                str(self.folder / "heard.raw"),
            ],
            env={**os.environ, **self.env},
        )
        time.sleep(0.4)
        return recorder

    def heard_s(self, recorder: subprocess.Popen[bytes]) -> float:
        """Seconds from the first to the last sample that is not silent."""
        time.sleep(0.4)
        recorder.terminate()
        recorder.wait(5)
        heard = np.flatnonzero(from_pcm16((self.folder / "heard.raw").read_bytes()))
        return float(heard[-1] - heard[0] + 1) / RATE_HZ


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    need("pulseaudio", "parec", "pactl")
    socket = tmp_path / "socket"
    (tmp_path / "file.pa").write_text(
        "load-module module-null-sink sink_name=vspeaker norewinds=1\n"
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
        "set-default-sink vspeaker\n"
    )
    (tmp_path / "asound.conf").write_text(f"<{ALSA_CONFIG}>\npcm.!default {{ type pulse }}\n")
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PULSE_SERVER": f"unix:{socket}",
        "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf"),
    }
    process = subprocess.Popen(
        [
            "pulseaudio", "-n", "-F", str(tmp_path / "file.pa"), "--daemonize=no",
            "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no",
        ],
        env={**os.environ, **env},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            ready = subprocess.run(
                ["pactl", "info"], env={**os.environ, **env}, capture_output=True, check=False
            )
            if ready.returncode == 0:
                break
            time.sleep(0.1)
        else:
            pytest.skip("PulseAudio does not start here")
        yield Server(process, env, tmp_path)
    finally:
        process.kill()
        process.wait()


def test_a_sound_server_plays_the_sound_in_real_time_to_its_end(server: Server) -> None:
    recorder = server.record()
    report = drive("whole", **server.env)
    assert report["completed"]
    assert report["took_s"] >= 0.95
    assert server.heard_s(recorder) == pytest.approx(1.0, abs=0.01)


def test_a_stop_is_heard_at_once(server: Server) -> None:
    recorder = server.record()
    report = drive("stop", **server.env)
    assert not report["completed"]
    assert report["after_stop_s"] < 0.1
    assert server.heard_s(recorder) < 0.4 + 0.15


def test_a_sound_server_that_dies_is_an_error_not_a_hang(server: Server) -> None:
    report = drive("kill", server.process.pid, **server.env)
    assert report["error"] in (
        "The speaker stopped in the middle of a sound.",
        "The speaker does not take sound.",
    )
    assert report["took_s"] < 5
