"""The errors a person may see: what went wrong, and what to do about it."""

from __future__ import annotations


class InterviewerError(Exception):
    """Something failed that the user can mend.

    Args:
        message: what happened, one sentence, no stack trace.
        hint: the fix, as an instruction or the exact line to type.
        retryable: True when the same action may work if simply tried again.

    `choices` names what could be used instead, where there is a choice.
    """

    choices: tuple[str, ...] = ()

    def __init__(self, message: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(InterviewerError):
    """A setting is unknown or has a wrong value; names the file and the key."""


class BankError(InterviewerError):
    """A question bank cannot be read; names the file, line and column."""


class AudioError(InterviewerError):
    """A microphone, speaker or recording cannot be used.

    Args:
        choices: names of the microphones there are instead.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        retryable: bool = False,
        choices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint, retryable=retryable)
        self.choices = choices


class WeightsError(InterviewerError):
    """Model weights are missing, incomplete or not the ones that were pinned."""


class TranscriptionError(InterviewerError):
    """Speech could not be turned into text; the recording is kept."""


class VoiceError(InterviewerError):
    """A voice could not render a sentence."""


class JudgeError(InterviewerError):
    """A judge could not assess an answer."""


class StorageError(InterviewerError):
    """The session folder cannot be read or written."""


class UsageError(InterviewerError):
    """The command line asks for something that cannot be; exit code 2."""


class NothingDueError(InterviewerError):
    """There is nothing to drill, which is no failure: the hint says when there will be."""
