"""Turns raw results into the Markdown tables of docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jiwer
import numpy as np
from systems import SYSTEMS, System
from whisper_normalizer.english import EnglishTextNormalizer

Record = dict[str, Any]

FULL_WINDOW = "plain-5"
LATE_S = 0.1


@dataclass(frozen=True)
class Errors:
    """Word errors pooled over answers."""

    wrong: int
    words: int

    @property
    def percent(self) -> float:
        """The word error rate in percent."""
        return 100.0 * self.wrong / self.words if self.words else float("nan")


def tables(records: Sequence[Record]) -> str:
    """All tables for these results, which share model, threads and material."""
    sections = [_latency(records, "key"), _latency(records, "silence"), _errors(records)]
    return "\n\n".join(
        section for section in [*sections, _cost(records), _caveats(records)] if section
    )


def word_errors(records: Sequence[Record], text: str = "final_text") -> Errors:
    """Errors of the hypotheses against the references, after Whisper's own normalisation.

    Every answer counts once, by its first result, however often it was measured.
    """
    normal = EnglishTextNormalizer()
    first = {record["answer"]: record for record in reversed(records)}
    wrong = words = 0
    for record in first.values():
        heard = record["result"][text]
        if heard is None:
            continue
        measured = jiwer.process_words(normal(record["text"]), normal(heard))
        wrong += measured.substitutions + measured.deletions + measured.insertions
        words += measured.hits + measured.substitutions + measured.deletions
    return Errors(wrong, words)


def _systems(records: Sequence[Record], end: str | None = None) -> Iterator[tuple[str, System]]:
    measured = {record["system"] for record in records}
    for key, system in SYSTEMS.items():
        if key in measured and end in (None, system.end):
            yield key, system


def _values(records: Sequence[Record], key: str, length_s: int, figure: str) -> list[float]:
    return [
        record["result"][figure]
        for record in records
        if record["system"] == key
        and record["length_s"] == length_s
        and record["result"][figure] is not None
    ]


def _lengths(records: Sequence[Record]) -> list[int]:
    return sorted({record["length_s"] for record in records})


def _spread(values: Sequence[float]) -> str:
    """Median / p95 in ms."""
    if not values:
        return "never"
    return f"{1e3 * np.median(values):.0f} / {1e3 * np.percentile(values, 95):.0f}"


def _rows(*rows: Sequence[str]) -> str:
    head, *body = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in body])


def _latency(records: Sequence[Record], end: str) -> str:
    """End of speech to final transcript, per length, and the ratio to the best peer."""
    lengths = _lengths(records)
    chosen = list(_systems(records, end))
    if not chosen:
        return ""
    told = "told that the answer is over" if end == "key" else "left to notice the silence"
    head = [f"{told}: median / p95 ms", *(f"{length_s} s" for length_s in lengths), "waiting"]
    body: list[list[str]] = []
    medians: dict[str, list[float]] = {}
    for key, system in chosen:
        cells, waits = [], []
        medians[key] = []
        for length_s in lengths:
            values = _values(records, key, length_s, "final_after_s")
            runs = sum(r["system"] == key and r["length_s"] == length_s for r in records)
            never = f" ({runs - len(values)} of {runs} never)" if 0 < len(values) < runs else ""
            cells.append(_spread(values) + never if runs else "–")
            medians[key].append(float(np.median(values)) if values else float("inf"))
            waits += _values(records, key, length_s, "silence_wait_s")
        wait = f"{1e3 * np.median(waits):.0f}" if waits else "?"
        body.append([system.title, *cells, wait])
    ratios = _ratios(medians)
    if ratios:
        body.append(["best peer's median / ours", *ratios, ""])
    return _rows(head, *body) + _silent_extras(records, chosen, end)


def _ratios(medians: dict[str, list[float]]) -> list[str]:
    ours = [medians[key] for key in medians if SYSTEMS[key].ours]
    peers = [medians[key] for key in medians if not SYSTEMS[key].ours]
    if not ours or not peers:
        return []
    found = []
    for length, own in enumerate(ours[0]):
        best = min(peer[length] for peer in peers)
        usable = np.isfinite(best) and np.isfinite(own) and own > 0
        found.append(f"{best / own:.1f}x" if usable else "–")
    return found


def _silent_extras(
    records: Sequence[Record], chosen: Sequence[tuple[str, System]], end: str
) -> str:
    """When the last text was first shown, and when an answer was taken for finished."""
    if end == "key":
        return ""
    lengths = _lengths(records)
    head = ["median / p95 ms", *(f"{length_s} s" for length_s in lengths)]
    body = []
    for key, system in chosen:
        for figure, name in (
            ("stable_after_s", "last words first shown"),
            ("endpoint_after_s", "answer taken for finished"),
        ):
            spreads = [_values(records, key, length_s, figure) for length_s in lengths]
            if any(spreads):
                body.append([f"{system.title}: {name}", *map(_spread, spreads)])
    return "\n\n" + _rows(head, *body) if body else ""


def _errors(records: Sequence[Record]) -> str:
    """Word error rates, and the distance to whole answers decoded in full windows."""
    base = word_errors([record for record in records if record["system"] == FULL_WINDOW])
    head = ["WER %", "all", "against full windows", *(f"{s} s" for s in _lengths(records))]
    body = []
    for key, system in _systems(records):
        own = [record for record in records if record["system"] == key]
        texts = [("final_text", "")]
        if any(record["result"]["saved_text"] for record in own):
            texts.append(("saved_text", ", saved transcript"))
        for text, suffix in texts:
            every = word_errors(own, text)
            by_length = [
                word_errors([record for record in own if record["length_s"] == length_s], text)
                for length_s in _lengths(records)
            ]
            body.append(
                [
                    f"{system.title} ({system.end}){suffix}",
                    f"{every.percent:.2f}",
                    f"{every.percent - base.percent:+.2f}" if base.words else "–",
                    *(f"{errors.percent:.2f}" for errors in by_length),
                ]
            )
    return _rows(head, *body)


def _cost(records: Sequence[Record]) -> str:
    """CPU time and memory."""
    lengths = _lengths(records)
    head = ["CPU-seconds per second of speech", *(f"{s} s" for s in lengths), "peak memory MB"]
    body = []
    for key, system in _systems(records):
        own = [record for record in records if record["system"] == key]
        cells = []
        for length_s in lengths:
            used = [
                record["result"]["cpu_s"] / record["speech_end_s"]
                for record in own
                if record["length_s"] == length_s
            ]
            cells.append(f"{np.median(used):.2f}" if used else "–")
        peak = max(record["result"]["peak_rss_mb"] for record in own)
        body.append([f"{system.title} ({system.end})", *cells, f"{peak:.0f}"])
    return _rows(head, *body)


def _caveats(records: Sequence[Record]) -> str:
    """How busy the machine was, and what did not run."""
    late = [record["result"]["feed_late_s"] for record in records]
    loads = [record["load_before"] for record in records]
    return (
        f"{len(records)} runs. Load before a run: median {np.median(loads):.1f}. Worst lateness of "
        f"the sound fed to a system: {max(late):.2f} s; over {LATE_S:.1f} s in "
        f"{sum(value > LATE_S for value in late)} runs."
    )
