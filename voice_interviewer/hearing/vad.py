"""Is somebody speaking? Silero VAD v6, the copy that faster-whisper brings along."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.errors import WeightsError

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

CHUNK = 512
CHUNK_S = CHUNK / HEARING_RATE_HZ

_CONTEXT = 64
_STATE = (1, 1, 128)
_MODEL = Path("assets") / "silero_vad_v6.onnx"
_HINT = "Type: pip install --force-reinstall --no-deps 'faster-whisper>=1.2.1,<2'"


class Vad:
    """Speech probability of consecutive chunks of 512 samples (32 ms at 16 kHz).

    The network remembers what it heard, so chunks have to come in order; `reset` forgets.
    Raises WeightsError when the model or onnxruntime is missing or broken.

    Attributes:
        echo: never True; it does not know what is played.
    """

    echo = False

    def __init__(self) -> None:
        self._session = _open_session(_model_path())
        self.reset()

    def reset(self) -> None:
        """Begin with another recording."""
        self._context: Samples = np.zeros(_CONTEXT, dtype=np.float32)
        self._hidden: Samples = np.zeros(_STATE, dtype=np.float32)
        self._cell: Samples = np.zeros(_STATE, dtype=np.float32)

    def probability(self, chunk: Samples) -> float:
        """How likely this chunk holds speech, in [0, 1]. `chunk` is float32 of shape (512,)."""
        heard = np.concatenate([self._context, chunk])[np.newaxis, :]
        output, self._hidden, self._cell = self._session.run(
            None, {"input": heard, "h": self._hidden, "c": self._cell}
        )
        self._context = chunk[-_CONTEXT:]
        return float(output.item())


def _model_path() -> Path:
    """Where the model lies; faster_whisper itself is not imported."""
    spec = importlib.util.find_spec("faster_whisper")
    if spec is None or not spec.origin:
        raise WeightsError("faster-whisper, which brings the speech detector, is missing.", _HINT)
    path = Path(spec.origin).parent / _MODEL
    if not path.is_file():
        raise WeightsError(f"The speech detector {path} is missing.", _HINT)
    return path


def _open_session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise WeightsError(
            f"onnxruntime is missing ({error}).", "Type: pip install onnxruntime"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise WeightsError(f"The speech detector {path} cannot be loaded.", _HINT) from error
