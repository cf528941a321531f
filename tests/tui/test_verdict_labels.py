"""Wherever a verdict of the embedded judge is shown, it says what that verdict is worth.

Every front that shows verdicts is here: a new one fails until it is named and shows the label.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from archive.exported import put, source
from driving import app_of, until_shown
from every_screen import SCENES, opened
from judging.judging_samples import EXPLOIT, STRONG, command_for
from snapshots import screen_lines, screen_text
from tui_data import coached, follow_up
from tui_fakes import FakeDesk
from two_takes import answered_better, answered_poorly

import voice_interviewer
from voice_interviewer import cli_redo, headless, one_answer, plain
from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.anki import missed_cards
from voice_interviewer.archive.export.source import source_of
from voice_interviewer.archive.transcript import transcript_markdown
from voice_interviewer.cli_compare import as_text
from voice_interviewer.comparing import compare, takes_of
from voice_interviewer.core import events as ev
from voice_interviewer.core.assessment import APPROXIMATE
from voice_interviewer.core.session import fold
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.redone import Change, Redone
from voice_interviewer.replay import Replay
from voice_interviewer.tui.messages import ReviewWanted
from voice_interviewer.tui.screens.interview_parts import feedback_part

VERDICT = re.compile(r"[✓◐?✗] (met|partial|unclear|missed)\b", re.IGNORECASE)
IN_WORDS = re.compile(r"\b(met|partial|unclear|missed)\b", re.IGNORECASE)
# Of many sessions, and whoever judged in them: how well a criterion is known, and what is sought.
OVER_SESSIONS = {"progress"}
SHOWS = re.compile(r"MARKS?\[(?!\d)|verdict\.capitalize\(\)|You \(\{")
"""How a front end writes a verdict."""


COACHED = [*coached(), ev.SessionResumed(t_s=113.0, at="later")]
# High enough for a whole review with all that can be unfolded.
SIZE = (120, 80)


class Past(Replay):
    """A past session as front ends are given it."""

    replaying = True
    folder = Path("folder")


def in_lines(events: Sequence[ev.Event]) -> str:
    out = io.StringIO()
    headless.play(cast(Any, Past(events)), out)
    return out.getvalue()


def in_plain_lines(events: Sequence[ev.Event]) -> str:
    out = io.StringIO()
    plain.play_plain(cast(Any, Past(events)), lambda: None, out)
    return out.getvalue()


def given_elsewhere() -> str:
    command = command_for(STRONG)
    answer = SimpleNamespace(question=EXPLOIT, transcript=command.transcript)
    return one_answer.as_text(cast(Any, answer), EmbeddedJudge().assess(command))


def compared() -> str:
    return as_text(compare(takes_of(answered_poorly())[0], takes_of(answered_better())[0]))


def page(folder: Path) -> str:
    return re.sub(r"<[^>]+>", " ", format_named("html").render(source(folder)).decode())


FRONTS: dict[str, Callable[[Path], list[str]]] = {
    "headless, after an answer": lambda _: [in_lines(follow_up())],
    "headless, a coach": lambda _: [in_lines(COACHED).split("Feedback:")[1]],
    "plain, a coach": lambda _: [in_plain_lines(COACHED).split("Feedback.")[1]],
    "plain, at the end": lambda _: [in_plain_lines(follow_up()).split("Question 1,")[1]],
    "transcript": lambda _: [transcript_markdown(answered_poorly())],
    "page": lambda folder: [page(folder)],
    "cards": lambda _: [card.back for card in missed_cards(answered_poorly())],
    "judge": lambda _: [given_elsewhere()],
    "compare": lambda _: [compared()],
}


def lacks_label(shown: str) -> bool:
    """Whether a text with line breaks anywhere lacks it."""
    return APPROXIMATE not in " ".join(shown.split())


@pytest.mark.parametrize("front", [*FRONTS, *(f"screen {name}" for name in SCENES)])
async def test_verdicts_of_the_embedded_judge_are_never_shown_without_their_label(
    front: str, tmp_path: Path
) -> None:
    if front in FRONTS:
        texts = FRONTS[front](tmp_path)
        assert texts
        assert all(IN_WORDS.search(text) for text in texts), "shows no verdict"
    else:
        name = front.removeprefix("screen ")
        async with opened(name, tmp_path, size=SIZE) as (_, _pilot, app):
            texts = ["\n".join(line.strip("│ ") for line in screen_lines(app))]
        if name in OVER_SESSIONS or not VERDICT.search(texts[0]):
            return
    assert not [text for text in texts if lacks_label(text)]


def partly(events: Sequence[ev.Event]) -> list[ev.Event]:
    """The same where a model judged and left all but the first criterion to the embedded judge."""
    told: list[ev.Event] = []
    for event in events:
        if isinstance(event, ev.AnswerAssessed):
            first, *others = event.assessment.verdicts
            own = first.model_copy(update={"decided_by": "model m"})
            mixed = {"judge": "model m", "verdicts": (own, *others)}
            event = event.model_copy(
                update={"assessment": event.assessment.model_copy(update=mixed)}
            )
        told.append(event)
    return told


async def reviewed(events: Sequence[ev.Event]) -> str:
    async with app_of(FakeDesk()).run_test(size=SIZE) as pilot:
        await until_shown(pilot, "A small bank")
        pilot.app.post_message(ReviewWanted(fold(events), Path("folder")))
        await until_shown(pilot, "enter Hear it")
        return screen_text(pilot.app)


def page_of(events: Sequence[ev.Event], folder: Path) -> str:
    rows = format_named("html").render(source_of(*put(folder, events))).decode()
    return re.sub(r"<[^>]+>", "", rows)


async def test_what_others_decided_in_a_mixed_judgement_is_tagged_in_its_row(
    tmp_path: Path,
) -> None:
    events = partly(COACHED)
    state = fold(events)
    shown = {
        "headless": in_lines(events),
        "headless, a coach": in_lines(events).split("Feedback:")[1],
        "plain": in_plain_lines(events),
        "transcript": transcript_markdown(state),
        "page": page_of(events, tmp_path),
        "review": await reviewed(events),
        "coach": feedback_part(state, state.turns[0], 80).plain,
        "cards": "\n".join(card.back for card in missed_cards(state)),
    }
    for front, text in shown.items():
        flat = " ".join(text.split())
        assert f"model m, in part embedded ({APPROXIMATE})" in flat, front
        if front == "cards":
            assert text.count("This one: embedded.") == 3
            continue
        assert "Ensembles of reward models (embedded)" in flat, front
        assert "Watches reward against a held-out signal (" not in flat, front


def test_a_session_judged_again_says_by_whom(capsys: pytest.CaptureFixture[str]) -> None:
    by = f"embedded ({APPROXIMATE})"
    again = Redone("x", 1, 0, [Change(1, "A", "met", "missed")], judged_by=[by])
    cli_redo._print([again], [], as_json=False)
    assert not lacks_label(capsys.readouterr().out)


def test_every_module_that_shows_verdicts_is_among_the_fronts() -> None:
    package = Path(voice_interviewer.__file__).parent
    found = {
        path.relative_to(package).with_suffix("").as_posix()
        for path in package.rglob("*.py")
        if SHOWS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "archive/export/anki",
        "archive/export/page_view",
        "archive/transcript",
        "cli_compare",
        "headless",
        "one_answer",
        "plain",
        "tui/screens/compare_page",
        "tui/screens/history_lines",
        "tui/screens/interview_parts",
        "tui/screens/progress",
        "tui/widgets/criteria_rail",
        "tui/widgets/verdict",
    }
