"""A sound card made of software: PulseAudio null sinks that PortAudio takes for devices.

What is played to the sink `vmic` is heard by the default microphone; what the program plays goes
to the sink `vspeaker`, whose monitor can be recorded.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("pulseaudio", "paplay", "parec", "pactl")

_PULSE = """\
load-module module-native-protocol-unix socket={folder}/socket auth-anonymous=1
load-module module-null-sink sink_name=vspeaker norewinds=1 rate=48000 channels=2
load-module module-null-sink sink_name=vmic norewinds=1 rate=16000 channels=1
set-default-sink vspeaker
set-default-source vmic.monitor
"""
_MICROPHONE = """\
pcm.{name} {{
  type pulse
  device "{name}_sink.monitor"
  hint {{ show on description "Virtual microphone" }}
}}
"""
_ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse hint { show on description "Virtual sound" } }
ctl.!default { type pulse }
"""


def missing() -> str:
    """What has to be installed before this works; empty when nothing."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    plugin = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    if not plugin:
        absent.append("libasound2-plugins")
    return f"not installed: {', '.join(absent)}" if absent else ""


@dataclass(frozen=True)
class VirtualSound:
    """A running virtual sound card.

    `env` is what a program needs to use it; `pid` is the sound server's process.
    """

    env: dict[str, str]
    pid: int

    def say(self, wav: Path) -> subprocess.Popen[bytes]:
        """Play a file into the microphone, in real time, in the background."""
        return subprocess.Popen(["paplay", "-d", "vmic", str(wav)], env=self.env)

    def plug_in(self, name: str) -> None:
        """Add a microphone; what is played to the sink `<name>_sink` is heard by it."""
        sink = [f"sink_name={name}_sink", "norewinds=1", "rate=16000", "channels=1"]
        command = ["pactl", "load-module", "module-null-sink", *sink]
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)
        with Path(self.env["ALSA_CONFIG_PATH"]).open("a") as file:
            file.write(_MICROPHONE.format(name=name))

    def record_speaker(self, raw: Path) -> subprocess.Popen[bytes]:
        """Record what the speaker plays as 16 kHz mono int16 without a header."""
        command = ["parec", "-d", "vspeaker.monitor", "--rate=16000", "--channels=1"]
        with raw.open("wb") as file:
            return subprocess.Popen([*command, "--format=s16le"], stdout=file, env=self.env)


@contextmanager
def virtual_sound(folder: Path) -> Iterator[VirtualSound]:
    """A virtual sound card whose sockets and settings live in `folder` (keep its path short)."""
    script = folder / "start.pa"
    script.write_text(_PULSE.format(folder=folder))
    alsa = folder / "asound.conf"
    alsa.write_text(_ALSA)
    env = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_SERVER": f"unix:{folder}/socket",
        "ALSA_CONFIG_PATH": str(alsa),
    }
    command = ["pulseaudio", "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1"]
    command += ["--use-pid-file=no", "--realtime=no", "--high-priority=no", "--disallow-exit"]
    with (folder / "pulse.log").open("w") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        _wait_until_it_answers(env, server, folder / "pulse.log")
        yield VirtualSound(env, server.pid)
    finally:
        server.send_signal(signal.SIGCONT)
        server.terminate()
        server.wait(10)


def _wait_until_it_answers(env: dict[str, str], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + 15
    while time.monotonic() < deadline_s:
        answer = subprocess.run(["pactl", "info"], env=env, capture_output=True, check=False)
        if answer.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"PulseAudio did not start: {log.read_text()[-2000:]}")
