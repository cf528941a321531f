"""One prompt on its way to the speaker: rendered piece by piece while the first pieces sound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait

from voice_interviewer.errors import InterviewerError, VoiceError
from voice_interviewer.speaking.loudness import at_volume
from voice_interviewer.speaking.reel import Reel
from voice_interviewer.speaking.rendering import Rendered

_POLL_S = 0.02


class Speech:
    """Pulls pieces of text in a thread of its own, and renders each while the former plays.

    Args:
        pieces: the text in order; may block while the text is still being made.
        render: starts the render of a piece, or finds it done.
        volume: times as loud as the common loudness.
        stop: ends it all at once; what the pieces come from is then left where it is.
    """

    def __init__(
        self,
        pieces: Iterable[str],
        render: Callable[[str], Future[Rendered]],
        volume: float,
        stop: threading.Event,
    ) -> None:
        self._pieces = pieces
        self._render = render
        self._volume = volume
        self._stop = stop
        self._first: Future[tuple[Rendered, Reel] | None] = Future()
        self.error: InterviewerError | None = None
        threading.Thread(target=self._make, name="speech", daemon=True).start()

    def first(self) -> tuple[Rendered, Reel] | None:
        """The first piece, and the reel it opens; None when it was stopped before that.

        Raises VoiceError, also where there was nothing to say.
        """
        while not self._stop.is_set():
            if wait([self._first], timeout=_POLL_S).done:
                return None if self._stop.is_set() else self._first.result()
        return None

    def _make(self) -> None:
        reel: Reel | None = None
        try:
            for piece in _unbroken(self._pieces):
                rendered = self._rendered(piece)
                if rendered is None:
                    break
                sound = at_volume(rendered.sound, self._volume)
                if reel is None:
                    reel = Reel(sound)
                    self._first.set_result((rendered, reel))
                else:
                    reel.add(sound)
        except InterviewerError as error:
            if reel is None:
                self._first.set_exception(error)
            elif not self._stop.is_set():
                self.error = error
        finally:
            if reel is not None:
                reel.end()
            elif not self._first.done():
                nothing = VoiceError("There is nothing to say.", "Write the prompt with words.")
                self._first.set_exception(nothing)

    def _rendered(self, piece: str) -> Rendered | None:
        """The render of a piece; None when it was stopped first. Raises VoiceError."""
        future = self._render(piece)
        while not self._stop.is_set():
            if wait([future], timeout=_POLL_S).done:
                return future.result()
        return None


def _unbroken(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, whatever goes wrong where they come from turned into our error."""
    try:
        yield from pieces
    except InterviewerError:
        raise
    except Exception as error:
        raise VoiceError(
            f"The text of the prompt broke off ({type(error).__name__}: {error}).",
            "Look into the log.",
        ) from error
