"""With a model: it words a draft, question by question, and what it gets wrong stays a draft."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from banks_model import Writer, schema_of, wording
from banks_texts import ASKED, PAGE
from pytest_httpserver import HTTPServer

from voice_interviewer.banks.lint import lint_bank
from voice_interviewer.banks.making.draft import Draft, draft_bank
from voice_interviewer.banks.making.enrich import enriched
from voice_interviewer.banks.making.outlines import read_outline
from voice_interviewer.banks.making.write import bank_yaml, save_new
from voice_interviewer.config import load_settings
from voice_interviewer.core.bank import LADDER
from voice_interviewer.errors import UsageError
from voice_interviewer.wiring import open_ask_model


@pytest.fixture
def writer(httpserver: HTTPServer) -> Writer:
    return Writer(httpserver)


def drafted(folder: Path, text: str) -> Draft:
    path = folder / "notes.txt"
    path.write_text(text, encoding="utf-8")
    return draft_bank(read_outline(path), "notes")


def finished(draft: Draft, writer: Writer) -> Draft:
    return list(enriched(draft, writer.ask(), lambda _: None))[-1]


def test_a_model_words_every_question(tmp_path: Path, writer: Writer) -> None:
    draft = drafted(tmp_path, PAGE)
    writer.script(wording)
    better = finished(draft, writer)
    assert better.notes == ()
    assert [q.prompt for q in better.bank.questions] == ["Walk me through it, will you?"] * 5
    for before, after in zip(draft.bank.questions, better.bank.questions, strict=True):
        assert after.hint == before.hint
        for old, new in zip(before.criteria, after.criteria, strict=True):
            assert (new.id, new.statement, new.terms) == (old.id, old.statement, old.terms)
            assert len(new.also) == 4
            assert len(new.misconceptions) == 2
            assert all("What about that" in (new.probes.on(rung) or "") for rung in LADDER)
    out = tmp_path / "out.yaml"
    save_new(out, bank_yaml(better.bank, todos=better.todos))
    assert {f.rule for f in lint_bank(out)} == {"unfinished", "duplicate-prompt"}
    assert "check the prompt, which a model worded" in out.read_text()


def test_the_request_fences_the_text_and_asks_for_its_schema(
    tmp_path: Path, writer: Writer
) -> None:
    writer.script(wording)
    finished(drafted(tmp_path, PAGE), writer)
    assert len(writer.requests) == 5
    system, user = writer.requests[0]["messages"]
    begin, *material, end, _ = user["content"].split("\n")
    assert begin.split()[1] == end.split()[1] not in system["content"]
    assert any("error budgets" in line for line in material)
    assert schema_of(writer.requests[0])["required"] == ["prompt", "criteria"]


def test_a_prompt_of_the_text_is_kept(tmp_path: Path, writer: Writer) -> None:
    writer.script(wording)
    better = finished(drafted(tmp_path, ASKED), writer)
    assert better.bank.questions[0].prompt == "What makes a page worth waking somebody for?"
    assert better.todos[better.bank.questions[0].id].question == (
        "write the hint (this is how the answer begins)",
    )


def faulty(fault: str) -> Any:
    def reply(request: dict[str, Any]) -> Any:
        said = wording(request)
        first = said["criteria"][0]
        if fault == "nonsense":
            return "I would love to help! Here you go: {not json"
        if fault == "another object":
            return {"verdicts": []}
        if fault == "no criterion":
            said["criteria"] = said["criteria"][1:]
        if fault == "too few":
            first["also"] = ["Same words", "same words!", "SAME WORDS", "other"]
        if fault == "too long":
            said["prompt"] = "word " * 46
        if fault == "the instructions repeated":
            said["prompt"] = "The question as a senior interviewer asks it aloud."
        if fault == "questions for paraphrases":
            first["also"] = [f"What does it cost, {n}?" for n in range(6)]
        if fault == "a rung missing":
            del first["probes"]["number"]
        if fault == "a leak":
            first["probes"]["number"] = "How high is the DNS TTL?"
        return said

    return reply


FAULTS = {
    "nonsense": "it holds no JSON object",
    "another object": "criteria: Field required",
    "no criterion": "criteria: no entry with the id",
    "too few": "also has 2 of 4",
    "too long": "prompt: has 46 words",
    "the instructions repeated": "prompt: repeats the instructions",
    "questions for paraphrases": "also has 0 of 4",
    "a rung missing": "probes has no number",
    "a leak": "the probe number gives 'DNS' away",
}
ONE = "Tools\n1 questionShould cover DNS caches, and retries.\n"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reply_that_will_not_do_is_repaired_once(
    tmp_path: Path, writer: Writer, fault: str
) -> None:
    writer.script(faulty(fault), wording)
    better = finished(drafted(tmp_path, ONE), writer)
    assert better.notes == ()
    assert better.bank.questions[0].criteria[0].also
    first, second = writer.requests
    assert len(second["messages"]) == len(first["messages"]) + 2
    assert FAULTS[fault] in second["messages"][-1]["content"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_that_fails_twice_stays_a_draft_and_the_next_is_asked(
    tmp_path: Path, writer: Writer, fault: str
) -> None:
    draft = drafted(tmp_path, ONE.replace("1 question", "2 questions") + "Should cover rotas.\n")
    writer.script(faulty(fault), faulty(fault), wording)
    better = finished(draft, writer)
    first, second = better.bank.questions
    assert first == draft.bank.questions[0]
    assert second != draft.bank.questions[1]
    (note,) = better.notes
    assert note.startswith(f"{first.id} stays as drafted: ")
    assert len(writer.requests) == 3


def test_a_dead_server_is_given_up_after_two_questions(tmp_path: Path, writer: Writer) -> None:
    draft = drafted(tmp_path, PAGE)
    writer.script(401)
    better = finished(draft, writer)
    assert better.bank == draft.bank
    assert len(writer.requests) == 2
    assert "OPENAI_API_KEY" in better.notes[0]
    assert better.notes[-1] == "the model was given up after question 2 of 5"


def test_what_a_model_writes_can_act_on_nothing(tmp_path: Path, writer: Writer) -> None:
    def colourful(request: dict[str, Any]) -> Any:
        said = wording(request, prompt="What \x1b[31mis\n\x1b[0m it\u202e?")
        said["criteria"][0]["also"][0] = "\x1b]0;x\x07[b]hi[/b]\u200b there"
        return said

    writer.script(colourful)
    (question,) = finished(drafted(tmp_path, ONE), writer).bank.questions
    assert question.prompt == "What is it?"
    assert question.criteria[0].also[0] == "[b]hi[/b] there"


def test_thoughts_and_fences_around_a_reply_are_left_out(tmp_path: Path, writer: Writer) -> None:
    writer.script(lambda r: f"<think>{{}}</think>Sure:\n```json\n{json.dumps(wording(r))}\n```")
    assert finished(drafted(tmp_path, ONE), writer).notes == ()


def test_a_server_without_schemas_is_asked_more_plainly(tmp_path: Path, writer: Writer) -> None:
    asked: list[dict[str, Any]] = []

    def picky(request: dict[str, Any]) -> Any:
        asked.append(request)
        return 400 if "response_format" in request else wording(asked[0])

    writer.script(picky)
    better = finished(drafted(tmp_path, ONE), writer)
    shapes = [request.get("response_format", {}).get("type") for request in asked]
    assert shapes == ["json_schema", "json_schema", "json_object", "json_object", None]
    assert better.notes == ()


def test_without_a_model_there_is_nobody_to_ask() -> None:
    assert open_ask_model(load_settings(environ={})) is None


def test_offline_forbids_a_model_on_the_network() -> None:
    flags = {"judge.base_url": "https://models.example.org/v1", "judge.model": "m", "offline": True}
    with pytest.raises(UsageError, match="--offline"):
        open_ask_model(load_settings(flags, environ={}))
