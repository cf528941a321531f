"""Captures for an hour while every core is busy: `soak.py --minutes 60`.

A sound whose every sample can be recognised is played into a virtual microphone. One process takes
it as an interview does (`Microphone`, `Spool`, the speech detector on every chunk, the level) while
one busy process a core competes with it at the same priority. Afterwards the recording is compared
with what was played. A second recorder that asks PulseAudio directly, with a buffer of ten seconds
and above the competition, tells what the virtual sound card itself lost. The sound server, the
player and that witness run above the normal priority where the system allows it, as the hardware
and the sound server of a desktop do; the capture never does.

Prints Markdown. Needs about 6 MB of disk a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from known_sound import Comparison, compare, known_sound, read_pcm16
from virtual_sound import VirtualSound, missing, virtual_sound

CHECKOUT = Path(__file__).resolve().parents[3]
RATE_HZ = 16_000
BUSY = "while True: pass"
SPARE_S = 30
WARM_UP_S = 60


def record(path: Path, seconds: float) -> dict[str, Any]:
    """Capture as an interview does for so long. Runs in a process of its own."""
    from voice_interviewer.core.commands import Listen
    from voice_interviewer.hearing import capture
    from voice_interviewer.hearing.sources import Microphone
    from voice_interviewer.hearing.spool import Spool
    from voice_interviewer.hearing.vad import CHUNK, Vad

    arrivals: deque[tuple[float, int]] = deque()

    class Timed(capture.Capture):
        """Notes when each block arrived."""

        def _callback(self, ring: Any) -> Any:
            take = super()._callback(ring)

            def timed(*block: Any) -> None:
                take(*block)
                arrivals.append((time.monotonic(), ring.written))

            return timed

    capture.Capture = Timed  # type: ignore[misc]
    detector = Vad()
    source = Microphone()
    source.open(Listen(turn_id=1, question_id="soak"))
    spool = Spool(path)
    worst: dict[str, Any] = {"late_s": 0.0, "gap_s": 0.0, "late": []}

    def read() -> None:
        written, rest, came_at = 0, np.zeros(0, dtype=np.float32), 0.0
        for block in source.blocks():
            spool.write(block)
            now = time.monotonic()
            written += 2 * len(block)
            while arrivals and arrivals[0][1] <= written:
                at, _ = arrivals.popleft()
                worst["late"].append(now - at)
                worst["gap_s"] = max(worst["gap_s"], at - came_at if came_at else 0.0)
                came_at = at
            if len(worst["late"]) >= 3_000:
                worst["late_s"] = max(worst["late_s"], *worst["late"])
                worst["late"].clear()
            rest = np.concatenate((rest, block))
            while len(rest) >= CHUNK:
                detector.probability(rest[:CHUNK])
                rest = rest[CHUNK:]

    reader = threading.Thread(target=read, name="soak-reader")
    began = time.monotonic()
    reader.start()
    print("listening", file=sys.stderr, flush=True)
    memory: list[tuple[float, float]] = []
    while (passed := time.monotonic() - began) < seconds and reader.is_alive():
        memory.append((passed, _resident_mb()))
        time.sleep(min(2.0, max(0.01, seconds - passed)))
    took_s = time.monotonic() - began
    source.stop()
    reader.join()
    source.close()
    spool.close()
    return {
        "took_s": took_s,
        "late_s": max([worst["late_s"], *worst["late"]]),
        "gap_s": worst["gap_s"],
        "lost_frames": source.lost_frames,
        "spool_error": str(spool.error) if spool.error else "",
        "spool_s": spool.duration_s,
        "memory": memory,
    }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def raised(pid: int) -> bool:
    """Put all threads of a process above the normal priority; False where that is forbidden."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(task.name), -11)
    except OSError:
        return False
    return True


def soak(card: VirtualSound, folder: Path, minutes: float) -> dict[str, Any]:
    """Everything at once; what was recorded, by us and by the witness, compared with the sound."""
    seconds = 60 * minutes
    known = known_sound(round((seconds + SPARE_S) * RATE_HZ))
    (folder / "known.raw").write_bytes(known.astype("<i2").tobytes())
    plain = ["--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1"]
    player = ["pacat", "--playback", "-d", "vmic", "--latency-msec=4000", *plain]
    witness = ["pacat", "--record", "-d", "vmic.monitor", "--latency-msec=10000", *plain]
    command = [sys.executable, __file__, "--record", str(folder / "turn-001.wav")]
    command += ["--minutes", str(minutes)]
    env = {**card.env, "PYTHONPATH": str(CHECKOUT)}
    started: list[subprocess.Popen[bytes]] = []
    try:
        started += [
            subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)
        ]
        started.append(subprocess.Popen([*witness, str(folder / "witness.raw")], env=env))
        ours = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(ours)
        assert ours.stderr is not None
        while b"listening" not in (line := ours.stderr.readline()):
            if not line:
                raise SystemExit("the recorder did not start")
        drain = threading.Thread(target=ours.stderr.read, daemon=True)
        drain.start()
        started.append(subprocess.Popen([*player, str(folder / "known.raw")], env=env))
        favoured = all([raised(pid) for pid in (card.pid, started[-1].pid, started[-3].pid)])
        output, _ = ours.communicate()
    finally:
        for process in started:
            process.kill()
            process.wait()
    if ours.returncode != 0:
        raise SystemExit("the recorder failed")
    report: dict[str, Any] = json.loads(output)
    return report | {
        "favoured": favoured,
        "ours": compare(read_pcm16(folder / "turn-001.wav", 44), known),
        "witness": compare(read_pcm16(folder / "witness.raw"), known),
    }


def slope_mb_per_h(memory: list[tuple[float, float]]) -> str:
    """Least squares through the resident memory after the first minute, of a minute at least."""
    settled = np.array([point for point in memory if point[0] >= WARM_UP_S])
    if len(settled) < 2 or settled[-1, 0] < 2 * WARM_UP_S:
        return "too short to tell"
    return f"{float(np.polyfit(settled[:, 0], settled[:, 1], 1)[0]) * 3600:+.2f} MB/h"


def as_markdown(report: dict[str, Any]) -> str:
    """The tables."""
    memory = report["memory"]
    at_1_min = next((mb for at, mb in memory if at >= WARM_UP_S), memory[-1][1])
    lines = [
        f"{report['took_s'] / 60:.1f} minutes of capture, {os.cpu_count()} cores, one busy process "
        f"a core; sound server and player {'' if report['favoured'] else 'not '}above the normal "
        "priority.",
        "",
        "| frames at 16 kHz | capture | the sound server's own recorder |",
        "|---|---|---|",
    ]
    rows: tuple[tuple[str, str], ...] = (
        ("expected (first to last heard frame of the known sound)", "expected"),
        ("received as played", "received"),
        ("lost", "lost"),
        ("different", "different"),
        ("repeated", "repeated"),
        ("silence between (not fed in time)", "silent"),
    )
    ours: Comparison = report["ours"]
    theirs: Comparison = report["witness"]
    lines += [f"| {text} | {getattr(ours, key)} | {getattr(theirs, key)} |" for text, key in rows]
    lines += [
        "",
        "| capture | |",
        "|---|---|",
        f"| frames counted as lost (overflows) | {report['lost_frames']} |",
        f"| longest from a block's arrival to its write | {1000 * report['late_s']:.0f} ms |",
        f"| longest between two blocks' arrivals | {1000 * report['gap_s']:.0f} ms |",
        f"| recording | {report['spool_s']:.1f} s {report['spool_error']} |",
        f"| resident memory after 1 min | {at_1_min:.1f} MB |",
        f"| resident memory at the end | {memory[-1][1]:.1f} MB |",
        f"| slope after 1 min | {slope_mb_per_h(memory)} |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run it and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record is not None:
        print(json.dumps(record(options.record, 60 * options.minutes)))
        return
    if missing():
        raise SystemExit(missing())
    with tempfile.TemporaryDirectory(prefix="soak-") as name, virtual_sound(Path(name)) as card:
        print(as_markdown(soak(card, Path(name), options.minutes)), flush=True)


if __name__ == "__main__":
    main()
