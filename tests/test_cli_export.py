"""`sessions export` as people and scripts meet it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from command_line import run_here as run

from voice_interviewer.archive.export.saving import save
from voice_interviewer.errors import StorageError


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One typed session, answered twice."""
    folder = tmp_path_factory.mktemp("export")
    options = ("--candidate", "typed", "--voice", "silent", "--judge", "embedded", "--questions")
    done = run(
        "interview", "--headless", *options, "1", "--data-dir", str(folder),
        stdin="My name is Zbigniew and I said it.\n" * 4,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def export(data_dir: Path, *arguments: str) -> tuple[int, str, str]:
    done = run("sessions", "export", "last", *arguments, "--data-dir", str(data_dir))
    return done.returncode, done.stdout, done.stderr


def test_the_file_is_named_after_the_session_private_and_never_overwritten(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = export(data_dir, "--to", "html")
    assert (code, err) == (0, "")
    file = Path(out.strip())
    assert file.suffix == ".html"
    assert len(file.stem) == 6
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [file.name]
    file.write_text("mine")
    code, _, err = export(data_dir, "--to", "html")
    assert code == 1
    assert "is there already" in err
    assert "--force" in err
    assert file.read_text() == "mine"
    assert export(data_dir, "--to", "html", "--force")[0] == 0
    assert "<!doctype html>" in file.read_text()


def test_text_formats_go_to_standard_output(data_dir: Path) -> None:
    code, out, _ = export(data_dir, "--to", "json", "--output", "-")
    assert code == 0
    assert json.loads(out)["turns"][0]["transcript"].startswith("My name is Zbigniew")
    code, out, _ = export(data_dir, "--to", "markdown", "--output", "-", "--redact")
    assert code == 0
    assert "Zbigniew" not in out
    assert str(data_dir) not in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--to", "docx"), 2, "There is no format 'docx'. Say --to markdown, json"),
        (("--to", "anki", "--output", "-"), 2, "anki is no text"),
        (("--to", "html", "--redact-term", "x"), 2, "Add --redact."),
        (("--to", "vtt"), 2, "nothing to caption"),
        (("--to", "json", "--output", "/no/such/folder/x.json"), 1, "cannot be written"),
        (("--to", "json", "--output", "/"), 1, "is no file"),
        (("--to", "json", "--output", "/dev/null", "--force"), 1, "is no file"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_fix(
    data_dir: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    got, out, err = export(data_dir, *arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    monkeypatch.setattr("os.path.lexists", lambda _path: False)
    path.write_text("mine")
    with pytest.raises(StorageError, match="there already"):
        save(path, b"other")
    assert path.read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["x.json"]


def test_a_link_is_replaced_and_what_it_names_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "mine")
    save(link, b"new", replace=True)
    assert (tmp_path / "mine").read_text() == "mine"
    assert link.read_bytes() == b"new"
    assert not link.is_symlink()
