"""Scripts that use sound devices, each in a process with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
TESTS = CHECKOUT / "tests"


def start(script: str, *arguments: object, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a script; what it prints can be read from its `stdout`."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**env, "PYTHONPATH": os.pathsep.join(map(str, (TESTS / "hearing", TESTS, CHECKOUT)))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(script: str, *arguments: object, env: dict[str, str]) -> dict[str, Any]:
    """Run a script to its end; the JSON it reports."""
    process = start(script, *arguments, env=env)
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors.decode(errors="replace")
    report: dict[str, Any] = json.loads(output)
    return report
