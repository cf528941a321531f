"""Lint finds what a valid bank could do better, at the line and column where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_interviewer.banks.leaks import leaked_term
from voice_interviewer.banks.lint import Finding, lint_bank
from voice_interviewer.banks.load import shipped_banks
from voice_interviewer.banks.making.skeleton import skeleton
from voice_interviewer.banks.spelling import respelled, stumbling_blocks
from voice_interviewer.core.bank import Criterion, Probes, Term

CLEAN = skeleton("clean")


def lint(folder: Path, *changes: tuple[str, str]) -> list[Finding]:
    text = CLEAN
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path = folder / "bank.yaml"
    path.write_text(text, encoding="utf-8")
    return lint_bank(path)


def place_of(text: str, wanted: str) -> tuple[int, int]:
    before = text[: text.index(wanted)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


LONG = "word " * 46
STATEMENT = (
    "        statement: >-\n          The owner of the service has to say how many hours it may be "
    "down and how much data it may\n          lose, and the measured recovery is held against both."
)

SAY = CLEAN[CLEAN.index("    say: >-") : CLEAN.index("    # One sentence")]
FAULTS = {
    "long-prompt": [("You inherit", LONG + "you inherit")],
    "leaking-probe": [("How often would you repeat that check?", "How often a Test  Restore?")],
    "duplicate-criterion": [
        (
            STATEMENT,
            "        statement: The backup counts only once restored, so a test restore onto a "
            "separate machine is the first thing.",
        ),
    ],
    "overlapping-criteria": [
        (STATEMENT, "        statement: One backup counted is a separate machine with disks."),
    ],
    "dominant-weight": [("weight: 2\n", "weight: 2.5\n")],
    "term-without-sounds-like": [(", sounds_like: [recovery time objected]", "")],
    "few-also": [("          - and how much work would people", "        #")],
    "few-misconceptions": [("          - with a nightly run nothing is ever lost\n", "")],
    "missing-rung": [("          number: How often would you repeat that check?\n", "")],
    "no-say": [(SAY, ""), ("PostgreSQL database", "NVMe disk")],
    "unfinished": [("    minutes: 3", "    # TODO: set the\n    #   minutes\n    minutes: 3")],
}
ERRORS = {"long-prompt", "leaking-probe", "duplicate-criterion"}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found_and_nothing_else(tmp_path: Path, rule: str) -> None:
    (finding,) = lint(tmp_path, *FAULTS[rule])
    assert finding.rule == rule
    assert finding.severity == ("error" if rule in ERRORS else "warning")


def test_findings_stand_at_their_line_and_column(tmp_path: Path) -> None:
    findings = lint(
        tmp_path,
        ("How often would you repeat that check?", "How often a test restore?"),
        ("weight: 2\n", "weight: 9\n"),
        ("    minutes: 3", "    # TODO: set the\n    #   minutes\n    minutes: 3"),
    )
    text = (tmp_path / "bank.yaml").read_text()
    assert [(f.rule, (f.line, f.column)) for f in findings] == [
        ("unfinished", place_of(text, "# TODO")),
        ("dominant-weight", place_of(text, "9\n")),
        ("leaking-probe", place_of(text, "How often a test")),
    ]
    assert "set the minutes" in findings[0].message
    assert str(findings[1]).startswith(f"{tmp_path}/bank.yaml:{findings[1].line}:17: warning: ")


def test_a_prompt_asked_twice_is_found(tmp_path: Path) -> None:
    begin = CLEAN.index("  - id: restoring")
    again = CLEAN[begin:].replace("id: restoring-backups", "id: again")
    (tmp_path / "bank.yaml").write_text(CLEAN + again)
    (finding,) = lint_bank(tmp_path / "bank.yaml")
    assert (finding.rule, finding.severity) == ("duplicate-prompt", "error")
    assert finding.line > CLEAN.count("\n")


@pytest.mark.parametrize("name", shipped_banks())
def test_the_shipped_banks_have_no_errors(name: str) -> None:
    findings = lint_bank(shipped_banks()[name])
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("probe", "prompt", "leaks"),
    [
        ("What about the kl penalty?", "Tell me about training.", True),
        ("What about the KL  Penalty?", "How does a KL penalty work?", False),
        ("What about a penalty?", "Tell me about training.", False),
        ("What about KL penalties?", "Tell me about training.", False),
        ("Is it C++?", "Which language?", True),
        ("Is it C++x?", "Which language?", False),
    ],
)
def test_a_leak_is_a_whole_term_that_the_prompt_has_not(
    probe: str, prompt: str, leaks: bool
) -> None:
    criterion = Criterion(
        id="c",
        label="l",
        statement="s",
        terms=(Term(term="KL penalty"), Term(term="C++")),
        probes=Probes(clarify="?"),
    )
    assert (leaked_term(probe, criterion, prompt) is not None) is leaks


def test_acronyms_are_respelled_for_voices() -> None:
    assert respelled("Is vLLM's KV cache on NVMe, or do PRMs and AI need DPO?") == (
        "Is v L L M's K V cache on N V Me, or do P R Ms and AI need D P O?"
    )
    assert respelled("Is DeepSpeed OK for AI?") is None
    assert stumbling_blocks("RLHF beats RLHF by PPO") == ["RLHF", "PPO"]


def test_a_term_that_the_bank_pronounces_needs_no_say(tmp_path: Path) -> None:
    pronounced = ("sections:", "pronunciations: [{term: NVMe, say: N V M E}]\nsections:")
    found = lint(tmp_path, (SAY, ""), ("PostgreSQL database", "NVMe disk"), pronounced)
    assert "no-say" not in {finding.rule for finding in found}
