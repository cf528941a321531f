"""Says prompts aloud, or says why it cannot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import wait

from voice_interviewer.core.ports import Spoken
from voice_interviewer.errors import AudioError, InterviewerError, VoiceError
from voice_interviewer.speaking.cast import Cast
from voice_interviewer.speaking.clauses import clauses, sentences
from voice_interviewer.speaking.loudness import at_volume, is_silent
from voice_interviewer.speaking.player import Player
from voice_interviewer.speaking.pronunciation import Pronunciations
from voice_interviewer.speaking.reel import Reel
from voice_interviewer.speaking.rendering import Rendered
from voice_interviewer.speaking.renders import Renders
from voice_interviewer.speaking.speech import Speech
from voice_interviewer.speaking.voice import Voice

Started = Callable[[str, bool, str], None]

_POLL_S = 0.02
_TOO_LATE_S = 0.15


class VoiceSpeaker:
    """Renders with a voice and plays on a player. A prompt is over when `speak` returns.

    Prompts are rendered sentence by sentence, those that arrive in chunks clause by clause, each
    while the one before plays.

    Args:
        voice: renders; wrap it in a cache so that repeats start at once.
        player: the loudspeaker.
        voice_name: what the session calls the voice; its own name when empty.
        fallback: renders where `voice` fails.
        open_voice: opens the other voices a prompt may ask for, by name.
        pronunciations: how terms are said; applied to everything that is rendered.
        volume: times as loud as the common loudness; 0 is silence.
    """

    def __init__(
        self,
        voice: Voice,
        player: Player,
        *,
        voice_name: str = "",
        fallback: Voice | None = None,
        open_voice: Callable[[str], Voice] | None = None,
        pronunciations: Pronunciations | None = None,
        volume: float = 1.0,
    ) -> None:
        self._player = player
        self._pronounced = (pronunciations or Pronunciations()).apply
        self._volume = volume
        self._cast = Cast(voice, name=voice_name, fallback=fallback, open_voice=open_voice)
        self._renders = Renders(lambda wish: self._cast.render(*wish))
        self._lock = threading.Lock()
        self._stops = {"speak": threading.Event(), "acknowledge": threading.Event()}
        self._floor = threading.Lock()

    def speak(self, say: str | Iterable[str], *, started: Started, voice: str = "") -> Spoken:
        """Say a prompt; calls `started` once, also when it is stopped before it can be heard.

        Raises AudioError when the speaker fails in the middle of it, and VoiceError when the voice
        or what the text comes from does; what was rendered before that is heard.
        """
        stop = self._begin("speak")
        name = self._cast.name(voice)
        problem = self._player.problem()
        if problem is not None:
            started(name, False, _shown_because(problem))
            return Spoken(cut=False)
        speech = Speech(
            self._pieces(say), lambda piece: self._renders.get((voice, piece)), self._volume, stop
        )
        try:
            opening = speech.first()
        except InterviewerError as error:
            started(name, False, _shown_because(error))
            return Spoken(cut=False)
        if opening is None or not self._has_floor(stop):
            started(name, False, "")
            return Spoken(cut=True)
        try:
            rendered, reel = opening
            if is_silent(rendered.sound) or not self._volume:
                stop.set()
                started(rendered.voice_name, False, rendered.notice)
                return Spoken(cut=False)
            spoken = self._play(rendered, reel, stop, started)
        finally:
            self._floor.release()
        if speech.error is not None and not spoken.cut:
            raise speech.error
        return spoken

    def acknowledge(self, say: str, *, started: Callable[[], None], voice: str = "") -> None:
        """Say a few words at once, or not at all: where they are not rendered within 0.15 s, while
        something else is said, and where nothing can be heard. A later `speak` follows them."""
        if not self._player.available() or not self._floor.acquire(blocking=False):
            return
        try:
            stop = self._begin("acknowledge")
            sound = self._in_time(say, voice)
            if sound is not None and self._volume and not is_silent(sound.sound):
                louder = at_volume(sound.sound, self._volume)
                self._player.play(louder, on_first_sample=started, stop=stop)
        except (AudioError, VoiceError):
            return  # the next prompt says what is wrong
        finally:
            self._floor.release()

    def prepare(self, say: str, *, voice: str = "") -> None:
        """Render ahead where it can be heard, the latest wish first, when nothing else is to do.

        A failure shows when the prompt is spoken.
        """
        if self._player.available():
            self._renders.prepare((voice, piece) for piece in self._pieces(say))

    def stop(self) -> None:
        """Fall silent at once; what is still being rendered is not played."""
        with self._lock:
            for stop in self._stops.values():
                stop.set()

    def close(self) -> None:
        """Fall silent and close the voices."""
        self.stop()
        self._renders.close()
        self._cast.close()
        self._player.close()

    def _begin(self, what: str) -> threading.Event:
        """The stop of what is said now; what is being said of its kind is stopped."""
        stop = threading.Event()
        with self._lock:
            self._stops[what].set()
            self._stops[what] = stop
        return stop

    def _pieces(self, say: str | Iterable[str]) -> Iterator[str]:
        pieces = sentences(say) if isinstance(say, str) else clauses(say)
        return map(self._pronounced, pieces)

    def _in_time(self, say: str, voice: str) -> Rendered | None:
        """A phrase that is rendered, or nearly. Raises VoiceError."""
        future = self._renders.get((voice, self._pronounced(say)))
        return future.result() if wait([future], timeout=_TOO_LATE_S).done else None

    def _has_floor(self, stop: threading.Event) -> bool:
        """Wait until nothing else is being said; False when it was stopped first."""
        while not stop.is_set():
            if self._floor.acquire(timeout=_POLL_S):
                return True
        return False

    def _play(
        self, rendered: Rendered, reel: Reel, stop: threading.Event, started: Started
    ) -> Spoken:
        heard = False

        def first_sample() -> None:
            nonlocal heard
            heard = True
            started(rendered.voice_name, True, rendered.notice)

        try:
            completed = self._player.play(reel, on_first_sample=first_sample, stop=stop)
        except AudioError as error:
            if heard:
                raise
            started(rendered.voice_name, False, _shown_because(error))
            return Spoken(cut=False)
        finally:
            if not heard:
                stop.set()
        if not heard:
            started(rendered.voice_name, False, "")
        return Spoken(cut=not completed)


class SilentSpeaker:
    """Says nothing: every question is only shown, as was wished."""

    def speak(self, say: str | Iterable[str], *, started: Started, voice: str = "") -> Spoken:
        """The question is shown at once."""
        started("silent", False, "")
        return Spoken(cut=False)

    def prepare(self, say: str, *, voice: str = "") -> None:
        """Nothing to render."""

    def acknowledge(self, say: str, *, started: Callable[[], None], voice: str = "") -> None:
        """Nothing is said."""

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to let go of."""


def _shown_because(error: InterviewerError) -> str:
    return f"{error.message.rstrip('.')}, so the question is shown. {error.hint}".strip()
