"""How answers are heard, under the names whisper-ctranslate2 uses."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.hearing.endpointing import PATIENT, EndpointingPreset

_MOST_THREADS = 4


@dataclass(frozen=True)
class HearingOptions:
    """What the recogniser is and when an answer ends.

    Args:
        model: a Whisper size, or a folder with CTranslate2 weights.
        model_directory: a model's folder, or where folders named like models lie.
        language: language of the answers as Whisper names it; `auto` lets Whisper guess.
        compute_type: CTranslate2 quantisation.
        threads: CPU threads of the recogniser; 0 chooses for this machine.
        device: cpu, cuda or auto.
        beam_size: beam width of the decoder.
        initial_prompt: text that precedes the first window.
        hotwords: words to listen for in every window.
        endpointing: which silence ends a spoken answer.
        second_pass: hear every answer again in full windows, for the saved transcript.
        offline: never use the network.
    """

    model: str = "tiny.en"
    model_directory: Path | None = None
    language: str = "en"
    compute_type: str = "int8"
    threads: int = 1
    device: str = "cpu"
    beam_size: int = 1
    initial_prompt: str | None = None
    hotwords: str | None = None
    endpointing: EndpointingPreset = PATIENT
    second_pass: bool = True
    offline: bool = False

    @property
    def cpu_threads(self) -> int:
        """The threads in force: all cores but one, at most four, where 0 was asked for."""
        return self.threads or max(1, min(_MOST_THREADS, _cores() - 1))


def _cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
