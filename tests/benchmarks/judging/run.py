"""How good the embedded judge is: `make bench-judging`; writes its part of docs/benchmarks.md.

The hard set, the blind answers to the shipped banks, students' answers graded by people
(`../shared/asag`, left out where it is absent), loss through speech, and speed; by words alone and,
where the weights for that are installed, reading too. What the judge's
numbers were fitted on (calibrate.py) is left out or named. Intervals are the middle 95 % of 1000
draws of whole questions; cuts between grades come from training splits.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from asag import DATA, GradedQuestion, Name, questions
from bare import as_question, stripped, words_of_statements
from baselines import Background, baselines
from by_criterion import ranking_rows
from figures import Array, auc, best_cuts, cut, interval, macro_f1, recall_at
from hard_set import KINDS, OTHER_LENGTHS, Answer, answers, answers_of_other_lengths
from measured import Item, column, first_answer, judged, spoken_as_written
from pairs import FOR_TEST
from pairs import answers as put_together
from pairs import written as written_passages
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from answers import KINDS as BANK_KINDS
from answers import answers_of, banks

from voice_interviewer.config import load_settings
from voice_interviewer.hearing.vad import Vad
from voice_interviewer.hearing.whole import WholeRecording
from voice_interviewer.judging.cross_encoder import CrossEncoder
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.reader import Reader
from voice_interviewer.weights.reading import packaged_reading_weights
from voice_interviewer.wiring import open_transcriber, open_voice

DOCS = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- judging: begin -->", "<!-- judging: end -->"
CONFIDENT = 0.6
FALSE_CREDIT = 0.05
TITLES: dict[Name, str] = {"saf": "SAF, three labels", "scientsbank": "SciEntsBank, two labels"}
MADE_EACH = 10
SPEED_WORDS, SPEED_CRITERIA, SPEED_REPEATS = 300, 6, 20


@cache
def judges() -> dict[str, EmbeddedJudge]:
    """The judges by what they go by."""
    labels = ["words"] if packaged_reading_weights() is None else ["words", "reading too"]
    return {label: new_judge(label) for label in labels}


def new_judge(label: str) -> EmbeddedJudge:
    """One that remembers nothing; the weights are shared."""
    folder = packaged_reading_weights()
    if label == "words" or folder is None:
        return EmbeddedJudge()
    return EmbeddedJudge(Reader(encoder_in(folder)))


@cache
def encoder_in(folder: Path) -> CrossEncoder:
    """The cross-encoder, loaded once, on one thread as `open_reader` has it."""
    threadpool_limits(limits=1, user_api="blas")
    return CrossEncoder.open(folder)


def judge_scores(judge: EmbeddedJudge, entries: Sequence[GradedQuestion]) -> Array:
    """Mean probability of an answer's criteria, longer statements weighing more."""
    scores = []
    for entry in entries:
        question = as_question(entry)
        weights = words_of_statements(question)
        for answer in entry.answers:
            found = judge.credences(first_answer(question, spoken_as_written(answer.text)))
            odds = [found[c.id].probability if found else 0.0 for c in question.criteria]
            scores.append(float(np.average(odds, weights=weights)))
    return np.array(scores)


def students(name: Name) -> Iterator[str]:
    """One data set: macro-F1 on unseen questions with cuts from the training split."""
    training, unseen = questions(name, "training"), questions(name, "unseen")
    wanted = {s: np.array([a.grade for q in e for a in q.answers]) for s, e in
              (("training", training), ("unseen", unseen))}  # fmt: skip
    groups = np.array([i for i, q in enumerate(unseen) for _ in q.answers])
    background = Background.of([a.text for q in training for a in q.answers])
    rows: dict[str, tuple[Array, Array]] = {}
    for label, score in baselines(background).items():
        rows[label] = tuple(
            np.array([score(q.statements, q.prompt, a.text) for q in e for a in q.answers])
            for e in (training, unseen)
        )  # type: ignore[assignment]
    for label, judge in judges().items():
        rows[f"embedded, {label}"] = judge_scores(judge, training), judge_scores(judge, unseen)
    ranks = np.searchsorted(np.unique(wanted["training"]), wanted["unseen"])
    yield f"| {TITLES[name]} | macro-F1 | 95 % | on the surest 60 % |"
    yield "|---|---|---|---|"
    for label, (seen, scores) in rows.items():
        cuts = best_cuts(seen, wanted["training"]) if len(np.unique(seen)) > 1 else ()
        predicted = cut(scores, cuts)
        if not cuts:
            predicted = np.full(len(scores), np.bincount(ranks).argmax())
        low, high = interval(groups, _f1_of(predicted, ranks))
        surest = _surest(scores, cuts)
        sure = f"{macro_f1(predicted[surest], ranks[surest]):.3f}" if cuts else "-"
        yield f"| {label} | {macro_f1(predicted, ranks):.3f} | {low:.3f} to {high:.3f} | {sure} |"
    yield ""


def _f1_of(predicted: Array, ranks: Array) -> Callable[[Array], float]:
    return lambda drawn: macro_f1(predicted[drawn], ranks[drawn])


def _surest(scores: Array, cuts: Sequence[float]) -> Array:
    """The items furthest from any cut, by rank among all scores."""
    if not cuts:
        return np.arange(len(scores))
    order = np.argsort(np.argsort(scores)) / len(scores)
    places = [(scores < c).mean() for c in cuts]
    distance = np.min([np.abs(order - place) for place in places], axis=0)
    return np.argsort(distance)[::-1][: int(CONFIDENT * len(scores))]


def bank_rows() -> Iterator[str]:
    """Criteria of the shipped banks by kind of blind answer: questions not learnt from."""
    yield "| bank, every other question | answer | judge | met | unclear | missed |"
    yield "|---|---|---|---|---|---|"
    for bank in banks():
        written = answers_of(bank.id)
        for kind in (*BANK_KINDS, "other"):
            for label, judge in judges().items():
                given: list[str] = []
                for number, question in enumerate(bank.questions):
                    if number % 2:
                        continue
                    near = bank.questions[(number + 1) % len(bank.questions)]
                    answer = (
                        written[near.id]["model"] if kind == "other" else written[question.id][kind]
                    )
                    command = first_answer(question, spoken_as_written(answer))
                    given += [v.verdict for v in judge.assess(command).verdicts]
                shares = [f"{share(given, verdict)} %" for verdict in ("met", "unclear", "missed")]
                yield f"| {bank.id} | {kind} | {label} | {' | '.join(shares)} |"
    yield ""


def made_rows() -> Iterator[str]:
    """Answers put together from passages of fields that nothing was learnt from."""
    entries = [entry for entry in written_passages() if entry.question.hint in FOR_TEST]
    tables: list[str] = []
    yield f"{len(entries)} questions of other fields, answers put together from passages:"
    yield ""
    yield "| judge | AUC, said against not | 95 % | recall at 5 % false credit |"
    yield "|---|---|---|---|"
    for label, judge in judges().items():
        items: list[tuple[str, str, str, float]] = []
        for made in put_together(entries, MADE_EACH, seed=11):
            question = made.written.question
            command = first_answer(question, spoken_as_written(made.text))
            likely = judge.credences(command)
            for verdict in judge.assess(command).verdicts:
                kind = made.kinds[verdict.criterion_id] or "absent"
                credence = likely[verdict.criterion_id].probability if likely else 0.0
                items.append((question.id, kind, verdict.verdict, credence))
        groups = np.array([item[0] for item in items])
        kinds = np.array([item[1] for item in items])
        scores = np.array([item[3] for item in items])
        clear = kinds != "partial"
        wanted = (kinds == "met")[clear] * 1
        low, high = interval(groups[clear], _auc_of(scores[clear], wanted))
        yield (
            f"| {label} | {auc(scores[clear], wanted):.3f} | {low:.3f} to {high:.3f} | "
            f"{recall_at(scores[clear], wanted, FALSE_CREDIT):.2f} |"
        )
        for kind in ("met", "partial", "contrary", "beside", "absent"):
            given = [item[2] for item in items if item[1] == kind]
            shares = [f"{share(given, verdict)} %" for verdict in ("met", "unclear", "missed")]
            tables.append(f"| {kind} | {label} | {' | '.join(shares)} |")
    yield ""
    yield "| what was said of a criterion | judge | met | unclear | missed |"
    yield "|---|---|---|---|---|"
    yield from tables
    yield ""


def share(given: Sequence[str], verdict: str) -> str:
    """How many of these verdicts are this one, in percent."""
    return f"{100 * given.count(verdict) / max(len(given), 1):.1f}"


def speech_rows() -> Iterator[str]:
    """The test half of the hard set through a voice and Whisper, against the same as text."""
    settings = load_settings({})
    voice = open_voice(settings, "auto")
    transcriber = open_transcriber(settings, lambda _message, _fraction: None)
    transcriber.start()
    wanted: list[str] = []
    given: dict[tuple[str, str], list[str]] = {}
    try:
        for answer in answers("test"):
            sound = voice.render(answer.text).at(16_000).samples
            terms = answer.question.terms
            heard = WholeRecording(transcriber, Vad(), terms).transcript(sound)
            assert heard is not None
            wanted += answer.verdicts.values()
            for source, transcript in (("text", spoken_as_written(answer.text)), ("heard", heard)):
                command = first_answer(answer.question, transcript)
                for label, judge in judges().items():
                    told = [v.verdict for v in judge.verdicts(command, list(answer.verdicts))]
                    given.setdefault((label, source), []).extend(told)
    finally:
        transcriber.close()
        voice.close()
    way = f"test half through {voice.name} and {transcriber.engine}"
    yield f"| {way} | judge | macro-F1, met or not | met |"
    yield "|---|---|---|---|"
    labels = np.array([verdict == "met" for verdict in wanted]) * 1
    for (label, source), verdicts in sorted(given.items(), reverse=True):
        predicted = np.array([verdict == "met" for verdict in verdicts]) * 1
        met = f"{predicted.sum()} of {labels.sum()}"
        yield f"| {source} | {label} | {macro_f1(predicted, labels):.3f} | {met} |"
    yield ""


def hard_items(judge: EmbeddedJudge, half: str, bare: bool = False) -> list[Item]:
    """Every criterion of every answer of one half; `bare` against the statements alone."""
    return judged_all(judge, answers(half), bare)  # type: ignore[arg-type]


def judged_all(judge: EmbeddedJudge, given: Iterable[Answer], bare: bool = False) -> list[Item]:
    """Every criterion of these answers; `bare` against the statements alone."""
    return [
        item
        for answer in given
        for item in judged(
            judge,
            stripped(answer.question) if bare else answer.question,
            answer.kind,
            spoken_as_written(answer.text),
            answer.verdicts,
        )
    ]


def hard_rows() -> Iterator[str]:
    """AUC, recall and credit by kind on both halves of the hard set."""
    yield (
        "| hard set | judge | AUC, met against missed | 95 % | recall at 5 % false credit | "
        "called met, right | of all that are met | unclear |"
    )
    yield "|---" * 8 + "|"
    halves = {
        (half, label): hard_items(judge, half)
        for half in ("development", "test")
        for label, judge in judges().items()
    }
    for label in judges():
        halves["test, statements alone", label] = hard_items(judges()[label], "test", bare=True)
    for (half, label), items in halves.items():
        yield f"| {half} | {label} | {hard_figures(items)} |"
    yield ""
    yield "| test half, criteria | judge | " + " | ".join(KINDS) + " |"
    yield "|---" * (len(KINDS) + 2) + "|"
    for verdict in ("met", "unclear", "missed"):
        for label in judges():
            counts = []
            for kind in KINDS:
                of_kind = [i.given for i in halves["test", label] if i.kind == kind]
                counts.append(f"{of_kind.count(verdict)} of {len(of_kind)}")
            yield f"| called {verdict} | {label} | " + " | ".join(counts) + " |"
    yield ""
    yield from other_length_rows()


def other_length_rows() -> Iterator[str]:
    """What becomes of long answers that say nothing asked for, and of short ones that say it."""
    yield "| test half, other lengths | rated | judge | met | unclear | missed |"
    yield "|---" * 6 + "|"
    given = list(answers_of_other_lengths("test"))
    for label, judge in judges().items():
        items = judged_all(judge, given)
        for kind, wanted in product(OTHER_LENGTHS, ("met", "partial", "missed")):
            told = [i.given for i in items if (i.kind, i.wanted) == (kind, wanted)]
            if told:
                counts = [str(told.count(v)) for v in ("met", "unclear", "missed")]
                yield f"| {kind} | {wanted}, {len(told)} | {label} | {' | '.join(counts)} |"
    yield ""


def hard_figures(items: Sequence[Item]) -> str:
    """One row of the table on the hard set, without its first two cells."""
    clear = [i for i in items if i.wanted in ("met", "missed")]
    scores, wanted = column(clear, "probability"), (column(clear, "wanted") == "met") * 1
    low, high = interval(column(clear, "question_id"), _auc_of(scores, wanted))
    given = [i for i in items if i.given == "met"]
    right = sum(i.wanted == "met" for i in given)
    met = sum(i.wanted == "met" for i in items)
    return (
        f"{auc(scores, wanted):.3f} | {low:.3f} to {high:.3f} | "
        f"{recall_at(scores, wanted, FALSE_CREDIT):.2f} | {right} of {len(given)} | "
        f"{right} of {met} | {share([i.given for i in items], 'unclear')} %"
    )


def _auc_of(scores: Array, wanted: Array) -> Callable[[Array], float]:
    return lambda drawn: auc(scores[drawn], wanted[drawn])


def speed_rows() -> Iterator[str]:
    """From the final transcript to the verdicts, and memory."""
    answer = next(a for a in answers("development") if a.kind == "strong")
    extra = answer.question.criteria[0].model_copy(
        update={"id": "sixth", "statement": answer.question.criteria[0].also[0]}
    )
    criteria = (*answer.question.criteria, extra)[:SPEED_CRITERIA]
    question = answer.question.model_copy(update={"criteria": criteria})
    words = (answer.text.split() * 4)[:SPEED_WORDS]
    whole = first_answer(question, spoken_as_written(" ".join(words)))
    setting = f"{SPEED_WORDS} words, {SPEED_CRITERIA} criteria, {SPEED_REPEATS} runs"
    yield f"| {setting} | judge | takes |"
    yield "|---|---|---|"
    for label in judges():
        for already, known in (("the first ten words", 10), ("all but ten words", -10)):
            durations = []
            for _ in range(SPEED_REPEATS):
                judge = new_judge(label)
                so_far = spoken_as_written(" ".join(words[:known]))
                judge.anticipate(first_answer(question, so_far))
                started_s = time.perf_counter()
                judge.assess(whole)
                durations.append(time.perf_counter() - started_s)
            yield f"| {already} were known before | {label} | {_spread(durations)} |"
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    yield ""
    yield f"The whole process has {peak_mb:.0f} MB, both judges in it."
    yield ""


def _spread(durations_s: Sequence[float]) -> str:
    low, middle, high = (1000 * v for v in np.quantile(durations_s, [0.0, 0.5, 1.0]))
    return f"{middle:.0f} ms ({low:.0f} to {high:.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only",
        nargs="*",
        default=["speed", "hard", "bank", "ranking", "made", "students", "speech"],
    )
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    chosen = parser.parse_args()
    lines: list[str] = []

    def take(rows: Iterator[str]) -> None:
        for row in rows:
            print(row, flush=True)
            lines.append(row)

    if "speed" in chosen.only:
        take(speed_rows())
    if "hard" in chosen.only:
        take(hard_rows())
    if "bank" in chosen.only:
        take(bank_rows())
    if "ranking" in chosen.only:
        take(ranking_rows([(bank, answers_of(bank.id)) for bank in banks()], judges()))
    if "made" in chosen.only:
        take(made_rows())
    if "students" in chosen.only:
        for name in TITLES:
            if DATA.is_dir():
                take(students(name))
            else:
                print(f"{TITLES[name]}: left out, there is no {DATA}")
    if "speech" in chosen.only:
        take(speech_rows())
    if chosen.write:
        text = DOCS.read_text(encoding="utf-8")
        part = "\n".join([BEGIN, "", *lines, END])
        DOCS.write_text(
            re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
