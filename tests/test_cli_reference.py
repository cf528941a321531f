"""The reference of the command line is what the program says."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reference_is_what_the_program_says() -> None:
    made = runpy.run_path(str(DOCS / "make_cli_reference.py"))["reference"]()
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == made, "run: make cli-reference"


def test_it_names_every_command_and_explains_every_option() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    for command in ("interview", "resume", "drill", "sessions list", "models install", "judge"):
        assert f"## `voice-interviewer {command}`" in page
    unexplained = [
        line for line in page.splitlines() if line.startswith("| `--") and line.endswith("|  |")
    ]
    assert not unexplained
