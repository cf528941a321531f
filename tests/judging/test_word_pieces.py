"""Words are cut as the base model's vocabulary was made for."""

from __future__ import annotations

from pathlib import Path

from voice_interviewer.judging.wordpiece import WordPieces

VOCABULARY = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "shore", "##d", "##s", "un", "##shore", "cafe", "don"),
    *("'", "t", ",", "%", "5"),
)
PIECES = WordPieces(VOCABULARY)


def cut(text: str) -> list[str]:
    return [VOCABULARY[number] for number in PIECES.numbers(text)]


def test_the_longest_piece_comes_first() -> None:
    assert cut("shored unshored") == ["shore", "##d", "un", "##shore", "##d"]


def test_case_and_accents_do_not_count() -> None:
    assert cut("SHORE Café") == ["shore", "cafe"]


def test_punctuation_stands_alone() -> None:
    assert cut("don't, 5%") == ["don", "'", "t", ",", "5", "%"]


def test_what_is_not_in_the_vocabulary_is_one_unknown_piece() -> None:
    assert cut("shorexyz") == ["[UNK]"]
    assert cut("s" * 500) == ["[UNK]"]


def test_there_are_no_pieces_in_nothing() -> None:
    assert cut(" \u0000 \u00ad ") == []


def test_a_vocabulary_is_one_piece_a_line(tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_text("\n".join(VOCABULARY), encoding="utf-8")
    assert WordPieces.read(path).numbers("shored") == PIECES.numbers("shored")
