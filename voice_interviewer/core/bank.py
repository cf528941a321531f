"""What a question bank is: questions, and the rubric each answer is judged by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from voice_interviewer.core.frozen import Frozen

BANK_SCHEMA = "voice-interviewer/bank@1"

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

Rung = Literal["clarify", "example", "number", "tradeoff", "failure", "change_mind"]
LADDER: tuple[Rung, ...] = (
    "clarify",
    "example",
    "number",
    "tradeoff",
    "failure",
    "change_mind",
)


class Term(Frozen):
    """Jargon of a criterion, with what a speech recogniser tends to write instead."""

    term: Line
    sounds_like: tuple[Line, ...] = ()


class Pronunciation(Frozen):
    """How a term is said; only the voice gets to see it, never the screen."""

    term: Line = Field(description="As it is written; capitals count where it has any.")
    say: Line = Field(description="Respelled for the voice.")


class Probes(Frozen):
    """One follow-up question a rung, each about its own criterion and giving nothing away."""

    clarify: Line
    example: Line | None = None
    number: Line | None = None
    tradeoff: Line | None = None
    failure: Line | None = None
    change_mind: Line | None = None

    def on(self, rung: Rung) -> str | None:
        """The probe on this rung, or None where the author wrote none."""
        text: str | None = getattr(self, rung)
        return text


class Criterion(Frozen):
    """One thing a strong answer says."""

    id: Slug
    label: Line = Field(description="A few words, shown in the review.")
    statement: Line = Field(description="The claim an expert would sign.")
    also: tuple[Line, ...] = Field(default=(), description="The same, as people say it aloud.")
    misconceptions: tuple[Line, ...] = Field(
        default=(), description="What a wrong but fluent candidate says."
    )
    terms: tuple[Term, ...] = ()
    weight: float = Field(default=1.0, gt=0, le=10, allow_inf_nan=False)
    probes: Probes


class Question(Frozen):
    """A question that can be asked aloud, judged and drilled."""

    id: Slug
    section: Slug
    prompt: Line = Field(description="What the interviewer says.")
    say: Line | None = Field(default=None, description="The prompt respelled for the voice.")
    hint: Line = Field(description="The examiner's one-sentence guidance.")
    minutes: float = Field(default=3.0, gt=0, le=30, allow_inf_nan=False)
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=12)
    model_answer: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _criteria_have_own_ids(self) -> Question:
        ids = [criterion.id for criterion in self.criteria]
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        if doubled:
            raise ValueError(f"two criteria share the id {doubled[0]!r}")
        return self

    @property
    def terms(self) -> tuple[str, ...]:
        """The jargon of all criteria, each term once, the heaviest criterion's first."""
        by_weight = sorted(self.criteria, key=lambda criterion: -criterion.weight)
        return tuple(dict.fromkeys(term.term for c in by_weight for term in c.terms))

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion with this id. Raises KeyError."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)


class Section(Frozen):
    """A group of questions of one level."""

    id: Slug
    title: Line
    level: Line


class Bank(Frozen):
    """A whole question bank, as one YAML file holds it."""

    schema_: Literal["voice-interviewer/bank@1"] = Field(alias="schema")
    id: Slug
    title: Line
    role: Line
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "en"
    pronunciations: tuple[Pronunciation, ...] = Field(
        default=(), max_length=1000, description="How the voice says terms of this bank."
    )
    sections: tuple[Section, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_agree(self) -> Bank:
        for what, ids in (
            ("sections", [section.id for section in self.sections]),
            ("questions", [question.id for question in self.questions]),
            ("pronunciations", [" ".join(said.term.split()) for said in self.pronunciations]),
        ):
            doubled = sorted({i for i in ids if ids.count(i) > 1})
            if doubled:
                name = "term" if what == "pronunciations" else "id"
                raise ValueError(f"two {what} share the {name} {doubled[0]!r}")
        known = {section.id for section in self.sections}
        for question in self.questions:
            if question.section not in known:
                raise ValueError(
                    f"question {question.id!r} is in section {question.section!r}, "
                    f"which is not among {', '.join(sorted(known))}"
                )
        return self

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def section_of(self, question: Question) -> Section:
        """The section a question of this bank stands in."""
        return next(section for section in self.sections if section.id == question.section)
