"""A bank as a YAML file that a person likes to edit, with comments where something is to do."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from voice_interviewer.banks.load import parse_bank
from voice_interviewer.banks.making.draft import Todo
from voice_interviewer.banks.source import BankFileError, clean
from voice_interviewer.banks.unfinished import TODO
from voice_interviewer.core.bank import Bank, Criterion, Question
from voice_interviewer.errors import BankError, UsageError

SCHEMA_LINE = "yaml-language-server: $schema=./bank.schema.json"
_WIDTH = 100
_FOLDED_WIDTH = 84
_COMMENT_WIDTH = 88

_Style = Callable[[str], Any]


def bank_yaml(
    bank: Bank, *, head: Sequence[str] = (), todos: Mapping[str, Todo] | None = None
) -> str:
    """The bank as YAML text that reads back as the same bank.

    Args:
        head: comment lines for the top of the file, below the line editors look for.
        todos: what is to do, by question id; written as comments that begin with `TODO:`.

    Raises:
        BankError: when the bank is too large for one file.
    """
    path = Path(f"{bank.id}.yaml")
    text = ""
    for style in (_readable, _quoted):
        text = _dumped(bank, [SCHEMA_LINE, *head], todos or {}, style)
        try:
            if parse_bank(text, path) == bank:
                return text
        except BankFileError as error:
            problem: BankError = error
        else:
            problem = BankError("The bank does not read back as it was written.")
    raise BankError(f"The bank cannot be written as YAML: {problem.message}", problem.hint)


def save_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet. Raises UsageError, BankError."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already.", "Name another file, or move it away.") from None
    except OSError as error:
        raise BankError(
            f"{path} cannot be written ({error.strerror}).", "Check the path."
        ) from error


def _dumped(bank: Bank, head: Sequence[str], todos: Mapping[str, Todo], style: _Style) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = CommentedMap()
    tree["schema"] = bank.schema_
    for name in ("id", "title", "role", "language"):
        tree[name] = style(getattr(bank, name))
    if bank.pronunciations:
        said = [_flow(_texts(p.model_dump(), style)) for p in bank.pronunciations]
        tree["pronunciations"] = _sequence(said)
    tree["sections"] = _sequence([_flow(_texts(s.model_dump(), style)) for s in bank.sections])
    questions = CommentedSeq()
    for question in bank.questions:
        questions.append(_question(question, todos.get(question.id, Todo()), style))
    tree["questions"] = questions
    for name in ("sections", "questions"):
        tree.yaml_set_comment_before_after_key(name, before="\n")
    _rule_off(bank, questions)
    out = io.StringIO()
    yaml.dump(tree, out)
    comments = "".join(f"# {line}".rstrip() + "\n" for line in map(clean, head))
    return comments + out.getvalue()


def _question(question: Question, todo: Todo, style: _Style) -> Any:
    from ruamel.yaml.comments import CommentedMap

    tree = CommentedMap()
    tree["id"] = question.id
    tree["section"] = question.section
    for name in ("prompt", "say", "hint"):
        if getattr(question, name) is not None:
            tree[name] = style(getattr(question, name))
    tree["minutes"] = _number(question.minutes)
    tree["criteria"] = _sequence([_criterion(c, todo.criteria, style) for c in question.criteria])
    for name in ("model_answer", "source"):
        if getattr(question, name):
            tree[name] = style(getattr(question, name))
    _mark(tree, "prompt", "; ".join(todo.question), 4)
    return tree


def _criterion(criterion: Criterion, todo: str, style: _Style) -> Any:
    from ruamel.yaml.comments import CommentedMap

    tree = CommentedMap()
    for name in ("id", "label", "statement"):
        tree[name] = style(getattr(criterion, name))
    for name in ("also", "misconceptions"):
        if getattr(criterion, name):
            tree[name] = _sequence([style(text) for text in getattr(criterion, name)])
    if criterion.terms:
        terms = [_flow(_texts(t.model_dump(), style)) for t in criterion.terms]
        tree["terms"] = _sequence(terms)
    tree["weight"] = _number(criterion.weight)
    tree["probes"] = _texts(criterion.probes.model_dump(exclude_none=True), style)
    _mark(tree, "statement", todo, 8)
    return tree


def _mark(tree: Any, key: str, todo: str, indent: int) -> None:
    if todo:
        width = _COMMENT_WIDTH - indent
        lines = textwrap.wrap(TODO + todo, width, subsequent_indent="  ")
        tree.yaml_set_comment_before_after_key(key, before="\n".join(lines), indent=indent)


def _rule_off(bank: Bank, questions: Any) -> None:
    """A ruled line with the section's title above its first question."""
    titles = {section.id: clean(section.title) for section in bank.sections}
    before = ""
    for index, question in enumerate(bank.questions):
        if question.section != before:
            before = question.section
            rule = f"{'-' * max(4, 60 - len(titles[before]))} {titles[before]}"
            questions.yaml_set_comment_before_after_key(index, before=rule, indent=2)


def _texts(values: Mapping[str, Any], style: _Style) -> Any:
    from ruamel.yaml.comments import CommentedMap

    tree = CommentedMap()
    for key, value in values.items():
        if isinstance(value, (tuple, list)):
            if value:
                tree[key] = _flow(_sequence([style(text) for text in value]))
        else:
            tree[key] = style(value)
    return tree


def _sequence(items: Sequence[Any]) -> Any:
    from ruamel.yaml.comments import CommentedSeq

    return CommentedSeq(items)


def _flow(tree: Any) -> Any:
    tree.fa.set_flow_style()
    return tree


def _readable(text: str) -> Any:
    """Short texts as they are, long ones folded at spaces, odd ones quoted."""
    from ruamel.yaml.scalarstring import FoldedScalarString

    if text != " ".join(text.split()) or not text.isprintable():
        return _quoted(text)
    if len(text) <= _FOLDED_WIDTH:
        return text
    folded = FoldedScalarString(text)
    places: list[int] = []
    begin = 0
    for space in (index for index, letter in enumerate(text) if letter == " "):
        following = text.find(" ", space + 1)
        end = len(text) if following < 0 else following
        if end - begin > _FOLDED_WIDTH:
            places.append(space)
            begin = space + 1
    folded.fold_pos = places
    return folded


def _quoted(text: str) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return DoubleQuotedScalarString(text)


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value
