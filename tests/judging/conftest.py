"""Servers on loopback, well-behaved and not."""

from __future__ import annotations

import pytest
from judging_server import KEY, Chat
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from voice_interviewer.judging.options import JudgeOptions


@pytest.fixture
def chat(httpserver: HTTPServer) -> Chat:
    return Chat(httpserver)


@pytest.fixture
def with_key(chat: Chat) -> JudgeOptions:
    return chat.options(api_key=SecretStr(KEY))
