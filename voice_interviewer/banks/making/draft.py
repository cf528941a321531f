"""A valid bank from what a text holds, with a mark wherever a person must finish it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from voice_interviewer.banks.making.clauses import Clause, clauses_of, sentences_of
from voice_interviewer.banks.making.outline import Item, Outline, Part
from voice_interviewer.banks.making.templates import PROBES
from voice_interviewer.banks.slugs import fresh_slug
from voice_interviewer.banks.spelling import acronyms_in, respelled, spelled
from voice_interviewer.banks.standards import LEAST_ALSO, LEAST_MISCONCEPTIONS, MOST_PROMPT_WORDS
from voice_interviewer.banks.words import FUNCTION_WORDS
from voice_interviewer.core.bank import BANK_SCHEMA, Bank, Criterion, Question, Section, Term

_MOST_TOPIC_WORDS = 20
_MOST_LABEL_WORDS = 6
_MOST_HINT_CHARACTERS = 400
PROMPT_TODO = "ask it in your own words (drafted from the hint's first clause)"
WORDED_PROMPT_TODO = "check the prompt, which a model worded"
_CRITERIA_TODO = (
    f"make the statement a claim an expert would sign; write {LEAST_ALSO} `also` as people talk, "
    f"{LEAST_MISCONCEPTIONS} `misconceptions`, and probes of its own"
)
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_ASKS = ("how", "why", "when", "what", "which", "where", "who")
_ASKING_WORDS = FUNCTION_WORDS | {"explain", "describe", "discuss", "walk", "through"}
_LEVELS = {
    "beginner": ("beginner", "basic", "fundamental", "junior"),
    "intermediate": ("intermediate", "medium", "tools", "workflow"),
    "advanced": ("advanced", "expert", "senior", "scenario"),
}


@dataclass(frozen=True)
class Todo:
    """What a person must finish in a question, and in each of its criteria; "" for nothing."""

    question: tuple[str, ...] = ()
    criteria: str = ""


@dataclass(frozen=True)
class Draft:
    """A bank that is valid but not finished, and what is to do, by question id."""

    bank: Bank
    todos: dict[str, Todo] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def with_question(self, question: Question, todo: Todo) -> Draft:
        """The draft with the question of this id replaced."""
        questions = tuple(question if q.id == question.id else q for q in self.bank.questions)
        bank = self.bank.model_copy(update={"questions": questions})
        return replace(self, bank=bank, todos={**self.todos, question.id: todo})


def draft_bank(outline: Outline, bank_id: str) -> Draft:
    """The outline as a bank: one criterion a clause of each hint, probes that fit anything."""
    sections: list[Section] = []
    questions: list[Question] = []
    todos: dict[str, Todo] = {}
    for part in outline.parts:
        section_id = fresh_slug(part.title, {s.id for s in sections}, f"part-{len(sections) + 1}")
        sections.append(Section(id=section_id, title=part.title, level=_level_of(part)))
        for item in part.items:
            question, todo = draft_question(item, section_id, todos)
            questions.append(question)
            todos[question.id] = todo
    bank = Bank(
        schema=BANK_SCHEMA,
        id=bank_id,
        title=outline.title,
        role=outline.role,
        sections=tuple(sections),
        questions=tuple(questions),
    )
    return Draft(bank, todos, tuple(_miscounted(outline)))


def draft_question(item: Item, section_id: str, taken: Iterable[str]) -> tuple[Question, Todo]:
    """One question, drafted from whatever the item holds."""
    clauses = clauses_of(item.hint) if item.hint else sentences_of(item.answer)
    hint = item.hint or _beginning(item.answer) or "Say here what a strong answer holds."
    prompt = item.prompt or _prompt_from(clauses[0])
    question = Question(
        id=fresh_slug(_named_after(item, clauses), set(taken), "question"),
        section=section_id,
        prompt=prompt,
        say=respelled(prompt),
        hint=hint,
        criteria=criteria_from(clauses),
        model_answer=item.answer,
        source=item.source,
    )
    return question, _todo(item, clauses)


def criteria_from(clauses: Iterable[Clause]) -> tuple[Criterion, ...]:
    """One criterion a clause, with its acronyms as terms."""
    criteria: dict[str, Criterion] = {}
    for index, clause in enumerate(clauses or _NOTHING_KNOWN):
        label = _label_of(clause.text)
        own = fresh_slug(label, criteria, f"criterion-{index + 1}")
        criteria[own] = Criterion(
            id=own,
            label=label,
            statement=_as_sentence(clause.text),
            terms=tuple(
                Term(term=acronym, sounds_like=(spelled(acronym),))
                for acronym in acronyms_in(clause.text)
            ),
            probes=PROBES[index % len(PROBES)],
        )
    return tuple(criteria.values())


_NOTHING_KNOWN = (Clause("the answer says what this question is about", claim=True),)


def _todo(item: Item, clauses: tuple[Clause, ...]) -> Todo:
    wanted = []
    if not item.prompt:
        wanted.append(PROMPT_TODO)
    elif len(item.prompt.split()) > MOST_PROMPT_WORDS:
        wanted.append(f"shorten the prompt to {MOST_PROMPT_WORDS} words")
    if not (item.hint or item.answer):
        wanted.append("write the hint, and a criterion for each thing it wants")
    elif not item.hint:
        wanted.append("write the hint (this is how the answer begins)")
    if not item.answer:
        wanted.append("write a model_answer of 150 to 250 spoken words")
    return Todo(tuple(wanted), _CRITERIA_TODO)


def _miscounted(outline: Outline) -> Iterable[str]:
    for part in outline.parts:
        held = len(part.items)
        if part.promised is not None and part.promised != held:
            yield f"line {part.line}: {part.title} promises {part.promised} questions, holds {held}"


def _prompt_from(clause: Clause) -> str:
    topic = " ".join(_BRACKETED.sub("", clause.text).split()[:_MOST_TOPIC_WORDS]) or clause.text
    first = topic.split(maxsplit=1)[0].lower()
    if clause.claim:
        return f"Somebody tells you that {topic}. How would you explain that, and is it true?"
    if first in _ASKS:
        return f"Can you explain {topic}?"
    if first == "whether":
        return f"How would you find out {topic}?"
    return f"What would you tell me about {topic}?"


def _named_after(item: Item, clauses: tuple[Clause, ...]) -> str:
    """The words that name a question: those of its prompt or first clause that carry meaning."""
    text = item.prompt or clauses[0].text
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text[:400])
    telling = [word for word in words if word.lower() not in _ASKING_WORDS]
    return " ".join((telling or words)[:_MOST_LABEL_WORDS])


def _label_of(text: str) -> str:
    words = (_BRACKETED.sub("", text).split() or text.split())[:_MOST_LABEL_WORDS]
    while len(words) > 1 and words[-1].lower() in FUNCTION_WORDS:
        words.pop()
    return _capitalised(" ".join(words).rstrip(",;:."))[:80].strip() or "What it says"


def _as_sentence(text: str) -> str:
    return _capitalised(text) + ("" if text.endswith((".", "!", "?")) else ".")


def _capitalised(text: str) -> str:
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return text[:1].upper() + text[1:] if first.islower() else text


def _beginning(answer: str) -> str:
    if len(answer) <= _MOST_HINT_CHARACTERS:
        return answer
    return answer[:_MOST_HINT_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _level_of(part: Part) -> str:
    if part.level:
        return part.level
    told = re.findall(r"[a-z]+", part.title.lower())
    for level, words in _LEVELS.items():
        if any(word.startswith(words) for word in told):
            return level
    return "any level"
