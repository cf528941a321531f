"""How many cores a model gets: measured once on this machine, and never more than are free."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Callable
from pathlib import Path

# A count of threads has to be this much faster than a smaller one to be worth its cores.
_WORTH = 1.1
_NOTES = "threads.json"


def free_cores(cores: int | None = None, load: float | None = None) -> int:
    """The cores a model may use: all but one for the interview, less those that are busy.

    Threads wait for each other at every layer, so that one thread too many on a busy machine
    costs more than it brings.

    Args:
        cores: how many this process may run on; asked of the system where not given.
        load: how many are busy, as the load average of the last minute.
    """
    if cores is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if load is None:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    cores = cores or 1
    return max(1, min(cores - 1, cores - math.ceil(load - 0.5)))


def choose_threads(
    model: Path, folder: Path, measure: Callable[[int], float | None], free: int
) -> int:
    """The count of threads to run a model with, at most `free`.

    The first time there is a choice, all and half of the free cores are tried; what was found is
    kept in the folder.

    Args:
        measure: seconds a short task takes with that many threads; None where it failed.
        free: cores that are free now.
    """
    if free <= 1:
        return 1
    known = _known(model, folder)
    if known is not None:
        return min(known, free)
    best, best_s = free, math.inf
    for count in sorted({max(1, free // 2), free}):
        took_s = measure(count)
        if took_s is not None and took_s * _WORTH < best_s:
            best, best_s = count, took_s
    if best_s < math.inf:
        _note(model, folder, best)
    return best


def _key(model: Path) -> str:
    return f"{model.name} {model.stat().st_size} on {os.cpu_count()} cores"


def _notes(folder: Path) -> dict[str, object]:
    try:
        notes = json.loads((folder / _NOTES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _known(model: Path, folder: Path) -> int | None:
    count = _notes(folder).get(_key(model))
    return count if isinstance(count, int) and 0 < count <= 1024 else None


def _note(model: Path, folder: Path, count: int) -> None:
    """Keep what was found; a folder that cannot be written only costs the next measurement."""
    path = folder / _NOTES
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(_notes(folder) | {_key(model): count}), "utf-8")
        unfinished.replace(path)
