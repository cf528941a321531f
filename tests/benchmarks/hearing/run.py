"""Measures how fast and how well answers are heard, beside other projects: `make bench-hearing`.

Same sound, same weights, same thread limit, in real time, one system at a time, in turns. Every
repeat takes other recordings. Raw results go to a file of JSON lines as they come; a run that was
broken off goes on where it stopped, and jobs that failed are tried again. Markdown goes to standard
output.

    python run.py --out RESULTS.jsonl [--model tiny.en|base] [--systems ours-key,plain-1,...|all]
                  [--lengths 10,60,180] [--repeats 5] [--threads 1] [--hurry] [--tables-only]
                  [--split held-out|development] [--folder FOLDER] [--pip-argument ARGUMENT ...]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import material
import peers_env
from systems import PLAIN, SYSTEMS, System

DISTRIBUTIONS = (
    "faster-whisper",
    "ctranslate2",
    "RealtimeSTT",
    "whisperlivekit",
    "whisper-live",
    "silero-vad",
    "torch",
)
EXTRA_S = 180.0
START_UP_S = 6.0
TAIL_S = {"key": 2.0, "silence": 10.0}


@dataclass(frozen=True)
class Task:
    """One system hears one answer."""

    key: str
    answer: material.Answer
    repeat: int

    @property
    def system(self) -> System:
        """What is measured."""
        return SYSTEMS[self.key]


def tasks(
    answers: list[material.Answer], keys: list[str], lengths: list[int], repeats: int
) -> Iterator[Task]:
    """All jobs in turns; who begins moves on, so that nobody always follows the same other."""
    turn = 0
    for repeat in range(repeats):
        for length_s in lengths:
            of_length = [answer for answer in answers if answer.length_s == length_s]
            answer = of_length[repeat % len(of_length)]
            first = turn % len(keys)
            turn += 1
            for key in keys[first:] + keys[:first]:
                yield Task(key, answer, repeat)


def minutes(todo: list[Task], hurry: bool) -> float:
    """About how long this takes."""
    seconds = 0.0
    for task in todo:
        at_once = hurry and task.system.script == PLAIN
        listening_s = 0.0 if at_once else task.answer.speech_end_s
        seconds += START_UP_S + listening_s + TAIL_S[task.system.end]
    return seconds / 60


class Bench:
    """Runs jobs and keeps their results.

    Args:
        python: the peers' interpreter.
        fixed: what is the same in all jobs and tells results of different runs apart.
        hurry: let those who only listen until the end have the sound at once.
    """

    def __init__(self, out: Path, python: Path, weights: Path, fixed: dict[str, Any], hurry: bool):
        self._out = out
        self._python = python
        self._weights = weights
        self._fixed = fixed
        self._hurry = hurry

    def records(self) -> list[dict[str, Any]]:
        """The good results so far that belong to this run."""
        if not self._out.is_file():
            return []
        lines = self._out.read_text(encoding="utf-8").splitlines()
        every = [json.loads(line) for line in lines if line.strip()]
        return [
            record
            for record in every
            if record["result"] is not None
            and all(record[name] == value for name, value in self._fixed.items())
            and record["system"] in SYSTEMS
        ]

    def missing(self, wanted: list[Task]) -> list[Task]:
        """The tasks without a result."""
        done = {(r["system"], r["answer"], r["repeat"]) for r in self.records()}
        return [task for task in wanted if (task.key, task.answer.name, task.repeat) not in done]

    def run(self, task: Task) -> str:
        """Do one and append its record; returns what to tell about it."""
        options = dict(task.system.options)
        if self._hurry and task.system.script == PLAIN:
            options["at_once"] = True
        job = {
            "wav": task.answer.wav,
            "weights": str(self._weights),
            "model": self._fixed["model"],
            "speech_end_s": task.answer.speech_end_s,
            "end": task.system.end,
            "threads": self._fixed["threads"],
            "beam": task.system.beam,
            "options": options,
        }
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        result, problem = self._call(task, job)
        record = {
            **self._fixed,
            "system": task.key,
            "answer": task.answer.name,
            "repeat": task.repeat,
            "length_s": task.answer.length_s,
            "speech_end_s": task.answer.speech_end_s,
            "text": task.answer.text,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "load_before": round(load, 2),
            "beam": task.system.beam,
            "options": options,
            "result": result,
            "problem": problem,
        }
        with self._out.open("a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
        if result is None:
            return f"failed: {problem.splitlines()[-1] if problem else 'no output'}"
        after_s = result["final_after_s"]
        return "never final" if after_s is None else f"{1e3 * after_s:.0f} ms"

    def _call(self, task: Task, job: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
        threads = str(self._fixed["threads"])
        environment = {
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "OMP_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
        }
        python = sys.executable if task.system.ours else str(self._python)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "job.json"
            path.write_text(json.dumps(job), encoding="utf-8")
            try:
                done = subprocess.run(
                    [python, str(task.system.script), str(path)],
                    capture_output=True,
                    cwd=folder,
                    env=environment,
                    text=True,
                    timeout=task.answer.speech_end_s + EXTRA_S,
                )
            except subprocess.TimeoutExpired:
                return None, "no result in time"
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            return None, done.stderr[-2_000:] or f"exit code {done.returncode}"
        found: dict[str, Any] = json.loads(lines[-1])
        return found, ""


def versions(python: Path) -> str:
    """What is installed in an environment, as one line."""
    script = (
        "import sys, importlib.metadata as m\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(name, m.version(name))\n"
        "    except m.PackageNotFoundError: pass"
    )
    command = [str(python), "-c", script, *DISTRIBUTIONS]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return ", ".join(printed.splitlines())


def _keys(given: str) -> list[str]:
    if given == "usual":
        return [key for key, system in SYSTEMS.items() if system.usual]
    keys = list(SYSTEMS) if given == "all" else given.split(",")
    for key in keys:
        if key not in SYSTEMS:
            raise SystemExit(f"There is no system {key!r}: {', '.join(SYSTEMS)}")
    return keys


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, help="raw results; default: in the folder")
    parser.add_argument("--folder", type=Path, default=peers_env.DEFAULT_FOLDER)
    parser.add_argument("--model", choices=peers_env.MODELS, default="tiny.en")
    parser.add_argument("--systems", default="usual", help="names with commas, usual or all")
    parser.add_argument("--lengths", default="10,60,180")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--split", choices=("held-out", "development"), default="held-out")
    parser.add_argument("--hurry", action="store_true", help="do not play to who only waits")
    parser.add_argument("--tables-only", action="store_true", help="measure nothing")
    parser.add_argument("--pip-argument", action="append", default=[])
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    if (reason := material.missing()) is not None:
        print(f"The benchmark is skipped: {reason}.")
        return
    keys = _keys(arguments.systems)
    folder = peers_env.outside_the_checkout(arguments.folder)
    answers = material.load(arguments.split, folder / "answers")
    python = peers_env.python_of(folder / "peers")
    if not arguments.tables_only and not all(SYSTEMS[key].ours for key in keys):
        python = peers_env.set_up_peers(folder, arguments.pip_argument)
    weights = peers_env.weights_of(arguments.model, folder, arguments.pip_argument)
    fixed = {
        "model": arguments.model,
        "threads": arguments.threads,
        "split": arguments.split,
    }
    out = arguments.out or folder / "results.jsonl"
    bench = Bench(out, python, weights, fixed, arguments.hurry)
    lengths = [int(length) for length in arguments.lengths.split(",")]
    wanted = list(tasks(answers, keys, lengths, arguments.repeats))
    if not arguments.tables_only:
        todo = bench.missing(wanted)
        about = minutes(todo, arguments.hurry)
        print(f"{len(todo)} of {len(wanted)} runs to do, about {about:.0f} min", file=sys.stderr)
        for number, task in enumerate(todo, 1):
            told = bench.run(task)
            print(f"{number}/{len(todo)} {task.key} {task.answer.name}: {told}", file=sys.stderr)
    from tables import tables

    records = [r for r in bench.records() if r["system"] in keys and r["length_s"] in lengths]
    if not records:
        print("There are no results yet.")
        return
    print(
        f"Whisper {arguments.model}, int8, {arguments.threads} thread(s), {arguments.repeats} "
        f"repeats, {arguments.split} recordings, Python {platform.python_version()}.\n"
    )
    print(tables(records))
    print(f"\nOurs: {versions(Path(sys.executable))}.")
    if python.exists():
        print(f"Peers: {versions(python)}.")


if __name__ == "__main__":
    main()
