"""The systems that are measured, each with the settings it is given.

Everybody gets the same weights, the same thread limit and int8. `shipped` means that everything
else is left as its authors ship it. Settings that are named here instead bring a peer as close to
ours as it goes: beam 1, and as little waiting for silence as works.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
OURS = HERE / "ours_live.py"
PLAIN = HERE / "peers" / "plain_faster_whisper.py"
REALTIME_STT = HERE / "peers" / "realtime_stt.py"
WHISPER_LIVE_KIT = HERE / "peers" / "whisper_live_kit.py"
WHISPER_LIVE = HERE / "peers" / "whisper_live_server.py"


@dataclass(frozen=True)
class System:
    """One system under test.

    Args:
        title: how tables call it.
        script: its adapter.
        end: told at the end of speech (`key`), or left to notice it (`silence`).
        beam: beam width; None leaves it as shipped.
        options: see the adapter.
        usual: part of a run that names no systems.
    """

    title: str
    script: Path
    end: Literal["key", "silence"]
    beam: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    usual: bool = True

    @property
    def ours(self) -> bool:
        """True for this project's own engine."""
        return self.script == OURS


_PIECES = {"batch_size": 0, "post_speech_silence_duration": 0.2}

SYSTEMS = {
    "ours-key": System("voice-interviewer", OURS, "key", 1),
    "plain-1": System("faster-whisper after the end, beam 1", PLAIN, "key", 1),
    "plain-5": System("faster-whisper after the end, beam 5", PLAIN, "key", 5),
    "realtimestt-key": System(
        "RealtimeSTT, stop() at the end, pieces cut at 0.2 s, beam 1",
        REALTIME_STT,
        "key",
        1,
        _PIECES,
    ),
    "whisperlivekit-key": System(
        "WhisperLiveKit LocalAgreement, end of stream, beam 1", WHISPER_LIVE_KIT, "key", 1
    ),
    "whisperlivekit-shipped": System(
        "WhisperLiveKit LocalAgreement, end of stream, shipped",
        WHISPER_LIVE_KIT,
        "key",
        usual=False,
    ),
    "ours-silence": System("voice-interviewer", OURS, "silence", 1),
    "realtimestt-silence": System(
        "RealtimeSTT, 0.2 s of silence, early transcription, beam 1",
        REALTIME_STT,
        "silence",
        1,
        {**_PIECES, "early_transcription_on_silence": 0.03},
    ),
    "realtimestt-shipped": System("RealtimeSTT, shipped", REALTIME_STT, "silence", usual=False),
    "whisperlivekit-silence": System(
        "WhisperLiveKit LocalAgreement, beam 1", WHISPER_LIVE_KIT, "silence", 1, usual=False
    ),
    "whisperlive-silence": System(
        "WhisperLive, complete after 3 equal outputs, beam 1",
        WHISPER_LIVE,
        "silence",
        1,
        {"same_output_threshold": 3},
    ),
    "whisperlive-shipped": System("WhisperLive, shipped", WHISPER_LIVE, "silence", usual=False),
}
