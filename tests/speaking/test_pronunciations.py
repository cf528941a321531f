"""Terms are respelled for the voice: whole words, case-aware, the longest first."""

from __future__ import annotations

import pytest

from voice_interviewer.speaking.pronunciation import Pronunciations

SAID = Pronunciations(
    [
        ("KL", "K L"),
        ("PPO", "P P O"),
        ("vLLM", "V L L M"),
        ("vLLM server", "the server"),
        ("C++", "C plus plus"),
        ("softmax", "soft max"),
        ("LoRA", "Laura"),
        ("LoRA", "not this one"),
    ]
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KL-penalised PPO's loss (KL).", "K L-penalised P P O's loss (K L)."),
        ("KLM and PPOs stay", "KLM and PPOs stay"),
        ("kl and lora are other words", "kl and lora are other words"),
        ("Softmax, then softmax", "soft max, then soft max"),
        ("a vLLM  server, then vLLM", "a the server, then V L L M"),
        ("C++, C", "C plus plus, C"),
        ("use LoRA", "use Laura"),
        ("R L H F", "R L H F"),
    ],
)
def test_terms_are_respelled(text: str, said: str) -> None:
    assert SAID.apply(text) == said


def test_without_a_list_nothing_changes() -> None:
    assert Pronunciations().apply("KL of PPO") == "KL of PPO"
