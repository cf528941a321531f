"""Commands at the end of an utterance: what people say and Whisper writes, and what is none."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.core.transcript import Word, words_of
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.spoken_commands import LEAST_PAUSE_S, find_command
from voice_interviewer.hearing.transcriber import WhisperTranscriber
from voice_interviewer.weights.find import PACKAGE, packaged_weights

DONE = [
    "That's my answer.",
    "That is my answer.",
    "that’s my answer",
    "That's my final answer.",
    "That is my final answer, thank you.",
    "So that's my answer.",
    "Okay, that's my answer.",
    "And yeah, that's my answer.",
    "That would be my answer.",
    "That's my answer to that question.",
    "I'm done.",
    "Okay, I'm finished.",
    "I'm done with my answer.",
]
HOLD = [
    "Give me a moment.",
    "Give me a second.",
    "Give me a minute, please.",
    "Please give me a moment.",
    "Just give me one second.",
    "Can you give me a moment?",
    "Could you give me just a moment, please?",
    "Um, give me a few seconds.",
    "Give me a little more time.",
    "Let me think.",
    "Let me think about that for a moment.",
    "Hmm, let me think for a second.",
    "I need a moment.",
    "I just need a minute to think.",
    "Can I have a moment?",
    "One moment, please.",
    "Just a second, please.",
    "Bear with me.",
    "Wait a second.",
]
REPEAT = [
    "Repeat the question.",
    "Please repeat the question.",
    "Can you repeat the question, please?",
    "Could you please repeat the question?",
    "Sorry, could you repeat that?",
    "Would you mind repeating the question?",
    "Can you say that again?",
    "Could you ask the question again, please?",
    "What was the question again?",
    "Sorry, what was the question?",
    "Can I hear the question once more?",
]
SKIP = [
    "Skip this one.",
    "Skip this question.",
    "Let's skip this one.",
    "Lets skip this.",
    "Skip the question, please.",
    "Can we skip this one?",
    "I'd like to skip this question.",
    "I'd rather skip this one.",
    "I think I'll skip this one.",
    "I'll pass on this one.",
    "Let's move on to the next question.",
    "Next question, please.",
    "I'll pass.",
]
NONE = [
    "",
    "So the policy would skip this one.",
    "My answer to that is my answer to everything.",
    "I told the manager that's my answer.",
    "We skip this question when the reward is flat.",
    "And then the agent learns to skip this one.",
    "I had to repeat the question to the customer.",
    "They asked me to repeat the question.",
    "The model would ask, can you repeat the question?",
    "That's my answer to the first half, the second half is harder.",
    "Give me a moment of your time, the caller said, and I did.",
    "He said give me a moment and left.",
    "Let me think about the second part of this, which is the learning rate.",
    "I took a moment to think.",
    "I'm done with the first part, and the second part was harder.",
    "When the loss is flat I'm done.",
    "We moved on to the next question.",
    "The tests have to pass.",
    "That was the answer we gave them.",
    "Skip this one. Actually no, I can say something about it.",
    "We would. Skip this one.",
]


def spoken(text: str, gaps: dict[int, float] | None = None) -> tuple[Word, ...]:
    """Words of 0.3 s each; before word i there is a gap of `gaps[i]` seconds, else none."""
    words, now_s = [], 0.0
    for index, piece in enumerate(text.split()):
        now_s += (gaps or {}).get(index, 0.0)
        words.append(Word(text=piece, start_s=now_s, end_s=now_s + 0.3))
        now_s += 0.3
    return tuple(words)


TABLE = [
    (command, text)
    for command, texts in (("done", DONE), ("hold", HOLD), ("repeat", REPEAT), ("skip", SKIP))
    for text in texts
]


@pytest.mark.parametrize(("command", "text"), TABLE, ids=[text for _, text in TABLE])
def test_a_command_is_found_alone_and_as_the_last_sentence(command: str, text: str) -> None:
    for words in (spoken(text), words_of(text)):
        found = find_command(words)
        assert found is not None
        assert (found.command, found.first_word) == (command, 0)
    before = "We measured it twice and the second run was better."
    found = find_command(spoken(f"{before} {text}"))
    assert found is not None
    assert (found.command, found.first_word) == (command, len(before.split()))


@pytest.mark.parametrize(("command", "text"), TABLE, ids=[text for _, text in TABLE])
def test_inside_a_sentence_it_is_none(command: str, text: str) -> None:
    before = "and what I said to the two of them back then was"
    assert find_command(spoken(f"{before} {text}")) is None
    assert find_command(words_of(f"{before} {text}")) is None
    assert find_command(spoken(f"{text.rstrip('.?')} and so we went on with the work")) is None


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_command(text: str) -> None:
    assert find_command(spoken(text)) is None
    assert find_command(words_of(text)) is None


@pytest.mark.parametrize(
    ("text", "gap_before", "gap_s", "found_at"),
    [
        ("the reward goes up skip this one", 4, LEAST_PAUSE_S, 4),
        ("the reward goes up skip this one", 4, LEAST_PAUSE_S - 0.05, None),
        ("the reward goes up skip this one", 5, 1.0, None),
        ("the policy would skip this one", 3, 1.0, None),  # a hesitation inside a clause
        ("we want them to skip this one", 4, 2.0, None),
        ("and that's the part I know give me a moment", 6, 0.5, 6),
        ("the reward is um give me a moment", 4, 0.5, 4),
        ("it goes up um give me a moment", 3, 0.5, 3),
    ],
)
def test_a_pause_makes_it_an_utterance(
    text: str, gap_before: int, gap_s: float, found_at: int | None
) -> None:
    found = find_command(spoken(text, {gap_before: gap_s}))
    assert (found.first_word if found else None) == found_at


@pytest.fixture(scope="module")
def hear() -> Iterator[Callable[[str], tuple[Word, ...]]]:
    """Says a text with the neural voice and gives what real Whisper writes."""
    for package, extra in (("hibari", "neural-voice"), (PACKAGE, "offline")):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"the extra `{extra}` is not installed")
    from voice_interviewer.speaking.hibari_voice import open_voice
    from voice_interviewer.speaking.voice import VoiceOptions

    weights = packaged_weights()
    assert isinstance(weights, Path)
    voice = open_voice(VoiceOptions())
    transcriber = WhisperTranscriber(weights, HearingOptions())
    yield lambda text: transcriber.transcribe(voice.render(text).at(HEARING_RATE_HZ).samples)
    transcriber.close()
    voice.close()


@pytest.mark.real
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("done", "That's my answer."),
        ("done", "That is my final answer."),
        ("hold", "Give me a moment."),
        ("hold", "Give me a second, please."),
        ("repeat", "Can you repeat the question, please?"),
        ("repeat", "Repeat the question."),
        ("skip", "Let's skip this one."),
        ("skip", "Skip this question."),
    ],
)
def test_a_voice_says_it_and_whisper_writes_it(
    command: str, said: str, hear: Callable[[str], tuple[Word, ...]]
) -> None:
    before = "We looked at the numbers every week, and the second version was clearly better."
    words = hear(f"{before} {said}")
    print(" ".join(word.text for word in words))
    found = find_command(words)
    assert found is not None
    assert found.command == command
    assert find_command(hear(before)) is None


@pytest.mark.real
@pytest.mark.parametrize(
    "said",
    [
        "In a case like that the scheduler would skip this one.",
        "The customer asked me whether I could repeat the question.",
        "My answer to them was always the same, give me a moment of your time and I will show you.",
    ],
)
def test_a_voice_talks_about_it(said: str, hear: Callable[[str], tuple[Word, ...]]) -> None:
    assert find_command(hear(said)) is None
