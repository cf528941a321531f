"""Talking to an OpenAI-compatible server: one request, one deadline, errors that name the cause."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.failures import JUDGING, not_configured
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.prompts import Message
from voice_interviewer.servers.client import open_client
from voice_interviewer.servers.failures import explained, not_the_product, shown_address

VENDOR_URL = "https://api.openai.com/v1"
_RETRY_PAUSE_S = 0.25
_TRANSIENT = (502, 503, 504)
_REFUSED_FORM = (400, 422)
_FINAL = (401, 403, 429)

Shape = Literal["json_schema", "json_object", "prompt"]
_LADDER: tuple[Shape, ...] = ("json_schema", "json_object", "prompt")


@dataclass(frozen=True)
class Manner:
    """How a server wants to be asked; what it refuses is left out from then on."""

    shape: Shape = "json_schema"
    cap: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def after_refusal(self, complaint: str) -> Manner | None:
        """The next manner to try, or None when everything was refused."""
        if self.cap == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, cap="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        step = _LADDER.index(self.shape) + 1
        return replace(self, shape=_LADDER[step]) if step < len(_LADDER) else None

    def arguments(self, schema: dict[str, Any], max_tokens: int) -> dict[str, Any]:
        """The request's arguments that depend on the manner."""
        arguments: dict[str, Any] = {self.cap: max_tokens}
        if self.temperature:
            arguments["temperature"] = 0
        if self.shape == "json_object":
            arguments["response_format"] = {"type": "json_object"}
        elif self.shape == "json_schema":
            wanted = {"name": "reply", "strict": True, "schema": schema}
            arguments["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return arguments


class Server:
    """One model on one server. Raises JudgeError with a cause and a fix, never with the key."""

    def __init__(self, options: JudgeOptions) -> None:
        if not options.configured:
            raise not_configured()
        self.model = options.model or ""
        address = options.base_url or VENDOR_URL
        self.place = shown_address(address, JUDGING)
        self._max_tokens = options.max_tokens
        self._client = open_client(address, options.api_key, options.timeout_s, JUDGING)
        self._manner = Manner()

    def chat(self, messages: list[Message], schema: dict[str, Any], deadline: Deadline) -> str:
        """The text of one reply, JSON of that schema where the server can be told so.

        What the server refuses is asked for in a plainer way.
        """
        reply, manner = self._complete(messages, self._manner, schema, self._max_tokens, deadline)
        text = self._text_of(reply)
        self._manner = manner
        return text

    def probe(self, limit_s: float) -> str:
        """One cheap request; says in a few words what answered."""
        import openai

        deadline = Deadline.after(limit_s)
        started_s = time.monotonic()
        try:
            listed = self._client.get(
                "/models", cast_to=object, options={"timeout": deadline.left_s()}
            )
        except (openai.APIStatusError, ValueError) as error:
            if getattr(error, "status_code", 0) in _FINAL:
                raise self._explained(error, limit_s) from None
            listed = None
        except openai.APIError as error:
            raise self._explained(error, limit_s) from None
        if self.model not in _model_names(listed):
            hello: list[Message] = [{"role": "user", "content": "Say yes."}]
            reply, _ = self._complete(hello, Manner(shape="prompt"), {}, 1, deadline)
            _choice_of(reply, self.place)
        took_ms = round(1000 * (time.monotonic() - started_s))
        return f"{self.model} answers at {self.place} ({took_ms} ms)"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _complete(
        self,
        messages: list[Message],
        manner: Manner,
        schema: dict[str, Any],
        max_tokens: int,
        deadline: Deadline,
    ) -> tuple[object, Manner]:
        """A reply, and the manner of asking that the server accepted."""
        import openai

        while True:
            arguments = manner.arguments(schema, max_tokens)
            try:
                return self._send(messages, arguments, deadline), manner
            except openai.APIStatusError as error:
                plainer = manner.after_refusal(str(error))
                if error.status_code not in _REFUSED_FORM or plainer is None:
                    raise self._explained(error, deadline.limit_s) from None
                manner = plainer

    def _send(
        self, messages: list[Message], arguments: dict[str, Any], deadline: Deadline
    ) -> object:
        """One request, once more where the transport failed. Raises openai.APIStatusError too."""
        import openai

        create: Any = self._client.chat.completions.create
        for last in (False, True):
            try:
                reply: object = create(
                    model=self.model, messages=messages, timeout=deadline.left_s(), **arguments
                )
                return reply
            except openai.APIStatusError as error:
                if last or error.status_code not in _TRANSIENT:
                    raise
            except (openai.APIError, ValueError) as error:
                late = isinstance(error, openai.APITimeoutError)
                if last or late or not isinstance(error, openai.APIConnectionError):
                    raise self._explained(error, deadline.limit_s) from None
            time.sleep(min(_RETRY_PAUSE_S, deadline.left_s()))
        raise AssertionError("the second attempt returns or raises")

    def _text_of(self, reply: object) -> str:
        choice = _choice_of(reply, self.place)
        if getattr(choice, "finish_reason", None) == "length":
            raise JudgeError(
                f"The reply was cut off at {self._max_tokens} tokens.",
                "Take a model that thinks and writes less.",
            )
        text = getattr(getattr(choice, "message", None), "content", None)
        if not isinstance(text, str) or not text.strip():
            raise JudgeError("The reply was empty.", "Try again, or take another model.")
        return text

    def _explained(self, error: Exception, limit_s: float) -> InterviewerError:
        return explained(error, JUDGING, place=self.place, model=self.model, limit_s=limit_s)


def _model_names(listed: object) -> list[object]:
    """The ids in a list of models as JSON, whatever it turns out to be."""
    models = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(models, list):
        return []
    return [model.get("id") for model in models if isinstance(model, dict)]


def _choice_of(reply: object, place: str) -> object:
    """The first choice of a reply; servers send much that only looks like one."""
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise not_the_product(JUDGING, place)
    choice: object = choices[0]
    return choice
