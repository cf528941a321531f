"""Servers on loopback, well-behaved and not."""

from __future__ import annotations

import pytest
from judging_server import KEY, Chat
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from voice_interviewer.judging.negotiation import MANNERS
from voice_interviewer.judging.options import JudgeOptions


@pytest.fixture(autouse=True)
def _servers_are_strangers() -> None:
    """No test knows what another one found out about the server at the same address."""
    MANNERS.forget()


@pytest.fixture
def chat(httpserver: HTTPServer) -> Chat:
    return Chat(httpserver)


@pytest.fixture
def with_key(chat: Chat) -> JudgeOptions:
    return chat.options(api_key=SecretStr(KEY))
