"""Ten thousand past sessions: how long they take to index, list, search and add up.

`make bench-history` writes its part of docs/benchmarks.md. Answers are made up of words as varied
as speech (see tests/made_up_past.py), journals are as long as real ones. Everything is measured
on the calls that the screens make.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "tui")]

from made_up_past import JARGON, vocabulary, write_many  # noqa: E402
from snapshots import screen_lines  # noqa: E402
from tui_fakes import SURROUNDINGS  # noqa: E402

from voice_interviewer.archive.found import EVERYTHING, Wanted  # noqa: E402
from voice_interviewer.archive.index_file import INDEX, throw_away  # noqa: E402
from voice_interviewer.config import load_settings  # noqa: E402
from voice_interviewer.desk import LookBack, Surroundings  # noqa: E402
from voice_interviewer.drill.past import past_of  # noqa: E402
from voice_interviewer.drill.progress import progress_of  # noqa: E402
from voice_interviewer.drilling import today  # noqa: E402
from voice_interviewer.frontdesk import FrontDesk  # noqa: E402
from voice_interviewer.tui.app import VoiceInterviewerApp  # noqa: E402
from voice_interviewer.tui.messages import HistoryWanted  # noqa: E402
from voice_interviewer.tui.screens.history import SearchBox  # noqa: E402
from voice_interviewer.tui.widgets.row_list import RowList  # noqa: E402

BEGIN, END = "<!-- history: begin -->", "<!-- history: end -->"
QUERIES = 200
FILTERS = (
    EVERYTHING,
    Wanted(bank="behavioral-general"),
    Wanted(verdict="missed"),
    Wanted(bank="rlhf-systems-engineer", verdict="unclear"),
)


class BenchDesk(FrontDesk):
    """The real desk, on a machine without devices to look for."""

    def surroundings(self) -> Surroundings:
        return SURROUNDINGS


class JournalDesk(BenchDesk):
    """The same where what is due is read from every journal, as it was before it was kept."""

    def look_back(self) -> LookBack:
        past = past_of(s.state for s in self.store.each() if s.state is not None)
        return LookBack(self.sessions(), progress_of(past, today()))


def desk(data_dir: Path, kind: type[BenchDesk] = BenchDesk) -> BenchDesk:
    """A desk that has read nothing yet, as after the start of the program."""
    return kind(load_settings({"storage.data_dir": data_dir}))


def build(data_dir: Path, sessions: int) -> None:
    """Write the journals, on all cores."""
    cores = os.cpu_count() or 1
    shares = [(data_dir, range(first, sessions, cores)) for first in range(cores)]
    with multiprocessing.Pool(cores) as pool:
        pool.starmap(write_many, shares)


def timed_ms(task: Callable[[], object]) -> float:
    """How long one call takes."""
    began_s = time.perf_counter()
    task()
    return (time.perf_counter() - began_s) * 1000


def queries() -> list[str]:
    """Common words and rare ones, beginnings of words, several words, jargon, and no hits."""
    draw = random.Random(1)
    words = vocabulary()
    found = []
    for number in range(QUERIES):
        common, rare = words[int(draw.paretovariate(0.7)) - 1], draw.choice(words)
        found.append(
            (
                common,
                rare,
                common[:2],
                rare[:3],
                f"{common} {draw.choice(words[:50])}",
                draw.choice(JARGON),
                f"{common} {rare} {draw.choice(JARGON)}",
                common[:1],
            )[number % 8]
        )
    return found


async def home_and_progress_ms(data_dir: Path, kind: type[BenchDesk]) -> tuple[float, float]:
    """From nothing to a first screen with all it has, and from the key to the grid of progress."""
    began_s = time.perf_counter()
    app = VoiceInterviewerApp(desk(data_dir, kind))
    async with app.run_test(size=(120, 40)) as pilot:
        await _until(lambda: _shows(app, "ue today", "Last sessions"))
        home_ms = (time.perf_counter() - began_s) * 1000
        await pilot.pause(1)
        began_s = time.perf_counter()
        await pilot.press("p")
        await _until(lambda: _shows(app, "Hardest so far", " today "))
        return home_ms, (time.perf_counter() - began_s) * 1000


async def screen_ms(data_dir: Path, query: str = "") -> float:
    """From the key on the first screen, or from the last letter of a query, to rows in view."""
    app = VoiceInterviewerApp(desk(data_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await _until(lambda: _shows(app, "ue today", "Last sessions"))
        await pilot.pause(1)
        began_s = time.perf_counter()
        app.post_message(HistoryWanted())
        await _until(lambda: _row(app) is not None)
        if query:
            await pilot.pause(1)
            before = _row(app)
            began_s = time.perf_counter()
            app.screen.query_one(SearchBox).value = query
            await _until(lambda: _row(app) not in (None, before))
        assert screen_lines(app)
        return (time.perf_counter() - began_s) * 1000


def _shows(app: VoiceInterviewerApp, *texts: str) -> bool:
    shown = "\n".join(screen_lines(app))
    return all(text in shown for text in texts)


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.001)


def _row(app: VoiceInterviewerApp) -> object:
    """The row under the cursor; None where there is no list yet."""
    for found in app.screen.query(RowList):
        return found.row
    return None


def row(what: str, values: list[float], unit: str = "ms", digits: int = 0) -> str:
    """One line of the table."""
    shown = [f"{value:.{digits}f}" for value in (median(values), _p95(values), max(values))]
    cells = shown if len(values) > 1 else [shown[0], "", ""]
    return f"| {what} ({len(values)}) | {' | '.join(cells)} | {unit} |"


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def made_from_nothing(data_dir: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processor time, and seconds until what is due is known after that.

    In a process of its own, as its heap is large.
    """
    throw_away(data_dir / INDEX)
    began_cpu_s = time.process_time()
    front = desk(data_dir)
    wall_s = timed_ms(front.sessions) / 1000
    cpu_s = time.process_time() - began_cpu_s
    return wall_s, cpu_s, timed_ms(front.history.past) / 1000


def _first(pairs: list[tuple[float, float]]) -> list[float]:
    return [first for first, _ in pairs]


def _seconds(values_ms: list[float]) -> list[float]:
    return [value / 1000 for value in values_ms]


def lines(data_dir: Path, sessions: int, before: int) -> list[str]:
    """The table, a line each."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cold_s, cold_cpu_s, totals_s = pool.apply(made_from_nothing, (data_dir,))
    fresh = [timed_ms(desk(data_dir).sessions) for _ in range(15)]
    kept = desk(data_dir)
    assert len(kept.sessions()) == sessions
    again = [timed_ms(kept.sessions) for _ in range(15)]
    journals = list((data_dir / "sessions").glob("*/journal.jsonl"))
    size_kb = sum(path.stat().st_size for path in journals) / len(journals) / 1000
    touched = []
    for path in random.Random(2).sample(journals, 15):
        path.touch()
        touched.append(timed_ms(kept.sessions))
    kept.look_back()
    touched_back = []
    for path in random.Random(3).sample(journals, 15):
        path.touch()
        touched_back.append(timed_ms(kept.look_back))
    back = [timed_ms(desk(data_dir).look_back) for _ in range(15)]
    history = kept.history
    searches = [(query, wanted) for query in queries() for wanted in FILTERS]
    plain = [timed_ms(lambda q=q: history.search(q)) for q, w in searches if w == EVERYTHING]
    narrow = [
        timed_ms(lambda q=q, w=w: history.search(q, w)) for q, w in searches if w != FILTERS[0]
    ]
    screen = [asyncio.run(screen_ms(data_dir)) for _ in range(7)]
    drawn = [asyncio.run(home_and_progress_ms(data_dir, BenchDesk)) for _ in range(7)]
    drawn_before = [asyncio.run(home_and_progress_ms(data_dir, JournalDesk)) for _ in range(before)]
    what = "the same with every journal read, as before"
    every_journal = [row(what, _seconds(_first(drawn_before)), "s", 1)] if before else []
    told = [query for query in queries() if history.search(query)][:7]
    typing = [asyncio.run(screen_ms(data_dir, query)) for query in told]
    return [
        f"{sessions:,} sessions of {size_kb:.0f} kB of journal; the index takes "
        f"{(data_dir / INDEX).stat().st_size / 1e6:.0f} MB. Load while measuring: "
        f"{os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.",
        "",
        "| what (times measured) | median | 95 % below | highest | |",
        "|---|---|---|---|---|",
        row("index made from nothing, one process", [cold_s], "s", 1),
        row("of that, processor time", [cold_cpu_s], "s", 1),
        row("after that, once: what all sessions come to for drills", [totals_s], "s", 1),
        row("list of all sessions, first call of a program, every journal looked at", fresh),
        row("list of all sessions, later calls", again),
        row("the same when one session has changed", touched),
        row("search", plain, digits=1),
        row("search with filters", narrow, digits=1),
        row("what is due and how all stands, first call of a program", back),
        row("the same when one session has changed", touched_back),
        row("first screen, from nothing to what is due and the last sessions", _first(drawn)),
        *every_journal,
        row("progress screen, from the key to its grid", [progress for _, progress in drawn]),
        row("history screen, from the key to its first rows", screen),
        row("search as you type, from the letter to its rows (80 ms of it waiting)", typing),
    ]


def main() -> None:
    """Print the table, and write it where wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--before", type=int, default=0, help="how often every journal is read")
    parser.add_argument("--data", type=Path, help="keep the sessions here, or take those there")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data_dir = options.data or Path(scratch)
        if not (data_dir / "sessions").is_dir():
            build(data_dir, options.sessions)
        count = sum(1 for _ in (data_dir / "sessions").iterdir())
        table = lines(data_dir, count, options.before)
    print("\n".join(table))
    if options.write:
        page = ROOT / "docs" / "benchmarks.md"
        part = "\n".join([BEGIN, "", *table, "", END])
        text = page.read_text(encoding="utf-8")
        written = re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL)
        page.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
