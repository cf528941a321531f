"""Measures what a candidate waits for and what it costs: `make bench-interview`.

An 11 s answer is played in real time to an interview with a real voice on a virtual speaker; the
waits are taken from the journal. Start-up is measured from the command to the first screen in a
pseudo-terminal. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from virtual_sound import VirtualSound, missing, virtual_sound

CHECKOUT = Path(__file__).resolve().parents[2]
QUESTION = "reward-hacking"
FIRST_SCREENS = (b"Start the interview", b"Skip all")
STAGES = (
    ("end of the answer → a few neutral words", "answer_end_to_acknowledgement"),
    ("end of audio → final transcript", "end_of_speech_to_transcript"),
    ("transcript → assessment", "transcript_to_assessment"),
    ("assessment → first sample of the follow-up", "assessment_to_next_prompt"),
    ("end of audio → first sample of the follow-up", "end_of_speech_to_next_prompt"),
)


def eleven_seconds(folder: Path) -> Path:
    """An answer of 11.0 s: a sample answer, cut or padded with silence."""
    import numpy as np

    from voice_interviewer.audio.sound import Sound, read_sound, write_sound

    sound = read_sound(CHECKOUT / "questions" / "samples" / "audio" / f"{QUESTION}.ogg").at(16_000)
    samples = np.zeros(11 * 16_000, dtype=np.float32)
    samples[: len(sound.samples)] = sound.samples[: len(samples)]
    path = folder / "answer.wav"
    write_sound(path, Sound(samples, 16_000))
    return path


class PeakMemory(threading.Thread):
    """Peak resident memory in MB of a process and of its children, sampled ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.parent_mb = 0.0
        self.children_mb: dict[str, float] = {}

    def run(self) -> None:
        while Path(f"/proc/{self.pid}").exists():
            self.parent_mb = max(self.parent_mb, _peak_mb(self.pid))
            for child in _children(self.pid):
                name = _name(child)
                self.children_mb[name] = max(self.children_mb.get(name, 0.0), _peak_mb(child))
            time.sleep(0.1)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def _name(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "gone"
    return next((c.decode().rsplit(".", 1)[-1] for c in command if b"worker" in c), "other")


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((row for row in status.splitlines() if row.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024


def interview(
    card: VirtualSound, folder: Path, voice: str
) -> tuple[dict[str, int | None], PeakMemory]:
    """One interview with the 11 s answer; the first turn's waits and the memory."""
    data = folder / "data"
    program = subprocess.Popen(
        [sys.executable, "-m", "voice_interviewer", "interview", "--headless", "--json"]
        + ["--offline", "--question", QUESTION, "--judge", "embedded", "--voice", voice]
        + ["--candidate", f"audio:{eleven_seconds(folder)}", "--pace", "realtime"]
        + ["--data-dir", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**card.env, "PYTHONPATH": str(CHECKOUT)},
        text=True,
    )
    memory = PeakMemory(program.pid)
    memory.start()
    output, errors = program.communicate(timeout=180)
    if program.returncode != 0:
        raise SystemExit(errors)
    timing: dict[str, int | None] = json.loads(output)["turns"][0]["timing_ms"]
    return timing, memory


def first_screen_s(command: list[str]) -> float:
    """Seconds from a command in a terminal to the first screen, that of a first start included."""
    began_s = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(CHECKOUT)
        os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="30")
        os.execvp(command[0], command)
    seen = b""
    while not _is_there(seen) and time.monotonic() - began_s < 60:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    elapsed_s = time.monotonic() - began_s
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    if not _is_there(seen):
        raise SystemExit(f"the first screen never came: {seen[-500:]!r}")
    return elapsed_s


def _is_there(seen: bytes) -> bool:
    return any(sign in seen for sign in FIRST_SCREENS)


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--voice", default="auto")
    options = parser.parse_args()
    if missing():
        raise SystemExit(missing())
    runs, memories = [], []
    for _ in range(options.repeats):
        with (
            tempfile.TemporaryDirectory(prefix="vi-") as name,
            virtual_sound(Path(name)) as card,
        ):
            timing, memory = interview(card, Path(name), options.voice)
            runs.append(timing)
            memories.append(memory)
    print(
        f"| wait (ms, {options.repeats} runs, voice {options.voice}) | median | lowest | highest |"
    )
    print("|---|---|---|---|")
    for title, key in STAGES:
        values = [run[key] for run in runs if run[key] is not None]
        if not values:
            print(f"| {title} | never | | |")
            continue
        print(f"| {title} | {statistics.median(values):.0f} | {min(values)} | {max(values)} |")
    print("\n| peak memory (MB) | highest |\n|---|---|")
    print(f"| program | {max(m.parent_mb for m in memories):.0f} |")
    for name in sorted({name for m in memories for name in m.children_mb}):
        print(f"| {name} | {max(m.children_mb.get(name, 0) for m in memories):.0f} |")
    starts = [first_screen_s(["make", "run"]) for _ in range(options.repeats)]
    print(f"\nmake run to the first screen, everything set up: {statistics.median(starts):.2f} s")
    print(f"({min(starts):.2f} to {max(starts):.2f} s)")


if __name__ == "__main__":
    main()
