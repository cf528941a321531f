"""What the first screen offers on a given machine, as plain functions of its surroundings."""

from __future__ import annotations

from voice_interviewer.desk import Surroundings
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


def question_counts(around: Surroundings, bank_id: str) -> list[Option]:
    """One to as many as the bank has."""
    most = next((bank.questions for bank in around.banks if bank.id == bank_id), None)
    if most is None:
        return [Option(str(around.defaults.questions), str(around.defaults.questions))]
    return [Option(str(n), str(n), f"of {most}") for n in range(1, most + 1)]


def candidates(around: Surroundings) -> list[Option]:
    """Who may answer here: a microphone is offered only where there is one."""
    offered = list(_CANDIDATES.values())
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


def voices(around: Surroundings) -> list[Option]:
    """The voices that are installed."""
    shown = {"auto": "automatic", "silent": "none, the question is shown"}
    return [Option(name, shown.get(name, name)) for name in around.voices]


def judges(around: Surroundings) -> list[Option]:
    """The judges there are."""
    shown = {"auto": "automatic"}
    notes = {"embedded": "on this machine", "model": "a language model"}
    return [Option(n, shown.get(n, n), notes.get(n, "")) for n in around.judges]


def remark(around: Surroundings) -> str:
    """What is missing here, and what to do instead; empty where nothing is."""
    said = []
    if around.microphone is None:
        problem = around.microphone_problem or "No microphone was found."
        said.append(f"{problem.rstrip('.')}: type your answers, or watch recorded ones.")
    if around.speaker is None:
        problem = around.speaker_problem or "No speaker was found."
        said.append(f"{problem.rstrip('.')}: the questions are shown.")
    if not around.banks:
        said.append("No question bank was found.")
    return "\n".join(said)
