"""Words of an answer whose sound is lost: a full disk, a torn file, a recording that is gone.

What was told while the answer was taken is in the journal; it stays in the answer where no sound is
left to hear it in.
"""

from __future__ import annotations

from collections.abc import Sequence

from voice_interviewer.core.commands import Transcribe
from voice_interviewer.hearing.engine import Words


def told_in(command: Transcribe, number: int) -> Words:
    """The words committed during recording `number`, counted from 0."""
    before = command.words_before
    if len(before) != len(command.recordings):
        return command.committed if len(command.recordings) == 1 else ()
    last = before[number + 1] if number + 1 < len(before) else len(command.committed)
    return command.committed[before[number] : last]


def not_in(audio_s: float, earlier_s: float, told: Words) -> Words:
    """Those words of a recording that were said after its sound ends; no time is known for them.

    Args:
        audio_s: how much sound there is; without any, nothing of what was told is in it.
        earlier_s: where the recording begins in the turn.
    """

    def lost(start_s: float | None, end_s: float | None) -> bool:
        if not audio_s:
            return True
        return start_s is not None and end_s is not None and (start_s + end_s) / 2 > end_of_sound_s

    end_of_sound_s = earlier_s + audio_s
    return tuple(
        word.model_copy(update={"start_s": None, "end_s": None})
        for word in told
        if lost(word.start_s, word.end_s)
    )


def words_lost(command: Transcribe, audio_s: Sequence[float]) -> bool:
    """True where words were told that the sound of the recordings, so long each, has not."""
    earlier_s = 0.0
    for number, seconds in enumerate(audio_s):
        if not_in(seconds, earlier_s, told_in(command, number)):
            return True
        earlier_s += seconds
    return False
