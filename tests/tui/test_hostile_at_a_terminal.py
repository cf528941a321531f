"""The program at a real terminal, screen by screen, with a past and settings that mean harm.

Every byte that it writes is kept: no escape, control or direction mark of the data is among them.
"""

from __future__ import annotations

from pathlib import Path

import made_up_past
import pytest
from every_screen import HOSTILE, ID, OTHER, hostile, told
from terminal import Terminal
from tui_data import STARTED, finished_events

from voice_interviewer.core import events as ev

UP, DOWN, DELETE, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[3~", "\x1b"
PALETTE = "\x10"
OF_THE_DATA = [
    b"\x1b]0;owned",
    b"owned\x07",
    b"\x00",
    *(character.encode() for character in ("\x9b", "\u202e", "\u200d")),
]
WITHOUT_DATA = {f"sessions timing {ID}", "--plain"}
"""What these write comes from the program alone."""
SEEN = "[@click=app.quit]"


STEPS = (
    ("", "Start the interview"),
    ("", "p Progress"),
    ("h", "2 sessions"),
    ("length", "found"),
    (DOWN, "del Delete"),
    ("\r", "Strong answers"),
    ("w", "A strong answer says"),
    ("x", "What was heard"),
    ("m", "A model answer"),
    ("c", "Take it out"),
    ("q", "Put it right"),
    (ESCAPE, "Take it out"),
    (ESCAPE, "Strong answers"),
    ("d", "Hear the first"),
    (ESCAPE, "Strong answers"),
    ("p", "Criterion"),
    (ESCAPE, "Strong answers"),
    ("f", "your turn"),
    (f"\x1b[200~{HOSTILE}\x1b[201~", SEEN),
    (ESCAPE, "Leave for later"),
    ("\r", "Strong answers"),
    (ESCAPE, "found"),
    (DOWN + DELETE, "Delete for good"),
    (ESCAPE, "found"),
    (ESCAPE, "Start the interview"),
    ("p", "Hardest so far"),
    (ESCAPE, "Start the interview"),
    (PALETTE, "Every setting, where"),
    ("settings\r", "Default:"),
    ("model", "judge.model"),
    (ESCAPE, "interview.bank"),
    (ESCAPE, "Start the interview"),
    (PALETTE, "Every setting, where"),
    ("doctor\r", "mending"),
    (ESCAPE, "Start the interview"),
    (PALETTE, "Every setting, where"),
    ("first\r", "Can you be heard?"),
    (ESCAPE, "step 2"),
    (ESCAPE, "step 3"),
    (ESCAPE, "step 4"),
    (ESCAPE, "Start the interview"),
)


def hostile_past(data_dir: Path) -> None:
    """Two answers to the same question; the later session can be taken up again by typing."""
    events = finished_events()
    for session_id, day, said in ((OTHER, "02", _otherwise), (ID, "09", hostile)):
        update = {"session_id": session_id, "at": f"2030-01-{day}T03:04:05Z", "voice": "silent"}
        begun = STARTED.model_copy(update={**update, "candidate": "typed"})
        asked = [
            e.model_copy(update={"voice": "silent"}) if isinstance(e, ev.QuestionAsked) else e
            for e in events[1:]
        ]
        made_up_past.write(data_dir, told([begun, *asked], said))


def _otherwise(text: str) -> str:
    return f"{hostile(text)}!" if text else text


def test_no_byte_of_the_data_is_a_command_to_the_terminal(tmp_path: Path) -> None:
    evil = HOSTILE.replace("/", "|").replace("\x00", "")
    data_dir = tmp_path / evil
    hostile_past(data_dir)
    shown = Terminal(
        columns=120,
        rows=60,
        more={
            "VOICE_INTERVIEWER_STORAGE_DATA_DIR": str(data_dir),
            "VOICE_INTERVIEWER_HEARING_MICROPHONE": evil,
            "VOICE_INTERVIEWER_SPEAKING_VOICE": "silent",
            "VOICE_INTERVIEWER_INTERVIEW_CANDIDATE": "typed",
            "VOICE_INTERVIEWER_JUDGE_MODEL": evil,
            "TERM": "xterm-256color",
        },
    )
    for keys, there in STEPS:
        shown.press(keys, there)
    shown.press("\x11", "")
    assert shown.end() == 130
    assert shown.drawn().count(SEEN) > 20
    nothing_obeyed(shown)


@pytest.mark.parametrize(
    "command",
    [
        "sessions list",
        "sessions search owned",
        f"sessions show {ID}",
        f"sessions timing {ID}",
        f"compare {ID}:overoptimisation {OTHER}:overoptimisation",
        "progress",
        f"replay {ID} --headless",
        f"rejudge {ID} --judge embedded",
        f"fork {ID} --turn 1 --plain --judge embedded",
        "config show",
        "--plain",
    ],
)
def test_no_line_of_a_command_is_one_either(command: str, tmp_path: Path) -> None:
    hostile_past(tmp_path)
    evil = HOSTILE.replace("\x00", "")
    where = {"VOICE_INTERVIEWER_STORAGE_DATA_DIR": str(tmp_path)}
    shown = Terminal(*command.split(), more={**where, "VOICE_INTERVIEWER_HEARING_MICROPHONE": evil})
    if "--plain" in command:
        shown.until(lambda text: "Enter" in text)
        shown.type("q" if command == "--plain" else "p")
    shown.end()
    assert "owned" in shown.text or command in WITHOUT_DATA, shown.text
    nothing_obeyed(shown)


def nothing_obeyed(shown: Terminal) -> None:
    """None of the commands in the data is among the bytes that were written."""
    for command in OF_THE_DATA:
        at = shown.raw.find(command)
        assert at < 0, shown.raw[max(0, at - 200) : at + 50]
