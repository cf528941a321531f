"""The shipped kinds of interview, a user's own, and what is said where one cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_interviewer import presets as kinds
from voice_interviewer.errors import ConfigError, UsageError
from voice_interviewer.presets import presets, style_of

SHIPPED = ("rehearsal", "coaching", "phone-screen", "panel", "pressure", "drill")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kinds, "own_presets", lambda _settings_file=None: (tmp_path,))
    return tmp_path


def test_every_shipped_kind_says_what_it_is_and_makes_a_style(own: Path) -> None:
    assert tuple(kind.name for kind in presets()) == SHIPPED
    for kind in presets():
        assert kind.title
        assert kind.about.endswith(".")
        assert kind.path.read_text().startswith("# "), "its file explains it"
        assert style_of(kind.name).preset == kind.name


def test_the_kinds_differ_where_they_should(own: Path) -> None:
    assert style_of("coaching").feedback == "each"
    assert style_of("phone-screen").strict_time
    assert style_of("phone-screen").minutes == 20
    assert [who.name for who in style_of("panel").interviewers] == ["Maya", "Tom", "Irene"]
    assert style_of("pressure").pressure is not None
    assert style_of("rehearsal").pressure is None


@pytest.mark.parametrize(("difficulty", "follow_ups"), [("gentle", 1), ("hard", 4)])
def test_difficulty_goes_on_top_of_the_kind(own: Path, difficulty: str, follow_ups: int) -> None:
    assert style_of("rehearsal", difficulty=difficulty).follow_ups == follow_ups


def test_the_interviewers_can_be_named(own: Path) -> None:
    style = style_of("panel", interviewers=["irene"], seed=4)
    assert [who.name for who in style.interviewers] == ["Irene"]
    assert style.seed == 4


def test_a_file_of_ones_own_is_a_kind_of_its_own(own: Path) -> None:
    (own / "friday.toml").write_text('title = "Friday"\n[style]\nfollow_ups = 0\n')
    assert [kind.title for kind in presets()][-2:] == ["Friday", "Drill"]
    assert style_of("friday").follow_ups == 0


def test_kinds_lie_beside_the_settings_file_in_force_and_beside_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, other = tmp_path / "usual", tmp_path / "other"
    where = "voice_interviewer.presets.platformdirs.user_config_path"
    monkeypatch.setattr(where, lambda _app: usual)
    for folder, follow_ups in ((usual, 1), (other, 2)):
        (folder / "presets").mkdir(parents=True)
        text = f"[style]\nfollow_ups = {follow_ups}\n"
        (folder / "presets" / "both.toml").write_text(text)
        (folder / "presets" / f"{folder.name}.toml").write_text(text)
    mine = other / "mine.toml"
    assert {"both", "usual"} <= {kind.name for kind in presets()}
    assert "other" not in {kind.name for kind in presets()}
    assert {"both", "usual", "other"} <= {kind.name for kind in presets(mine)}
    assert style_of("both", settings_file=mine).follow_ups == 2
    assert style_of("both").follow_ups == 1


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ({"preset": "panell"}, "Did you mean panel?"),
        ({"preset": "zzz"}, "There are: rehearsal"),
        ({"preset": "panel", "difficulty": "hrad"}, "Did you mean hard?"),
        ({"preset": "panel", "interviewers": ["mia"]}, "Did you mean maya?"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_those_that_are(
    own: Path, names: dict[str, str], hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        style_of(**names)  # type: ignore[arg-type]
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[style]\nfollow_ups = 99\n", "style.follow_ups"),
        ("[style]\nfollow_up = 1\n", "style.follow_up"),
        ("[style\n", "cannot be read"),
    ],
)
def test_a_broken_file_is_named_with_its_key(own: Path, text: str, message: str) -> None:
    (own / "mine.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        style_of("mine")
    assert "mine.toml" in caught.value.message
    assert message in caught.value.message
