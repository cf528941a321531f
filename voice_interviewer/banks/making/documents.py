"""Job adverts and CVs as numbered lines: text files, and PDF where pypdf is installed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from voice_interviewer.banks.making.outlines import cleaned_text
from voice_interviewer.banks.source import at, clean, read_bytes
from voice_interviewer.errors import BankError

_MOST_CHARACTERS = 30_000
_MOST_PDF_BYTES = 10_000_000
_MOST_PDF_PAGES = 30


@dataclass(frozen=True)
class Source:
    """A document that questions may cite; `name` is how they name it ("job", "cv")."""

    name: str
    lines: tuple[str, ...]


def read_source(name: str, path: Path) -> Source:
    """A text or PDF file, safe to show. Raises BankError."""
    text = _pdf_text(path) if path.suffix.lower() == ".pdf" else cleaned_text(path)
    if not text.strip():
        raise at(path, 1, 1, "there is no text in it", "A scan needs text recognition first.")
    if len(text) > _MOST_CHARACTERS:
        line = text.count("\n", 0, _MOST_CHARACTERS) + 1
        told = f"more than {_MOST_CHARACTERS} characters are too long for a model"
        raise at(path, line, 1, told, "Leave out what does not matter.")
    return Source(name, tuple(" ".join(line.split()) for line in text.split("\n")))


def _pdf_text(path: Path) -> str:
    data = read_bytes(path, _MOST_PDF_BYTES)
    try:
        pypdf = import_module("pypdf")
    except ImportError:
        raise BankError(
            f"{path} is a PDF, and pypdf is not installed.",
            "Run: pip install 'voice-interviewer[pdf]', or save the text as .txt.",
        ) from None
    try:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages[:_MOST_PDF_PAGES]
        text = "\n".join(page.extract_text() for page in pages)
    except Exception as error:
        raise BankError(
            f"{path} cannot be read as a PDF ({type(error).__name__}).",
            "Save its text as .txt.",
        ) from error
    return "\n".join(clean(line) for line in text.splitlines())
