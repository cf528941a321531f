"""Captions: parsers that are not ours read them, and they keep to their measures."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import srt
import webvtt
from exported import ANSWERS, answered, noise, put, session, source, spoken
from fakes import started

from voice_interviewer.archive.export import format_named
from voice_interviewer.archive.export.captions import cues_of
from voice_interviewer.archive.export.source import Source, source_of
from voice_interviewer.archive.export.timeline import timeline_of
from voice_interviewer.core.style import Interviewer, Style
from voice_interviewer.core.transcript import Transcript, Word, words_of
from voice_interviewer.errors import UsageError


def vtt_of(made: Source) -> webvtt.WebVTT:
    return webvtt.from_string(format_named("vtt").render(made).decode())


def srt_of(made: Source) -> list[srt.Subtitle]:
    return list(srt.parse(format_named("srt").render(made).decode(), ignore_errors=False))


def one_answer(tmp_path: Path, said: Transcript, seconds: float) -> Source:
    state, folder = put(tmp_path, [started(), *answered(1, said, None)], {1: noise(seconds)})
    return source_of(state, folder)


def test_every_word_is_captioned_once_in_both_formats(tmp_path: Path) -> None:
    made = source(tmp_path)
    said = " ".join(" ".join(answer.replace("\u202e", " ").split()) for answer in ANSWERS)
    for texts in (
        [caption.text for caption in vtt_of(made) if caption.voice == "Candidate"],
        [cue_text for cue_text in candidate_texts(made)],
    ):
        words = " ".join(" ".join(texts).split())
        for word in ("red.", "alert(1)", "{{7*7}}", "Once", "really."):
            assert words.count(word) == said.count(word), word


def candidate_texts(made: Source) -> list[str]:
    return ["\n".join(cue.text) for cue in cues_of(made) if cue.speaker == "Candidate"]


def test_cues_keep_to_two_short_lines_and_seven_seconds_and_never_overlap(tmp_path: Path) -> None:
    made = source(tmp_path)
    cues = list(vtt_of(made))
    assert {cue.voice for cue in cues} == {"Interviewer", "Candidate"}
    for cue in cues:
        assert len(cue.lines) <= 2
        assert 0 < cue.end_in_seconds - cue.start_in_seconds <= 7.001
    subtitles = srt_of(made)
    for subtitle in subtitles:
        assert all(len(line) <= 42 for line in subtitle.content.splitlines()), subtitle.content
    for before, after in pairwise(subtitles):
        assert before.end <= after.start
    assert [subtitle.index for subtitle in subtitles] == list(range(1, len(subtitles) + 1))


def test_words_are_timed_inside_webvtt_cues(tmp_path: Path) -> None:
    made = one_answer(tmp_path, spoken("one two three"), 3.0)
    at_s = made.timeline.slots[0].answer_s
    text = format_named("vtt").render(made).decode()
    assert f"<00:00:0{at_s + 0.9:.3f}>two <00:00:0{at_s + 1.3:.3f}>three" in text


def test_what_was_said_is_never_markup_in_captions(tmp_path: Path) -> None:
    made = source(tmp_path)
    raw = format_named("vtt").render(made).decode()
    assert "<script>" not in raw
    assert "&lt;/span&gt;&lt;script&gt;" in raw
    assert raw.count("-->") == len(list(vtt_of(made)))
    subtitles = format_named("srt").render(made).decode()
    assert "<" not in subtitles
    assert "{" not in subtitles


def test_a_pause_ends_a_caption(tmp_path: Path) -> None:
    made = one_answer(tmp_path, spoken("before it after it", pause_after=1), 6.0)
    assert candidate_texts(made) == ["before it", "after it"]


def test_captions_count_in_the_recordings_put_together(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    slots = timeline_of(state, folder).slots
    assert [slot.prompt_s for slot in slots[1:]] == [slot.end_s for slot in slots[:-1]]
    lengths = [slot.end_s - slot.answer_s for slot in slots]
    assert lengths[0] == pytest.approx(spoken(ANSWERS[0], pause_after=2).audio_s + 0.5, abs=1e-3)
    first = next(cue for cue in cues_of(source_of(state, folder)) if cue.speaker == "Candidate")
    assert first.start_s == pytest.approx(slots[0].answer_s + 0.5, abs=1e-3)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words_of("no times at all"), id="none"),
        pytest.param(
            (Word(text="no", start_s=float("nan"), end_s=1.0), *words_of("times at all")), id="nan"
        ),
        pytest.param(
            (
                Word(text="no", start_s=9.0, end_s=2.0),
                Word(text="times", start_s=1.0, end_s=900.0),
                Word(text="at all", start_s=-5.0, end_s=-4.0),
            ),
            id="impossible",
        ),
        pytest.param((Word(text="no times at all " + "x" * 500, start_s=0, end_s=90),), id="long"),
    ],
)
def test_words_without_sensible_times_stay_inside_their_answer(
    tmp_path: Path, words: tuple[Word, ...]
) -> None:
    made = one_answer(tmp_path, Transcript(words=words, audio_s=4.0), 4.0)
    cues = list(vtt_of(made))
    assert cues[-1].end_in_seconds <= made.timeline.duration_s + 0.11
    spoken_cues = [cue for cue in cues if cue.voice == "Candidate"]
    assert " ".join(cue.text for cue in spoken_cues).split()[:4] == ["no", "times", "at", "all"]
    assert srt_of(made)


def test_interviewers_are_labelled_by_name(tmp_path: Path) -> None:
    panel = Style(interviewers=(Interviewer(name="Dr <Ada>"),), acknowledge=False)
    events = [started(style=panel), *answered(1, spoken("well then"), None)]
    state, folder = put(tmp_path, events, {1: noise(2.0)})
    assert "<v Dr &lt;Ada&gt;>" in format_named("vtt").render(source_of(state, folder)).decode()
    assert srt_of(source_of(state, folder))[0].content.startswith("Dr ‹Ada›: ")


def test_a_typed_session_cannot_be_captioned(tmp_path: Path) -> None:
    typed = answered(1, Transcript(words=words_of("typed")), None, recorded=False)
    state, folder = put(tmp_path, [started(), *typed])
    for name in ("vtt", "srt", "mp3"):
        with pytest.raises(UsageError, match="no recordings"):
            format_named(name).render(source_of(state, folder))


def test_captions_go_on_where_one_recording_is_gone(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    (folder / "audio/turn-002.wav").unlink()
    made = source_of(state, folder)
    assert made.timeline.slots[1].end_s - made.timeline.slots[1].answer_s > 3
    assert "Once more" in " ".join(caption.text for caption in vtt_of(made))
