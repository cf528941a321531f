"""Redaction: what it promises to find is nowhere in any format, and nothing else breaks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from exported import answered, judged, noise, put, session, spoken
from fakes import question, started

from voice_interviewer.archive.export import FORMATS, format_named
from voice_interviewer.archive.export.redact import redacted
from voice_interviewer.archive.export.source import source_of
from voice_interviewer.core import events as ev
from voice_interviewer.core.session import State, fold
from voice_interviewer.core.transcript import Transcript, words_of
from voice_interviewer.errors import UsageError

SECRETS = {
    "My name is Zbigniew Kowalczyk, and I scale things.": ["Zbigniew", "Kowalczyk"],
    "my name is zbigniew kowalczyk and i scale things": ["zbigniew", "kowalczyk"],
    "Hi, I'm Siobhan. I did it.": ["Siobhan"],
    "I am Siobhán O'Brien from the team": ["Siobh", "Brien"],
    "They call me Zed.": ["Zed"],
    "I worked with Thandiwe Nkosi on it": ["Thandiwe", "Nkosi"],
    "as Dr. Vogelsang said": ["Vogelsang"],
    "I was at Initech for years": ["Initech"],
    "I worked for McAllister Brothers then": ["McAllister", "Brothers"],
    "So Jennifer's change went in": ["Jennifer"],
    "Write to jeanne.doe+x@mail.umbrella.co.uk today": ["jeanne", "umbrella"],
    "write to jeanne dot doe at umbrella dot com today": ["jeanne", "doe", "umbrella"],
    "Call +1 (555) 867-5309, please.": ["555", "867", "5309"],
    "call five five five eight six seven five three oh nine": ["five five", "eight six"],
    "It is on https://secret.umbrella/x?y=1, mostly": ["secret", "umbrella"],
    "it is on wiki.hidden.io/page or hidden dot io": ["wiki", "hidden"],
    "Look in /home/zed/My Files/cv.pdf or C:\\Users\\Zed\\cv.pdf": ["zed", "cv.pdf", "Users"],
    "Zbig\u200bniew is my name is Zbigniew": ["Zbig"],
    "We say Xanadu, XANADU's and xanadu-like": ["Xanadu", "XANADU", "xanadu"],
    "We say Blue  Harbour, blue harbour": ["Harbour", "harbour"],
}
TERMS = ("Xanadu", "Blue Harbour")


def saying(text: str) -> State:
    """A session in which every kind of text holds this one."""
    said = Transcript(words=words_of(text), engine="fake")
    assessment = judged(said, red="met", round="missed").model_copy(update={"notice": text})
    item = ev.PlanItem(
        question=question("apples", [("red", 1.0), ("round", 2.0)]).model_copy(
            update={"prompt": text, "model_answer": text}
        )
    )
    events = [
        started(item, candidate="audio:/home/zed/answers"),
        *answered(1, said, assessment),
        ev.NoticeRaised(part="microphone", message=f"Al's Headset failed. {text}", hint=text),
    ]
    return fold(events)


@pytest.mark.parametrize(("text", "secrets"), SECRETS.items())
def test_what_identifies_is_nowhere_in_the_session(text: str, secrets: list[str]) -> None:
    left = redacted(saying(text), TERMS).model_dump_json()
    assert "[redacted]" in left
    for secret in secrets:
        assert secret not in left


@pytest.mark.parametrize(
    "text",
    [
        "I'm not sure, and I am working on it at the moment with GPUs.",
        "We ran PPO at 16,000 Hz and/or 24 km/h, 3.5 times.",
        "I worked with PyTorch and NVMe and used TCP/IP.",
        "I'm Also fine At once, as I said.",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redacted(saying(text)).turns[0].transcript == saying(text).turns[0].transcript


def test_devices_recordings_and_folders_are_left_out() -> None:
    state = saying("I said it is red.")
    left = redacted(state)
    assert left.turns[0].recordings == ()
    assert left.turns[0].source == "[redacted]"
    assert left.candidate == "audio:[redacted]"
    assert "Headset" not in left.model_dump_json()


def test_words_keep_their_count_and_times_so_quotes_stand_where_they_stood() -> None:
    said = spoken("My name is Zbigniew Kowalczyk, and it is red.")
    events = [started(), *answered(1, said, judged(said, red="met"))]
    left = redacted(fold(events)).turns[0].transcript
    assert left is not None
    assert left.text == "My name is [redacted] [redacted], and it is red."
    assert [word.start_s for word in left.words] == [word.start_s for word in said.words]


def test_half_a_number_in_a_quote_is_redacted_like_the_whole() -> None:
    said = Transcript(words=words_of("867 53 09 555 is my number"))
    events = [started(), *answered(1, said, judged(said, red="met"))]
    assessment = redacted(fold(events)).turns[0].assessment
    assert assessment is not None
    assert re.fullmatch(r"\[redacted\]( \[redacted\])*", assessment.verdicts[0].evidence[0].quote)


def test_a_correction_that_makes_a_name_whole_is_redacted() -> None:
    said = Transcript(words=words_of("my name is sea bigniew kowalczyk"))
    events = [
        started(),
        *answered(1, said, judged(said, red="met")),
        ev.WordCorrected(turn_id=1, word=3, text="Zbigniew"),
        ev.WordCorrected(turn_id=1, word=4, text=""),
    ]
    left = redacted(fold(events))
    assert "Zbigniew" not in left.model_dump_json()
    assert left.turns[0].corrected is not None
    assert "bigniew" not in left.turns[0].corrected.text


def test_ids_that_hold_a_term_become_others_and_stay_apart() -> None:
    state = saying("It is red.")
    left = redacted(state, ["apples", "red", "round"])
    ids = [criterion.id for criterion in left.plan[0].question.criteria]
    assert len(set(ids)) == 2
    assert not {"red", "round"} & set(ids)
    assert set(left.verdicts(0)) == set(ids)
    assert left.score(0) == state.score(0)


def test_an_empty_term_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        redacted(saying("It is red."), ["\u200b "])


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "mp3"])
def test_every_format_keeps_the_secret(tmp_path: Path, name: str) -> None:
    said = spoken("My name is Zbigniew, I was at Initech, call 555 867 5309 or Xanadu.")
    notice = ev.NoticeRaised(part="speaker", message="Zbigniew's Headphones at /home/zbig/x")
    events = [started(), *answered(1, said, judged(said, red="partial")), notice]
    state, folder = put(tmp_path, events, {1: noise(said.audio_s)})
    made = format_named(name).render(source_of(state, folder, redact=True, terms=["Xanadu"]))
    for secret in ("Zbigniew", "Initech", "867", "Xanadu", "zbig", str(folder), "data:audio"):
        assert secret.encode() not in made


def test_without_redaction_nothing_changes(tmp_path: Path) -> None:
    state, folder = session(tmp_path)
    report = json.loads(format_named("json").render(source_of(state, folder)))
    assert report["path"] == str(folder)
    assert "[redacted]" not in json.dumps(report)
