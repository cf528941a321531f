"""One contract for every speech engine: the local Whisper, and servers that give much or little."""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from transcription_server import MODEL, Gives, TranscriptionServer, serving

from voice_interviewer.audio.sound import read_sound
from voice_interviewer.core.transcript import Word, tokens_of
from voice_interviewer.errors import InterviewerError
from voice_interviewer.hearing.engine import Transcriber
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.remote import RemoteOptions, RemoteTranscriber
from voice_interviewer.hearing.transcriber import WhisperTranscriber
from voice_interviewer.weights.find import PACKAGE, packaged_weights

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        importlib.util.find_spec(PACKAGE) is None, reason="the extra `offline` is not installed"
    ),
]

SAMPLES = Path(__file__).resolve().parents[2] / "questions" / "samples"
CLIP = "rlhf-pipeline.sft-stage"
OTHER_CLIP = "rlhf-pipeline.before-after"
RATE_HZ = 16_000
TERMS = ("Kubernetes", "quantisation", "vLLM", "Bradley-Terry", "reward model")
Opener = Callable[[], Transcriber]


def samples_of(clip: str) -> np.ndarray:
    return read_sound(SAMPLES / "audio" / f"{clip}.ogg").at(RATE_HZ).samples


def said_in(clip: str) -> list[str]:
    script = YAML(typ="safe").load(SAMPLES / "script.yaml")
    return tokens_of(str(script[clip]))


def tokens(words: tuple[Word, ...]) -> list[str]:
    return tokens_of(" ".join(word.text for word in words))


def share_heard(words: tuple[Word, ...], clip: str) -> float:
    heard, said = tokens(words), said_in(clip)
    return sum(token in heard for token in said) / len(said)


def weights() -> Path:
    found = packaged_weights()
    assert found is not None
    return found


def local() -> Iterator[Opener]:
    yield lambda: WhisperTranscriber(weights(), HearingOptions())


def remote(gives: Gives) -> Callable[[], Iterator[Opener]]:
    def opener() -> Iterator[Opener]:
        server = TranscriptionServer(weights(), gives)
        with serving(server) as url:
            yield lambda: RemoteTranscriber(RemoteOptions(base_url=url, model=MODEL))
        server.stop()

    return opener


ENGINES = {
    "whisper": local,
    "remote": remote("full"),
    "remote-segments": remote("segments"),
    "remote-text": remote("text"),
}


@pytest.fixture(scope="module", params=list(ENGINES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def opened(kind: str) -> Iterator[Opener]:
    yield from ENGINES[kind]()


@pytest.fixture(scope="module")
def engine(opened: Opener) -> Iterator[Transcriber]:
    transcriber = opened()
    transcriber.start()
    yield transcriber
    transcriber.close()


def check_order(words: tuple[Word, ...], duration_s: float) -> None:
    before_s = 0.0
    for word in words:
        assert word.start_s is not None
        assert word.end_s is not None
        assert before_s <= word.start_s <= word.end_s <= duration_s
        assert 0.0 <= word.probability <= 1.0
        assert tokens_of(word.text) or word.text in {"%", "$"}
        assert word.text == word.text.strip()
        assert len(word.text.split()) == 1
        before_s = word.start_s


def test_speech_becomes_words_in_order_inside_the_sound(engine: Transcriber) -> None:
    samples = samples_of(CLIP)
    words = engine.transcribe(samples)
    assert share_heard(words, CLIP) > 0.8
    check_order(words, len(samples) / RATE_HZ)
    assert any(word.text.endswith((".", ",")) for word in words)
    assert engine.problem is None
    assert engine.language == "en"
    assert engine.engine


def test_words_keep_to_where_the_speech_is(engine: Transcriber) -> None:
    """The clip between two silences; the last word ends with the speech, not with the sound."""
    clip = samples_of(CLIP)
    silence = np.zeros(3 * RATE_HZ, dtype=np.float32)
    samples = np.concatenate([silence, clip, silence])
    end_s = 3.0 + len(clip) / RATE_HZ
    words = engine.transcribe(samples, speech=[(3.0, end_s)])
    assert share_heard(words, CLIP) > 0.8
    check_order(words, len(samples) / RATE_HZ)
    assert words[0].start_s is not None
    assert words[0].start_s >= 2.5
    assert words[-1].end_s is not None
    assert end_s - 2.0 <= words[-1].end_s <= end_s + 0.5


def test_silence_gives_no_words(engine: Transcriber) -> None:
    for seconds in (0.0, 0.02, 0.5, 5.0):
        assert engine.transcribe(np.zeros(round(seconds * RATE_HZ), dtype=np.float32)) == ()
        silence = np.zeros(round(seconds * RATE_HZ), dtype=np.float32)
        assert engine.transcribe(silence, terms=TERMS) == ()


def test_noise_gives_no_words(engine: Transcriber, kind: str) -> None:
    if kind == "remote-text":
        pytest.skip("a server that gives text only says nothing about how sure it is")
    noise = np.random.default_rng(0).standard_normal(6 * RATE_HZ).astype(np.float32)
    assert engine.transcribe(0.05 * noise) == ()


def test_a_moment_of_sound_is_no_error(engine: Transcriber) -> None:
    clip = samples_of(CLIP)
    for count in (1, 100, 800):
        check_order(engine.transcribe(clip[4000 : 4000 + count]), count / RATE_HZ)


def test_terms_that_are_not_said_add_no_words(engine: Transcriber) -> None:
    """Not even terms of two hundred characters and more, and signs that no term has."""
    plain = engine.transcribe(samples_of(OTHER_CLIP))
    many = [*TERMS, "\x00\n", *(f"strange{number}" for number in range(60))]
    for terms in (TERMS, many):
        helped = engine.transcribe(samples_of(OTHER_CLIP), terms=terms)
        unsaid = {token for term in terms for token in tokens_of(term)} - set(said_in(OTHER_CLIP))
        assert not (set(tokens(helped)) - set(tokens(plain))) & unsaid
        assert "terms" not in tokens(helped)
        assert share_heard(helped, OTHER_CLIP) > 0.8


def test_thorough_hears_at_least_as_well(engine: Transcriber) -> None:
    words = engine.transcribe(samples_of(CLIP), thorough=True, terms=TERMS, timeout_s=60.0)
    assert share_heard(words, CLIP) > 0.8


def test_samples_out_of_range_are_clipped(engine: Transcriber) -> None:
    words = engine.transcribe(samples_of(CLIP) * np.float32(8.0))
    assert share_heard(words, CLIP) > 0.6
    check_order(words, math.inf)


def test_requests_from_several_threads_wait_for_each_other(engine: Transcriber) -> None:
    heard: dict[str, tuple[Word, ...]] = {}

    def hear(clip: str) -> None:
        heard[clip] = engine.transcribe(samples_of(clip))

    threads = [threading.Thread(target=hear, args=(clip,)) for clip in (CLIP, OTHER_CLIP)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(share_heard(words, clip) > 0.8 for clip, words in heard.items())
    assert len(heard) == 2


def test_a_limit_that_passes_is_an_error_and_the_next_request_is_heard(opened: Opener) -> None:
    transcriber = opened()
    try:
        with pytest.raises(InterviewerError) as caught:
            transcriber.transcribe(samples_of(CLIP), timeout_s=0.001)
        assert caught.value.hint
        assert share_heard(transcriber.transcribe(samples_of(CLIP)), CLIP) > 0.8
    finally:
        transcriber.close()


def test_what_is_closed_hears_no_more_and_says_so(opened: Opener) -> None:
    transcriber = opened()
    transcriber.start()
    transcriber.close()
    transcriber.close()
    for samples in (samples_of(CLIP), np.zeros(RATE_HZ, dtype=np.float32)):
        with pytest.raises(InterviewerError, match="closed") as caught:
            transcriber.transcribe(samples)
        assert caught.value.hint
    assert transcriber.problem is None


def test_closing_ends_a_request_in_progress(opened: Opener) -> None:
    transcriber = opened()
    errors: list[InterviewerError] = []
    minutes = np.tile(samples_of(CLIP), 20)

    def hear() -> None:
        try:
            transcriber.transcribe(minutes)
        except InterviewerError as error:
            errors.append(error)

    thread = threading.Thread(target=hear)
    thread.start()
    thread.join(0.7)
    assert thread.is_alive()
    transcriber.close()
    thread.join(5)
    assert not thread.is_alive()
    assert errors[0].hint
