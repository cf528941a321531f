"""What the first screen offers on a given machine, as plain functions of its surroundings."""

from __future__ import annotations

from voice_interviewer.desk import BankInfo, Surroundings
from voice_interviewer.tui.widgets.choice import Option

_CANDIDATES = {
    "typed": Option("typed", "typed"),
    "recorded": Option("recorded", "recorded sample answers"),
}


def banks(around: Surroundings) -> list[Option]:
    """The banks by title; one given as a path is offered too."""
    count = len(around.banks)
    offered = [
        Option(bank.id, bank.title, f"bank {number} of {count}" if count > 1 else "")
        for number, bank in enumerate(around.banks, 1)
    ]
    chosen = around.defaults.bank
    if all(option.value != chosen for option in offered):
        offered.append(Option(chosen, chosen))
    return offered


def kinds(around: Surroundings) -> list[Option]:
    """The kinds of interview, with what each is."""
    return [Option(kind.name, kind.title, kind.about) for kind in around.kinds]


def question_counts(around: Surroundings, bank_id: str, candidate: str) -> list[Option]:
    """One to as many as the bank has, or as there are recorded answers to."""
    bank = _bank(around, bank_id)
    if bank is None:
        return [Option(str(around.defaults.questions), str(around.defaults.questions))]
    most, note = bank.questions, f"of {bank.questions}"
    if candidate == "recorded" and bank.recorded < most:
        most, note = bank.recorded, f"of {bank.recorded} with recorded answers"
    return [Option(str(n), str(n), note) for n in range(1, most + 1)]


def candidates(around: Surroundings, bank_id: str) -> list[Option]:
    """Who may answer here: only whom there is a microphone for, or recordings of."""
    offered = [_CANDIDATES["typed"]]
    if _has_recorded(around, bank_id):
        offered.append(_CANDIDATES["recorded"])
    if around.microphone is not None:
        offered.insert(0, Option("mic", "spoken", around.microphone))
    chosen = around.defaults.candidate
    if chosen.startswith("audio:"):
        offered.append(Option(chosen, "recorded", chosen.removeprefix("audio:")))
    return offered


def candidate(around: Surroundings) -> str:
    """The candidate to begin with: as set, and without a microphone the recorded one."""
    chosen = around.defaults.candidate
    if chosen in ("auto", "mic"):
        return "recorded" if around.microphone is None else "mic"
    return chosen


def fitting(around: Surroundings, bank_id: str, wanted: str) -> str:
    """The candidate that is wanted; `typed` for the recorded one who has no answers to a bank."""
    unknown = wanted == "recorded" and not _has_recorded(around, bank_id)
    return "typed" if unknown else wanted


def voices(around: Surroundings) -> list[Option]:
    """The voices that are installed."""
    shown = {"auto": "automatic", "silent": "none, the question is shown"}
    return [Option(name, shown.get(name, name)) for name in around.voices]


def judges(around: Surroundings) -> list[Option]:
    """The judges there are."""
    shown = {
        "auto": "automatic",
        "embedded": "the embedded judge",
        "model": "a model on a server",
        "local": "a model of our own",
    }
    notes = {
        "auto": "a model if set, else the embedded judge",
        "embedded": "on this machine, without a model",
        "model": "as the settings name it",
        "local": "on this machine",
    }
    return [Option(n, shown.get(n, n), notes.get(n, "")) for n in around.judges]


def remark(around: Surroundings, bank_id: str, wanted: str) -> str:
    """What is missing here, and what to do instead; empty where nothing is."""
    said = []
    recorded = _has_recorded(around, bank_id)
    if around.microphone is None:
        problem = around.microphone_problem or "No microphone was found."
        also = ", or watch recorded ones" if recorded else ""
        said.append(f"{problem.rstrip('.')}: type your answers{also}.")
    if wanted == "recorded" and not recorded:
        said.append("There are no recorded answers to this interview, so you type yours.")
    if around.speaker is None:
        problem = around.speaker_problem or "No speaker was found."
        said.append(f"{problem.rstrip('.')}: the questions are shown.")
    if not around.banks:
        said.append("No question bank was found.")
    return "\n".join(said)


def _bank(around: Surroundings, bank_id: str) -> BankInfo | None:
    return next((bank for bank in around.banks if bank.id == bank_id), None)


def _has_recorded(around: Surroundings, bank_id: str) -> bool:
    """Whether there are recorded answers; perhaps, where the bank is not known yet."""
    bank = _bank(around, bank_id)
    return bank is None or bank.recorded > 0
