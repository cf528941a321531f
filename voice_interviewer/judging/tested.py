"""The results of self-tests, kept beside the sessions so that a model is tested only once."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import ValidationError

from voice_interviewer.core.frozen import Frozen
from voice_interviewer.errors import StorageError
from voice_interviewer.judging.fitness import Outcome
from voice_interviewer.judging.options import Way

FILE_NAME = "judge-tests.json"
OURS = "this machine"
"""The place of a model that we run ourselves."""

_VERSION = 1


class ModelTest(Frozen):
    """One model's result.

    Args:
        place: its server, as it may be shown, or OURS.
        at: when, as ISO 8601 in UTC.
        bank: whose questions were used.
        questions: how many.
    """

    place: str
    model: str
    at: str
    bank: str
    questions: int
    outcome: Outcome


class ModelTests:
    """The kept results, one for each place and model; a file that cannot be read holds none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def of(self, place: str, model: str) -> ModelTest | None:
        """The result for this model, or None where there is none."""
        return next((t for t in self._all() if (t.place, t.model) == (place, model)), None)

    def way(self, place: str, model: str) -> Way | None:
        """How this model may be asked; None where it was not tested."""
        found = self.of(place, model)
        return found.outcome.way if found is not None else None

    def keep(self, tested: ModelTest) -> None:
        """Keep a result in place of an earlier one. Raises StorageError."""
        others = [t for t in self._all() if (t.place, t.model) != (tested.place, tested.model)]
        results = [t.model_dump(mode="json") for t in (*others, tested)]
        text = json.dumps({"v": _VERSION, "results": results}, indent=1) + "\n"
        unfinished = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            unfinished.replace(self._path)
        except OSError as error:
            raise StorageError(
                f"The result cannot be kept in {self._path} ({error.strerror}).",
                "Check its rights and the free space, or choose another folder with --data-dir.",
            ) from error

    def _all(self) -> list[ModelTest]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        if not isinstance(stored, dict) or stored.get("v") != _VERSION:
            return []
        results = stored.get("results")
        found = []
        for entry in results if isinstance(results, list) else ():
            try:
                found.append(ModelTest.model_validate(entry))
            except ValidationError:
                continue
        return found
