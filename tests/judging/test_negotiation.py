from __future__ import annotations

from typing import Any

import pytest
from judging_samples import EXPLOIT, STRONG, command_for
from judging_server import Chat, refusal, reply_text, verdict
from werkzeug import Response

from voice_interviewer.judging.negotiation import LADDER, Manner
from voice_interviewer.judging.openai_judge import OpenAIJudge

MET = reply_text(
    [verdict(c.id, "raise the KL penalty or stop earlier", "met") for c in EXPLOIT.criteria]
)


def shape_of(request: dict[str, Any]) -> str:
    form = request.get("response_format")
    if form is None:
        return "prompt"
    if "json_schema" in form:
        return "nested_schema"
    if form["type"] == "json_schema":
        return "flat_schema"
    return "object_schema" if "schema" in form else "json_object"


def judge_twice(chat: Chat) -> list[str]:
    """Two judges one after the other, as two interviews would have them; the shapes asked for."""
    for _ in range(2):
        judge = OpenAIJudge(chat.options())
        assert {v.verdict for v in judge.assess(command_for(STRONG)).verdicts} == {"met"}
        judge.close()
    return [shape_of(request) for request in chat.requests]


@pytest.mark.parametrize("steps", range(len(LADDER)))
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_form_is_asked_for_more_plainly_once_and_for_all(
    chat: Chat, steps: int, status: int
) -> None:
    def answer(body: dict[str, Any]) -> Response | str:
        return refusal(status, "no") if shape_of(body) in LADDER[:steps] else MET

    chat.script(answer)
    assert judge_twice(chat) == [*LADDER[: steps + 1], LADDER[steps]]


def test_a_form_that_is_accepted_and_then_ignored_is_given_up(chat: Chat) -> None:
    def answer(body: dict[str, Any]) -> str:
        return MET if shape_of(body) == "flat_schema" else "They did well, I would say."

    chat.script(answer)
    assert judge_twice(chat) == ["nested_schema", "flat_schema", "flat_schema"]


def test_a_slip_on_a_form_that_was_proven_changes_nothing(chat: Chat) -> None:
    chat.script(MET, "They did well.", MET)
    assert judge_twice(chat) == ["nested_schema"] * 3


@pytest.mark.parametrize(
    ("status", "complaint", "shape"),
    [
        (400, "anything", "flat_schema"),
        (500, "failed to parse grammar", "flat_schema"),
        (404, "no endpoint supports response_format", "flat_schema"),
        (404, "no such model", None),
        (500, "out of memory", None),
        (401, "response_format", None),
        (400, "the request exceeds the available context size", None),
        (400, "maximum context length is 4096 tokens", None),
    ],
)
def test_only_complaints_about_the_form_change_it(
    status: int, complaint: str, shape: str | None
) -> None:
    manner = Manner().after_refusal(status, complaint)
    assert (manner and manner.shape) == shape


def test_the_last_shape_has_no_plainer_one() -> None:
    assert Manner(shape="prompt").after_refusal(400, "no") is None
    assert Manner(shape="prompt").arguments({}, 5) == {"max_tokens": 5, "temperature": 0}


def test_servers_are_remembered_by_model_too(chat: Chat) -> None:
    def answer(body: dict[str, Any]) -> Response | str:
        plain = body["model"] != "old" or shape_of(body) == "prompt"
        return MET if plain else refusal(400)

    chat.script(answer)
    for model in ("old", "new"):
        judge = OpenAIJudge(chat.options(model=model))
        judge.assess(command_for(STRONG))
        judge.close()
    assert [shape_of(r) for r in chat.requests] == [*LADDER, "nested_schema"]
