"""Is the interviewer's voice, as the microphone hears it, taken for the candidate's?

Prompts spoken by the neural voice are played into synthetic rooms, and what a microphone would hear
goes chunk by chunk through the speech detector, as in the 2 s in which an answer can still be taken
up again. A room is an impulse response (a direct path, then noise decaying by 60 dB in RT60), a
delay, an echo level, a loudspeaker that clips softly, and noise. One room is one session: the
detector keeps what it learnt from one prompt to the next. Candidates are recordings of people
(`../shared/speech`, never copied) that begin 0.3 to 1.5 s after the interviewer.

Rooms are drawn with fixed seeds: those for development, which whatever is tuned may look at, and
those for the test, of which the figures are reported. Candidates are split by recording likewise.

    PYTHONPATH=tests .venv/bin/python tests/benchmarks/hearing/echo.py [--development] [--rooms N]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.audio.sound import HEARING_RATE_HZ as RATE_HZ
from voice_interviewer.audio.sound import read_sound
from voice_interviewer.audio.tap import PlaybackTap
from voice_interviewer.banks.load import load_bank
from voice_interviewer.hearing.echo import WithoutEcho
from voice_interviewer.hearing.speech import SpeechDetector, SpeechFollower
from voice_interviewer.hearing.timeline import SpeechTimeline
from voice_interviewer.hearing.vad import CHUNK, Vad
from voice_interviewer.resources import shipped
from voice_interviewer.speaking import hibari_voice
from voice_interviewer.speaking.voice import VoiceOptions

Samples = NDArray[np.float32]

SPEECH = Path(__file__).resolve().parents[3].parent / "shared" / "speech"
ROOMS = {"development": (100, 24), "test": (900, 40)}
PROMPTS = 12
WHOLE_PROMPTS = 4
WARM_UP = 2
TURNED_UP_DB = 10.0
WINDOW_S = 2.0
BEFORE_S = (0.3, 1.0)
STARTS_S = (0.3, 1.5)
EARLY_S = 0.6
RATIOS_DB = (-10, -5, 0, 5, 10, 15)
HEADPHONES_DBFS = (-40.0, -26.0)
_BLOCK_S = 0.02
_AHEAD_S = 0.05


@dataclass(frozen=True)
class Room:
    """Where the speaker stands, and how the microphone hears it.

    Args:
        echo_db: level of the echo against what is played.
        clip_db: by how much the loudspeaker is driven harder than it takes; it clips softly.
        noise_dbfs: RMS of the noise, which falls by 3 dB an octave.
    """

    seed: int
    rt60_s: float
    delay_s: float
    echo_db: float
    clip_db: float
    noise_dbfs: float

    @classmethod
    def drawn(cls, seed: int) -> Room:
        draw = np.random.default_rng(seed).uniform
        return cls(
            seed, draw(0.2, 0.6), draw(0.02, 0.3), draw(-35, -5), draw(-6, 12), draw(-72, -52)
        )

    def echo(self, played: Samples) -> Samples:
        """What the microphone hears of sound at 16 kHz; longer by delay and reverberation."""
        chance = np.random.default_rng(self.seed)
        seconds = np.arange(round(self.rt60_s * RATE_HZ)) / RATE_HZ
        tail = chance.standard_normal(len(seconds)) * 10.0 ** (-3.0 * seconds / self.rt60_s)
        direct_db = chance.uniform(-6, 10)
        tail *= 10.0 ** (-direct_db / 20) / np.sqrt(np.sum(tail**2))
        tail[0] += 1.0
        colour = np.convolve([1.0, -chance.uniform(0.2, 0.9)], [1.0, chance.uniform(-0.5, 0.5)])
        drive = 10.0 ** (self.clip_db / 20)
        clipped = np.tanh(played * drive) / drive
        heard = convolved(convolved(clipped, colour), tail)
        heard *= 10.0 ** (self.echo_db / 20) * rms(played) / rms(heard)
        before = np.zeros(round(self.delay_s * RATE_HZ))
        return np.concatenate([before, heard]).astype(np.float32)

    def noise(self, size: int, seed: int) -> Samples:
        chance = np.random.default_rng((self.seed, seed))
        spectrum = np.fft.rfft(chance.standard_normal(size))
        spectrum /= np.sqrt(np.maximum(1.0, np.arange(len(spectrum)) * 100.0 / len(spectrum)))
        noise = np.fft.irfft(spectrum, size)
        return (noise * 10.0 ** (self.noise_dbfs / 20) / rms(noise)).astype(np.float32)


class Session:
    """One candidate in one room: the tap, the detector and the clock they share."""

    def __init__(self, room: Room, vad: SpeechDetector, *, echo_heard: bool = True) -> None:
        self.room = room
        self.tap = PlaybackTap()
        self.now_s = 1_000.0
        self.vad = vad
        self.wrapped = WithoutEcho(vad, self.tap.latest, lambda: self.now_s)
        self.chance = np.random.default_rng((room.seed, 7))
        self.echo_heard = echo_heard
        self.count = 0

    def hear(
        self,
        prompt: Samples,
        prompt_16k: Samples,
        *,
        seconds: float = WINDOW_S,
        candidate: tuple[Samples, float] | None = None,
        plain: bool = False,
        gain_db: float = 0.0,
    ) -> float | None:
        """When speech is noticed, in seconds from the prompt's first sample; None when it is not.

        Args:
            candidate: what the candidate says, at its level, and when they begin.
            plain: ask the speech detector alone.
            gain_db: how much the speaker is turned up.
        """
        self.count += 1
        before_s = self.chance.uniform(*BEFORE_S)
        lead = round(before_s * RATE_HZ)
        microphone = self.room.noise(lead + round(seconds * RATE_HZ), self.count)
        if self.echo_heard:
            heard = self.room.echo(prompt_16k[: round(seconds * RATE_HZ)]) * 10.0 ** (gain_db / 20)
            add(microphone, heard, lead)
        if candidate is not None:
            add(microphone, candidate[0], lead + round(candidate[1] * RATE_HZ))
        microphone = np.clip(microphone, -1, 1)
        self.now_s += 20.0
        begin_s = self.now_s
        starts_s = begin_s + before_s
        timeline = SpeechTimeline()
        follower = SpeechFollower(self.vad if plain else self.wrapped, timeline)
        written = 0
        block = round(_BLOCK_S * 24_000)
        late_s = 0.0
        for chunk in range(len(microphone) // CHUNK):
            late_s = max(0.0, late_s - 0.032)
            if self.chance.uniform() < 0.02:
                late_s = self.chance.uniform(0.03, 0.12)
            due_s = begin_s + (chunk + 1) * CHUNK / RATE_HZ
            self.now_s = max(self.now_s, due_s + late_s + self.chance.uniform(0.0, 0.01))
            while written < len(prompt) and starts_s + written / 24_000 - _AHEAD_S <= self.now_s:
                at_s = starts_s if not written else starts_s + written / 24_000 - _AHEAD_S
                self.tap.write(prompt[written : written + block], 24_000, at_s)
                written += block
            follower.feed(microphone[chunk * CHUNK : (chunk + 1) * CHUNK])
            if timeline.speech_started_s is not None:
                return timeline.now_s - before_s
        return None


def add(to: Samples, sound: Samples, at: int) -> None:
    """Mix `sound` into `to`, in place, from the sample `at` on."""
    part = sound[: max(0, len(to) - at)]
    to[at : at + len(part)] += part


def convolved(sound: NDArray[np.float64] | Samples, response: NDArray[np.float64]) -> Samples:
    """The whole convolution, by FFT."""
    size = len(sound) + len(response) - 1
    fast = 1 << (size - 1).bit_length()
    product = np.fft.rfft(sound, fast) * np.fft.rfft(response, fast)
    return np.fft.irfft(product, fast)[:size].astype(np.float32)


def rms(sound: NDArray[np.floating]) -> float:
    """Level of the speech alone: 20 ms frames within 30 dB of the loudest."""
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320).astype(np.float64)
    power = np.mean(np.square(frames), axis=1)
    return float(np.sqrt(power[power >= power.max() / 1000].mean()))


def prompts(split: str) -> list[tuple[Samples, Samples]]:
    """Prompts at 24 kHz and at 16 kHz; the two splits have none in common."""
    banks = [load_bank(path) for path in sorted(shipped("questions").glob("*.yaml"))]
    texts = [question.prompt for bank in banks for question in bank.questions]
    texts = texts[0::2] if split == "development" else texts[1::2]
    voice = hibari_voice.open_voice(VoiceOptions())
    sounds = [voice.render(text) for text in texts[:: max(1, len(texts) // 16)]]
    voice.close()
    return [(sound.samples, sound.at(RATE_HZ).samples) for sound in sounds]


def candidates(split: str) -> list[Samples]:
    """Beginnings of recordings from the first sound on, at RMS 1; every second is for the test."""
    entries = json.loads((SPEECH / "references.json").read_text(encoding="utf-8"))
    names = sorted(entry["file"] for entry in entries)
    chosen = names[0::2] if split == "development" else names[1::2]
    found = []
    for name in chosen:
        sound = read_sound(SPEECH / name).at(RATE_HZ).samples[: 6 * RATE_HZ]
        frames = np.abs(sound[: len(sound) // 160 * 160]).reshape(-1, 160).max(axis=1)
        begins = int(np.flatnonzero(frames > 0.1 * frames.max())[0]) * 160
        voice = sound[max(0, begins - 160) :][: 3 * RATE_HZ]
        found.append((voice / rms(voice)).astype(np.float32))
    return found


@dataclass
class Count:
    """How often the candidate was noticed, and how long after they began."""

    of: int = 0
    delays_s: list[float] = field(default_factory=list)

    def take(self, noticed_s: float | None, begins_s: float = 0.0) -> None:
        """Speech noticed before the candidate began is none of theirs, and is not counted."""
        self.of += 1
        if noticed_s is not None and noticed_s > begins_s:
            self.delays_s.append(noticed_s - begins_s)

    @property
    def row(self) -> str:
        if not self.of:
            return "- | -"
        share = f"{len(self.delays_s)} of {self.of} ({len(self.delays_s) / self.of:.0%})"
        return f"{share} | {median(self.delays_s):.2f} s" if self.delays_s else f"{share} | -"


Prompt = tuple[Samples, Samples]


def turns(spoken: list[Prompt], room: Room, count: int) -> Iterator[Prompt]:
    """The prompts of one session, beginning with another one in each room."""
    for turn in range(count):
        yield spoken[(room.seed + turn) % len(spoken)]


def false_triggers(rooms: list[Room], spoken: list[Prompt], vad: Vad) -> None:
    """Print how often the interviewer is taken for the candidate, with echo and noise only."""
    names = {
        "first 2 s of each prompt": Count(),
        "same, turned up by 10 dB after the sixth": Count(),
        "same, delay 0.47 to 0.75 s (longer than allowed for)": Count(),
        "whole prompts and 1 s after them": Count(),
        "first 2 s, speech detector alone": Count(),
    }
    steady, louder, far, whole, plain = names.values()
    for room in rooms:
        late = replace(room, delay_s=0.45 + room.delay_s)
        same, up, distant = (Session(place, vad) for place in (room, room, late))
        long, alone = Session(room, vad), Session(room, vad)
        for turn, prompt in enumerate(turns(spoken, room, PROMPTS)):
            steady.take(same.hear(*prompt))
            louder.take(up.hear(*prompt, gain_db=TURNED_UP_DB if turn >= 6 else 0.0))
            if turn < WHOLE_PROMPTS:
                far.take(distant.hear(*prompt))
                plain.take(alone.hear(*prompt, plain=True))
                whole.take(long.hear(*prompt, seconds=len(prompt[1]) / RATE_HZ + 1.0))
    print("| echo only | false triggers |")
    print("|---|---|")
    for name, count in names.items():
        print(f"| {name} | {len(count.delays_s)} of {count.of} |")


def detections(rooms: list[Room], spoken: list[Prompt], people: list[Samples], vad: Vad) -> None:
    """Print how often the candidate is noticed while there is still time, and how soon.

    After two prompts without the candidate, they speak into every second one.
    """
    found = {ratio: Count() for ratio in RATIOS_DB}
    early = {ratio: Count() for ratio in RATIOS_DB}
    headphones, unwrapped, between = Count(), Count(), Count()
    for room in rooms:
        chance = np.random.default_rng((room.seed, 11))
        session, phones = Session(room, vad), Session(room, vad, echo_heard=False)
        alone = Session(room, vad, echo_heard=False)
        sequence = turns(spoken, room, 100)
        for _ in range(WARM_UP):
            between.take(session.hear(*next(sequence)))
            phones.hear(*next(sequence))
        for ratio in chance.permutation(RATIOS_DB * 2):
            person = people[int(chance.integers(len(people)))]
            begins_s = float(chance.uniform(*STARTS_S))
            level = 10.0 ** ((-20.0 + room.echo_db + ratio) / 20)
            said = ((person * level).astype(np.float32), begins_s)
            noticed_s = session.hear(*next(sequence), candidate=said)
            found[int(ratio)].take(noticed_s, begins_s)
            if begins_s <= EARLY_S:
                early[int(ratio)].take(noticed_s, begins_s)
            between.take(session.hear(*next(sequence)))
        for _ in range(4):
            person = people[int(chance.integers(len(people)))]
            begins_s = float(chance.uniform(*STARTS_S))
            level = 10.0 ** (chance.uniform(*HEADPHONES_DBFS) / 20)
            said = ((person * level).astype(np.float32), begins_s)
            prompt = next(sequence)
            headphones.take(phones.hear(*prompt, candidate=said), begins_s)
            unwrapped.take(alone.hear(*prompt, candidate=said, plain=True), begins_s)
    print(
        f"\n| candidate to echo | noticed by {WINDOW_S:.0f} s | median delay | began by 0.6 s | |"
    )
    print("|---|---|---|---|---|")
    for ratio in RATIOS_DB:
        print(f"| {ratio:+d} dB | {found[ratio].row} | {early[ratio].row} |")
    print(f"| no echo (headphones) | {headphones.row} | - | - |")
    print(f"| no echo, speech detector alone | {unwrapped.row} | - | - |")
    print(f"\nFalse triggers between these: {len(between.delays_s)} of {between.of}.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--development", action="store_true", help="the rooms to tune on")
    parser.add_argument("--rooms", type=int, help="only the first ones")
    options = parser.parse_args()
    split = "development" if options.development else "test"
    if not hibari_voice.installed():
        print(f"Skipped: {hibari_voice.INSTALL_HINT}")
        return 0
    seed, count = ROOMS[split]
    rooms = [Room.drawn(seed + number) for number in range(options.rooms or count)]
    spoken, vad = prompts(split), Vad()
    print(f"{len(rooms)} rooms ({split}), {len(spoken)} prompts\n")
    false_triggers(rooms, spoken, vad)
    if (SPEECH / "references.json").is_file():
        detections(rooms, spoken, candidates(split), vad)
    else:
        print("\nSkipped: recordings of people (../shared/speech) are not on this machine.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
