"""Texts in every form are taken apart into sections, questions, hints and answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from banks_texts import ASKED, MARKDOWN, PAGE, PLAIN, TABLE

from voice_interviewer.banks.making.outline import Outline
from voice_interviewer.banks.making.outlines import read_outline
from voice_interviewer.banks.source import BankFileError
from voice_interviewer.errors import BankError

SEED = Path(__file__).resolve().parents[2].parent / "shared" / "seed"


def outline_of(folder: Path, text: str, name: str = "notes.txt") -> Outline:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_outline(path)


def shape(outline: Outline) -> list[tuple[str, list[tuple[int, str, str, str]]]]:
    return [
        (part.title, [(item.line, item.prompt, item.hint, item.answer) for item in part.items])
        for part in outline.parts
    ]


def test_a_page_with_counts_glued_to_hints(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, PAGE)
    assert outline.title == "Site Reliability Engineer Interview Questions"
    assert outline.role == "Site Reliability Engineer"
    assert [(p.title, p.promised, len(p.items)) for p in outline.parts] == [
        ("Beginner", 2, 2),
        ("Incidents & Tools", 3, 3),
    ]
    assert [item.line for item in outline.items] == [5, 6, 8, 9, 10]
    assert outline.items[0].hint.startswith("A good answer defines")
    assert outline.items[0].hint.endswith("one real example.")


@pytest.mark.parametrize(
    "text",
    [
        "Basics\n2 questions\nShould say A.\nShould say B.\n",
        "Basics2 questionsShould say A.\nShould say B.",
        "Basics (2 questions)\n- Should say A.\n- Should say B.",
        "Basics – 2 questions\r\n\r\n1. Should say A.\r\n2. Should say B.\r\n",
        "\ufeffTop 10 questions\n\nBasics:\n2 questions: Should say A.\nShould say B.\n",
    ],
)
def test_counts_are_found_however_they_stand(tmp_path: Path, text: str) -> None:
    (part,) = outline_of(tmp_path, text).parts
    assert part.title.startswith("Basics")
    assert part.promised == 2
    assert [item.hint for item in part.items] == ["Should say A.", "Should say B."]


def test_prose_about_questions_is_no_count(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, "We asked 5 questions about love.\nShould 3 questions do?\n")
    assert outline.form.startswith("plain lines")


def test_questions_with_answers(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, ASKED)
    assert outline.title == "On-call basics"
    assert shape(outline) == [
        (
            "Paging",
            [
                (
                    4,
                    "What makes a page worth waking somebody for?",
                    "",
                    "It needs a person now. It has a runbook. It is rare.",
                ),
                (
                    6,
                    "How do you hand over a shift?",
                    "Should mention open incidents, risky changes, and who is away.",
                    "I write it down first.",
                ),
            ],
        ),
        ("Afterwards", [(12, "Who reads a post-mortem?", "", "")]),
    ]


def test_markdown_headings_and_lists(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, MARKDOWN, "notes.md")
    assert outline.title == "Databases"
    assert outline.parts[0].promised == 2
    assert shape(outline) == [
        (
            "Storage",
            [
                (
                    4,
                    "What is an index good for?",
                    "Should cover lookups, ordering, and the price of writes.",
                    "",
                ),
                (
                    5,
                    "When would you denormalise?",
                    "reads that dominate. joins that are too slow",
                    "",
                ),
            ],
        ),
        (
            "Operations",
            [
                (
                    14,
                    "How do you test a backup?",
                    "Restore it; time it; compare row counts. Should explain replication lag and "
                    "how clients notice it. See the docs. Tell me about VACUUM in C#",
                    "",
                )
            ],
        ),
    ]


def test_a_plain_markdown_list_holds_hints_and_questions(tmp_path: Path) -> None:
    text = "# Team\n\n- Should show humility\n- Tell me about a conflict\n* How did it end?\n"
    assert shape(outline_of(tmp_path, text)) == [
        (
            "Team",
            [
                (3, "", "Should show humility", ""),
                (4, "Tell me about a conflict", "", ""),
                (5, "How did it end?", "", ""),
            ],
        )
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_columns_in_any_order(tmp_path: Path, delimiter: str) -> None:
    text = TABLE if delimiter == "," else None
    if text is None:
        header = ["Question", "Answer", "Section", "Level", "Notes"]
        rows = [
            ["What is a mutex, in short?", "It lets one thread in. The others wait."],
            ["How do deadlocks happen?", '"Two locks are taken\nin two orders."'],
            ["What is a race?", ""],
        ]
        tails = [["Threads", "easy", "x"], ["Threads", "", ""], ["Memory", "hard", ""]]
        lines = [header, *(row + tail for row, tail in zip(rows, tails, strict=True))]
        text = "\n".join(delimiter.join(line) for line in lines)
    outline = outline_of(tmp_path, text, "notes.csv")
    assert shape(outline) == [
        (
            "Threads",
            [
                (2, "What is a mutex, in short?", "", "It lets one thread in. The others wait."),
                (3, "How do deadlocks happen?", "", "Two locks are taken in two orders."),
            ],
        ),
        ("Memory", [(5, "What is a race?", "", "")]),
    ]
    assert [part.level for part in outline.parts] == ["easy", "hard"]


def test_a_markdown_table_is_a_table(tmp_path: Path) -> None:
    text = "| question | hint |\n|---|:--|\n| What is lag? | Should say delay |\n"
    assert shape(outline_of(tmp_path, text))[0][1] == [(3, "What is lag?", "Should say delay", "")]


def test_plain_lines_pair_a_question_with_the_line_below(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, PLAIN)
    assert outline.title == "Night shift questions"
    assert [(item.prompt, bool(item.hint)) for item in outline.items] == [
        ("What do you check first?", True),
        ("Who decides to roll back?", False),
    ]


def test_the_page_this_project_was_born_from() -> None:
    pages = sorted(SEED.glob("*.txt"))
    if not pages:
        pytest.skip("the page of hints is not beside the checkout (../shared/seed)")
    outline = read_outline(pages[0])
    assert outline.role == "AI RLHF Systems Engineer"
    assert [len(part.items) for part in outline.parts] == [5, 10, 10, 10, 10, 5]
    assert all(part.promised == len(part.items) for part in outline.parts)
    text = pages[0].read_text(encoding="utf-8")
    assert all(item.hint in text for item in outline.items)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.txt", b"", "a.txt:1:1: no questions were found"),
        ("a.txt", b"\n \n", "a.txt:1:1: no questions were found"),
        ("a.txt", b"What?\nab\0c", "a.txt:2:3: this is a binary file"),
        ("a.txt", b"What?\nab\xff", "a.txt:2:3: this is not UTF-8"),
        ("a.txt", b"What?\n" + b"a" * 10_001, "a.txt:2:10001: a line of 10001 characters"),
        ("a.txt", b"x" * 600_000, "a.txt:1:1: more than 0.5 MB"),
        ("a.txt", b"What is it?\n" * 121, "a.txt:121:1: more than 120 questions"),
        ("a.txt", b"Q: a?\nHint: " + b"a, " * 700, "a.txt:1:1: the hint has 2099 characters"),
        ("a.csv", b"questoin,notes\na,b\n", "Did you mean `question`?"),
        ("a.csv", b'question,hint\na,b\n"c,d\n', "a.csv:3:1: unexpected end of data"),
        ("a.csv", b'question,hint\n"a"b,c\n', "a.csv:2:1: "),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BankFileError) as error:
        read_outline(path)
    assert told in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot be read"):
        read_outline(tmp_path / "none.txt")


def test_characters_that_act_are_left_out_and_markup_stays(tmp_path: Path) -> None:
    text = (
        "Q: What \x1b[31mis\x1b[0m [red]x[/red]\u202e\x07?\nA: \u200bIt [@click=app.quit]is[/].\n"
    )
    (item,) = outline_of(tmp_path, text).items
    assert item.prompt == "What is [red]x[/red]?"
    assert item.answer == "It [@click=app.quit]is[/]."
