"""The judge with a model that may word the follow-ups and nothing else."""

from __future__ import annotations

import contextlib

from voice_interviewer.core.assessment import Assessment
from voice_interviewer.core.commands import Assess
from voice_interviewer.judging.embedded import EmbeddedJudge
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.phrasing import ModelPhraser


class WordingJudge:
    """The embedded judge's verdicts, and a model that phrases what is asked next.

    Args:
        embedded: judges; whoever passes it closes it.
    """

    name = "wording"

    def __init__(self, options: JudgeOptions, embedded: EmbeddedJudge | None = None) -> None:
        self.phraser = ModelPhraser(options)
        self._embedded = embedded or EmbeddedJudge()

    def assess(self, command: Assess) -> Assessment:
        """The embedded assessment."""
        return self._embedded.assess(command)

    def anticipate(self, command: Assess) -> None:
        """Let the embedded judge look ahead."""
        with contextlib.suppress(Exception):
            self._embedded.anticipate(command)

    def close(self) -> None:
        """Nothing is kept open."""
