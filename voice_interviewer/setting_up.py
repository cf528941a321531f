"""Tries and chooses the parts of this machine: what stands behind the first-run screens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from voice_interviewer import judge_offers, settings_file, trying, wiring
from voice_interviewer.config import Settings
from voice_interviewer.core.ports import Speaker
from voice_interviewer.first_run import JudgeOffer, Tell

_SENTENCE = "Hello. This is how your interviewer will sound. Shall we begin?"


class SettingUp:
    """The first run of one front desk.

    Args:
        settings: those in force, whenever they are asked for.
        change: writes settings to the user's file at once; None takes one out.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        change: Callable[[Mapping[str, str | None]], object],
    ) -> None:
        self._settings = settings
        self._change = change
        self._lock = threading.Lock()
        self._speaker: Speaker | None = None

    def seen(self) -> None:
        """Make the user's settings file where there is none. Raises StorageError."""
        settings_file.begin_file(self._settings().file)

    def now(self, key: str) -> str:
        """A setting as it stands; empty where it is not set."""
        return settings_file.typed(self._settings(), key)

    def keep(self, values: Mapping[str, str]) -> str:
        """Write settings to the user's file, all or none; what wins over them, as a sentence.

        Raises ConfigError, StorageError.
        """
        self._change({key: text or None for key, text in values.items()})
        settings = self._settings()
        told = settings_file.stronger(settings, values)
        if not told and values.get("judge.api_key") and wiring.vendor_key(settings) is not None:
            told = "OPENAI_API_KEY is set and wins: the key is kept and not used."
        return told

    def microphones(self) -> tuple[str, ...]:
        """The microphones there are, the system's own choice first. Raises AudioError."""
        return wiring.microphones()

    def watch(
        self,
        microphone: str,
        level: Callable[[float], None],
        warn: Callable[[str, bool], None],
        stop: threading.Event,
    ) -> None:
        """Tell the level of a microphone until `stop`. Raises AudioError."""
        trying.watch_microphone(microphone or None, level, warn, stop)

    def voices(self) -> tuple[str, ...]:
        """The voices that can be chosen."""
        return wiring.voices()

    def say(self, voice: str) -> str:
        """Say a sentence in a voice; what was wrong with it. Raises InterviewerError."""
        told: list[str] = []
        speaker = wiring.open_speaker(self._settings(), voice)
        with self._lock:
            self._speaker = speaker
        try:
            speaker.speak(_SENTENCE, started=lambda _voice, _audible, notice: told.append(notice))
        finally:
            with self._lock:
                self._speaker = None
            speaker.close()
        return told[0] if told else ""

    def hush(self) -> None:
        """Stop the sentence."""
        with self._lock:
            if self._speaker is not None:
                self._speaker.stop()

    def judges(self) -> tuple[JudgeOffer, ...]:
        """The judges that could be chosen here."""
        return judge_offers.offers(self._settings())

    def fetch(self, model: str, tell: Tell) -> None:
        """Fetch a language model. Raises WeightsError, UsageError."""
        judge_offers.fetch(self._settings(), model, tell)

    def test(self, offer: JudgeOffer, tell: Tell) -> str:
        """Run the self-test of a judge; what it says. Raises InterviewerError."""
        return judge_offers.test(self._settings(), offer, tell)
