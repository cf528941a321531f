"""A sentence is rendered once, and a damaged cache never costs the sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from speaking_fakes import ToneVoice

from voice_interviewer.errors import VoiceError
from voice_interviewer.speaking.cache import CachedVoice
from voice_interviewer.speaking.voice import VoiceOptions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "renders"


def test_second_render_comes_from_disk_and_sounds_the_same(folder: Path) -> None:
    first = CachedVoice(ToneVoice(), folder).render("the same words")
    voice = ToneVoice()
    again = CachedVoice(voice, folder).render("the same words")
    assert voice.rendered == []
    assert again.rate_hz == first.rate_hz
    assert np.abs(again.samples - first.samples).max() < 2 / 32_768


@pytest.mark.parametrize(
    "other",
    [
        ToneVoice(name="another"),
        ToneVoice(options=VoiceOptions(rate_wpm=200)),
        ToneVoice(options=VoiceOptions(voice_id="emma")),
        ToneVoice(options=VoiceOptions(language="de")),
    ],
)
def test_another_voice_rate_or_language_is_another_entry(folder: Path, other: ToneVoice) -> None:
    CachedVoice(ToneVoice(), folder).render("words")
    CachedVoice(other, folder).render("words")
    assert other.rendered == ["words"]


def test_folder_and_files_are_private(folder: Path) -> None:
    CachedVoice(ToneVoice(), folder).render("private")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert [stat.S_IMODE(f.stat().st_mode) for f in files] == [0o600]
    assert "private" not in files[0].name


@pytest.mark.parametrize("damage", ["torn", "flipped", "emptied"])
def test_a_damaged_entry_is_rendered_again(folder: Path, damage: str) -> None:
    good = CachedVoice(ToneVoice(), folder).render("some longer words")
    (entry,) = folder.iterdir()
    data = bytearray(entry.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 0x10
    entry.write_bytes({"torn": data[: len(data) // 2], "flipped": data, "emptied": b""}[damage])
    voice = ToneVoice()
    repaired = CachedVoice(voice, folder).render("some longer words")
    assert voice.rendered == ["some longer words"]
    assert len(repaired.samples) == len(good.samples)
    CachedVoice(voice, folder).render("some longer words")
    assert voice.rendered == ["some longer words"], "the repaired entry is used"


def test_the_entry_used_longest_ago_goes_first(folder: Path) -> None:
    cached = CachedVoice(ToneVoice(), folder)
    cached.render("a" * 100)
    (first,) = folder.iterdir()
    size = first.stat().st_size
    cached.render("b" * 100)
    long_ago = 1_000_000_000
    for age, path in enumerate(sorted(folder.iterdir(), key=lambda p: p == first)):
        os.utime(path, (long_ago + age, long_ago + age))
    small = CachedVoice(ToneVoice(), folder, limit_bytes=int(size * 2.5))
    small.render("b" * 100)
    small.render("c" * 100)
    kept = ToneVoice()
    CachedVoice(kept, folder).render("b" * 100)
    assert kept.rendered == [], "what was just used stays"
    assert not first.exists()
    assert sum(p.stat().st_size for p in folder.iterdir()) <= size * 2.5


def test_a_cache_that_cannot_be_written_still_speaks(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    sound = CachedVoice(ToneVoice(), blocked / "renders").render("aloud")
    assert len(sound.samples) > 0


def test_a_full_disk_still_speaks_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert len(CachedVoice(ToneVoice(), folder).render("aloud").samples) > 0
    assert list(folder.iterdir()) == []


def test_failures_are_not_cached_and_close_reaches_the_voice(folder: Path) -> None:
    voice = ToneVoice(error=VoiceError("Broken.", "Mend it."))
    cached = CachedVoice(voice, folder)
    with pytest.raises(VoiceError):
        cached.render("words")
    voice.error = None
    assert cached.render("words").duration_s > 0
    cached.close()
    assert voice.closed
    assert (cached.name, cached.options) == ("tone", VoiceOptions())
