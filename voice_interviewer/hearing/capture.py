"""One PortAudio input stream: the device's bytes in a ring, read as 16 kHz samples."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_interviewer.audio import portaudio
from voice_interviewer.audio.sound import HEARING_RATE_HZ, from_pcm16
from voice_interviewer.errors import AudioError
from voice_interviewer.hearing.ring import ByteRing

if TYPE_CHECKING:
    from voice_interviewer.audio.sound import Samples

DEVICE_HINT = "Check the input device of the system, or use --candidate typed or recorded."
STOP_LIMIT_S = 1.0

_RING_S = 30
_BLOCK_S = 0.02
_SAMPLE_BYTES = 2
_OPEN_LIMIT_S = 5.0


class Capture:
    """An open input stream. One thread reads; the audio callback only copies bytes.

    Raises AudioError when the device accepts no format of ours.
    """

    def __init__(self, device: portaudio.Device) -> None:
        self._sounddevice = portaudio.load()
        self._lost_frames = 0
        self._stopping = threading.Lock()
        with ExitStack() as use:
            use.enter_context(portaudio.in_use())
            self._begin(device)
            self._use = use.pop_all()

    def _begin(self, device: portaudio.Device) -> None:
        """Open the stream in the first format the device takes. Raises AudioError."""
        sounddevice = self._sounddevice
        refused: Exception | None = None
        for rate_hz, channels in _formats(device.default_rate_hz):
            self._channels = channels
            self._over = threading.Event()
            self._ring = ByteRing(_RING_S * rate_hz * channels * _SAMPLE_BYTES)
            try:
                self._stream = self._open(device.index, rate_hz, channels)
            except sounddevice.PortAudioError as error:
                refused = error
                continue
            self._resample = _resampler(rate_hz)
            return
        raise AudioError(
            f"The microphone {device.name} cannot be opened ({refused}).",
            DEVICE_HINT,
            retryable=True,
        ) from refused

    @property
    def lost_frames(self) -> int:
        """Frames known to be lost, at least: a block for each overflow the device reported."""
        return self._lost_frames

    @property
    def received(self) -> int:
        """Grows as long as the device sends sound."""
        return self._ring.written

    @property
    def over(self) -> bool:
        """True once the device ended the stream by itself; not every lost device does."""
        return self._over.is_set()

    def read(self, *, last: bool = False) -> Samples:
        """What has arrived since the last call; `last` also flushes the resampler."""
        samples = from_pcm16(self._ring.read())
        if self._channels > 1:
            samples = samples.reshape(-1, self._channels).mean(axis=1, dtype=np.float32)
        resampled: Samples = self._resample(samples, last)
        return resampled

    def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """End the stream and let the device go; what is in the ring can still be read.

        A device that is gone or hangs keeps nobody waiting for longer than this.
        """
        stopper = threading.Thread(target=self._let_go, name="microphone-stop", daemon=True)
        stopper.start()
        stopper.join(limit_s)

    def _let_go(self) -> None:
        with self._stopping:
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.stop(ignore_errors=True)
                stream.close(ignore_errors=True)
                self._use.close()

    def _open(self, index: int, rate_hz: int, channels: int) -> Any:
        stream = self._sounddevice.RawInputStream(
            samplerate=rate_hz,
            channels=channels,
            dtype="int16",
            device=index,
            blocksize=round(_BLOCK_S * rate_hz),
            callback=self._callback(self._ring),
            finished_callback=self._over.set,
        )
        try:
            stream.start()
        except self._sounddevice.PortAudioError:
            stream.close(ignore_errors=True)
            raise
        return stream

    def _callback(self, ring: ByteRing) -> Any:
        def take(data: Any, frames: int, _time: Any, status: Any) -> None:
            if status and status.input_overflow:
                self._lost_frames += frames
            if not ring.write(memoryview(data)):
                self._lost_frames += frames

        return take


def open_capture(device: portaudio.Device) -> Capture:
    """The device, opened. Raises AudioError, also when that takes more than five seconds."""
    opening = _Opening(device)
    opening.start()
    return opening.result(_OPEN_LIMIT_S)


class _Opening(threading.Thread):
    """Opens a device in a thread of its own, as that can take as long as a sound server hangs."""

    def __init__(self, device: portaudio.Device) -> None:
        super().__init__(name="microphone-open", daemon=True)
        self._device = device
        self._decided = threading.Lock()
        self._given_up = False
        self._capture: Capture | None = None
        self._error: AudioError | None = None

    def run(self) -> None:
        """Open it; a device that opens after it was given up is let go."""
        try:
            capture = Capture(self._device)
        except AudioError as error:
            self._error = error
            return
        with self._decided:
            self._capture = capture
            given_up = self._given_up
        if given_up:
            capture.stop()

    def result(self, limit_s: float) -> Capture:
        """The open device. Raises AudioError."""
        self.join(limit_s)
        with self._decided:
            self._given_up = self._capture is None
        if self._error is not None:
            raise self._error
        if self._capture is None:
            raise AudioError(
                f"The microphone {self._device.name} does not open.", DEVICE_HINT, retryable=True
            )
        return self._capture


def _formats(device_rate_hz: int) -> Iterator[tuple[int, int]]:
    """(rate in Hz, channels) to try: what hearing wants, then what the device says it likes."""
    yield HEARING_RATE_HZ, 1
    yield device_rate_hz, 1
    yield device_rate_hz, 2


def _resampler(rate_hz: int) -> Any:
    """A function (samples, last) -> samples at 16 kHz that goes on where it stopped."""
    if rate_hz == HEARING_RATE_HZ:
        return lambda samples, _last: samples
    import soxr

    stream = soxr.ResampleStream(rate_hz, HEARING_RATE_HZ, 1, dtype="float32", quality="HQ")
    return lambda samples, last: stream.resample_chunk(samples, last=last)
