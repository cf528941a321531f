"""Talking to an OpenAI-compatible server: one request, one deadline, errors that name the cause."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

from voice_interviewer.addresses import VENDOR_URL
from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.connections import Connections
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.failures import JUDGING, not_configured, too_much, would_not
from voice_interviewer.judging.negotiation import MANNERS, Manner
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.prompts import Message
from voice_interviewer.judging.usage import Meter
from voice_interviewer.judging.yes_no import no_log_probabilities
from voice_interviewer.servers.client import open_client
from voice_interviewer.servers.failures import (
    explained,
    not_the_product,
    retry_after_s,
    shown_address,
)

_RETRY_PAUSE_S = 0.25
# A wait after which less than this is left is not begun.
_LEAST_ASKING_S = 0.5
_TRANSIENT = (502, 503, 504)
_FINAL = (401, 403, 429)
_MOST_BYTES = 4_000_000
_MOST_LETTERS = 400_000


class Server:
    """One model on one server. Raises JudgeError with a cause and a fix, never with the key."""

    def __init__(self, options: JudgeOptions) -> None:
        if not options.configured:
            raise not_configured()
        self.model = options.model or ""
        self._address = options.base_url or VENDOR_URL
        self.place = shown_address(self._address, JUDGING)
        self._max_tokens = options.max_tokens
        self._client = open_client(self._address, options.api_key, options.timeout_s, JUDGING)
        self._connections = Connections()
        self._connections.watch(self._client)
        self._stopped = Event()

    def chat(
        self,
        messages: list[Message],
        schema: dict[str, Any],
        deadline: Deadline,
        meter: Meter | None = None,
    ) -> str:
        """The text of one reply, JSON of that schema where the server can be told so.

        What the server refuses is asked for in a plainer way. Tell `judged_valid` what came of it.
        """
        manner = MANNERS.of(self._address, self.model)
        reply, manner = self._complete(
            messages, manner, schema, self._max_tokens, deadline, meter or Meter()
        )
        text = self._text_of(reply)
        MANNERS.learn(self._address, self.model, manner)
        return text

    def judged_valid(self, valid: bool) -> None:
        """Whether the last reply kept to its schema; if not, the next one is asked more plainly."""
        manner = MANNERS.of(self._address, self.model)
        if manner.proven:
            return
        following = replace(manner, proven=True) if valid else manner.plainer()
        if following is not None:
            MANNERS.learn(self._address, self.model, following)

    def first_token(
        self,
        messages: list[Message],
        top: int,
        deadline: Deadline,
        meter: Meter | None = None,
    ) -> dict[str, Any]:
        """A reply of one token, with the log-probabilities of the `top` likeliest ones.

        The choice is returned as the server sent it; `yes_no` reads it. Raises JudgeError, also
        where the server refuses to tell log-probabilities.
        """
        import openai

        manner = replace(MANNERS.of(self._address, self.model), shape="prompt")
        wanted = {"logprobs": True, "top_logprobs": top}
        while True:
            arguments = {**manner.arguments({}, 1), **wanted}
            try:
                reply = self._send(messages, arguments, deadline, meter or Meter())
            except openai.APIStatusError as error:
                plainer = manner.after_refusal(error.status_code, str(error))
                if plainer is not None:
                    manner = plainer
                    continue
                if "logprob" in str(error):
                    raise no_log_probabilities() from None
                raise self._explained(error, deadline.limit_s) from None
            return _choice_of(reply, self.place)

    def stream(self, messages: list[Message], max_tokens: int, deadline: Deadline) -> Iterator[str]:
        """A reply of plain text in pieces, as they come. Raises JudgeError, also in the middle."""
        import httpx2
        import openai

        manner = replace(MANNERS.of(self._address, self.model), shape="prompt")
        create: Any = self._client.chat.completions.create
        arguments = manner.arguments({}, max_tokens)
        try:
            with create(
                model=self.model,
                messages=messages,
                stream=True,
                timeout=deadline.left_s(),
                **arguments,
            ) as chunks:
                for chunk in chunks:
                    deadline.left_s()
                    yield _piece_of(chunk)
        except openai.APIError as error:
            raise self._explained(error, deadline.limit_s) from None
        except (httpx2.HTTPError, ValueError, TypeError, AttributeError):
            raise not_the_product(JUDGING, self.place) from None

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
            manner = Manner(shape="prompt")
            reply, _ = self._complete(hello, manner, {}, 1, deadline, Meter())
            _choice_of(reply, self.place)
        took_ms = round(1000 * (time.monotonic() - started_s))
        return f"{self.model} answers at {self.place} ({took_ms} ms)"

    def break_off(self) -> None:
        """Give up the request in progress, from any thread; whoever waits for it gets an error."""
        self._stopped.set()
        self._connections.break_off()

    def close(self) -> None:
        """Close the connections."""
        self.break_off()
        self._client.close()

    def _complete(
        self,
        messages: list[Message],
        manner: Manner,
        schema: dict[str, Any],
        max_tokens: int,
        deadline: Deadline,
        meter: Meter,
    ) -> tuple[dict[str, Any], Manner]:
        """A reply, and the manner of asking that the server accepted."""
        import openai

        while True:
            arguments = manner.arguments(schema, max_tokens)
            try:
                return self._send(messages, arguments, deadline, meter), manner
            except openai.APIStatusError as error:
                plainer = manner.after_refusal(error.status_code, str(error))
                if plainer is None:
                    raise self._explained(error, deadline.limit_s) from None
                manner = plainer

    def _send(
        self,
        messages: list[Message],
        arguments: dict[str, Any],
        deadline: Deadline,
        meter: Meter,
    ) -> dict[str, Any]:
        """One request, once more where the transport failed. Raises openai.APIStatusError too."""
        import openai

        for last in (False, True):
            pause_s = _RETRY_PAUSE_S
            try:
                return self._once(messages, arguments, deadline, meter)
            except openai.APIStatusError as error:
                asked_s = retry_after_s(error)
                busy = error.status_code == 429 and error.code != "insufficient_quota"
                if last or not (error.status_code in _TRANSIENT or (busy and asked_s is not None)):
                    raise
                pause_s = max(pause_s, asked_s or 0.0)
                if pause_s + _LEAST_ASKING_S > deadline.left_s():
                    raise
            except openai.APIError as error:
                late = isinstance(error, openai.APITimeoutError)
                if last or late or not isinstance(error, openai.APIConnectionError):
                    raise self._explained(error, deadline.limit_s) from None
            if self._stopped.wait(min(pause_s, deadline.left_s())):
                raise JudgeError("The request was given up.", "Ask again.", retryable=True)
        raise AssertionError("the second attempt returns or raises")

    def _once(
        self,
        messages: list[Message],
        arguments: dict[str, Any],
        deadline: Deadline,
        meter: Meter,
    ) -> dict[str, Any]:
        """One request and its whole body, which may neither be endless nor drip for ever."""
        import httpx2
        import openai

        create: Any = self._client.chat.completions.with_streaming_response.create
        request = httpx2.Request("POST", self.place)
        meter.sent()
        body = bytearray()
        try:
            with create(
                model=self.model, messages=messages, timeout=deadline.left_s(), **arguments
            ) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    deadline.left_s()
                    if len(body) > _MOST_BYTES:
                        raise too_much()
        except httpx2.TimeoutException:
            raise openai.APITimeoutError(request) from None
        except httpx2.DecodingError:
            raise not_the_product(JUDGING, self.place) from None
        except httpx2.TransportError as error:
            raise openai.APIConnectionError(request=request) from error
        try:
            reply = json.loads(bytes(body))
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            raise not_the_product(JUDGING, self.place)
        meter.replied(reply)
        return reply

    def _text_of(self, reply: dict[str, Any]) -> str:
        choice = _choice_of(reply, self.place)
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        finish = choice.get("finish_reason")
        if message.get("refusal") or finish == "content_filter":
            raise would_not()
        if finish == "length":
            raise JudgeError(
                f"The reply was cut off at {self._max_tokens} tokens.",
                "Take a model that thinks and writes less.",
            )
        text = message.get("content")
        if not isinstance(text, str) or not text.strip():
            raise JudgeError("The reply was empty.", "Try again, or take another model.")
        if len(text) > _MOST_LETTERS:
            raise too_much()
        return text

    def _explained(self, error: Exception, limit_s: float) -> InterviewerError:
        return explained(error, JUDGING, place=self.place, model=self.model, limit_s=limit_s)


def _piece_of(chunk: Any) -> str:
    """The text in one piece of a streamed reply; servers send pieces without any."""
    choices = getattr(chunk, "choices", None) or []
    delta = getattr(choices[0], "delta", None) if choices else None
    text = getattr(delta, "content", None)
    return text if isinstance(text, str) else ""


def _model_names(listed: object) -> list[object]:
    """The ids in a list of models as JSON, whatever it turns out to be."""
    models = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(models, list):
        return []
    return [model.get("id") for model in models if isinstance(model, dict)]


def _choice_of(reply: dict[str, Any], place: str) -> dict[str, Any]:
    """The first choice of a reply; servers send much that only looks like one."""
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices:
        raise not_the_product(JUDGING, place)
    return choices[0] if isinstance(choices[0], dict) else {}
