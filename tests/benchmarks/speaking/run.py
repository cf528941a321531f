"""How soon a prompt is heard, and how soon it is silent: `make bench-speaking`.

Everything is measured at the monitor of a virtual speaker (tests/virtual_sound.py), from the call
to the first sample that can be heard, or the last. With `--write` the tables go into
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import virtual_sound
from ear import Ear

from voice_interviewer.core.acknowledging import AFTER_ANSWER
from voice_interviewer.speaking.cache import CachedVoice
from voice_interviewer.speaking.player import Player
from voice_interviewer.speaking.speaker import VoiceSpeaker
from voice_interviewer.speaking.voice import Voice, VoiceOptions
from voice_interviewer.speaking.voices import available_voices, open_voice

DOCS = Path(__file__).parents[3] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- speaking: begin -->", "<!-- speaking: end -->"
QUESTION = (
    "Imagine I've only ever seen a raw, pre-trained language model. Walk me through how it is "
    "turned into an assistant, stage by stage, and what you'd notice that's different afterwards."
)
FOLLOW_UP = (
    "You said that the reward went up {} per cent in a week while the win rate stayed flat, so how "
    "would you find out which of the two is telling the truth? And what would you change first?"
)
_HEARD_S = 0.3
_QUIET_S = 0.4


class Stage:
    """A speaker in front of an ear."""

    def __init__(self, ear: Ear, voice: Voice, cache: Path | None = None) -> None:
        self.ear = ear
        self.player = Player()
        kept = voice if cache is None else CachedVoice(voice, cache)
        self.speaker = VoiceSpeaker(kept, self.player)

    def onset_s(self, act: Callable[[Callable[..., None]], object]) -> float:
        """Seconds from the call of `act(started)` to its first audible sample; then it is stopped.

        The stop comes a little later, as the sound has to be heard first.
        """
        begun = threading.Event()
        called_s = time.monotonic()
        thread = threading.Thread(target=act, args=(lambda *_told: begun.set(),))
        thread.start()
        assert begun.wait(60), "nothing was said"
        time.sleep(_HEARD_S)
        self.speaker.stop()
        self.player.stop()
        thread.join(60)
        self._idle()
        time.sleep(_QUIET_S)
        heard_s = self.ear.first_after(called_s)
        assert heard_s is not None, "nothing was heard"
        self.ear.forget()
        return heard_s - called_s

    def _idle(self) -> None:
        """Wait until what was begun is rendered, so that the next run has the machine to itself."""
        renders = self.speaker._renders
        while not all(future.done() for future in tuple(renders._kept.values())):
            time.sleep(0.01)

    def silence_s(self, say: str) -> float:
        """Seconds from `stop` in the middle of a prompt to its last audible sample."""
        begun = threading.Event()
        thread = threading.Thread(
            target=lambda: self.speaker.speak(say, started=lambda *_told: begun.set())
        )
        thread.start()
        assert begun.wait(60)
        time.sleep(0.8)
        stopped_s = time.monotonic()
        self.speaker.stop()
        thread.join(60)
        time.sleep(_QUIET_S)
        last_s = self.ear.last_after(stopped_s)
        self.ear.forget()
        return last_s - stopped_s

    def waited_s(self, say: Iterator[str] | str) -> float:
        """Seconds of silence within a prompt because the next piece was not rendered in time."""
        self.speaker.speak(say, started=lambda *_told: None)
        output = self.player._output
        assert output is not None
        assert output.playback is not None
        return output.playback.waited / output.playback._reel.rate_hz


def questions(ear: Ear, folder: Path, repeats: int) -> Iterator[str]:
    """From the cache, barge-in and acknowledgement: what every voice has in common."""
    voice = open_voice("auto", VoiceOptions())
    yield f"| from the call to the sound, voice {voice.name} (ms, {repeats} runs) | {_HEADS}"
    yield "|---|---|---|---|---|"
    stage = Stage(ear, voice, folder)
    stage.speaker.prepare(QUESTION)
    stage.onset_s(lambda started: stage.speaker.speak(QUESTION, started=started))
    prepared = [
        stage.onset_s(lambda started: stage.speaker.speak(QUESTION, started=started))
        for _ in range(repeats)
    ]
    yield _row("question prepared while the candidate answered", prepared, 150)
    from_disk = []
    for _ in range(repeats):
        anew = Stage(ear, voice, folder)
        from_disk.append(anew.onset_s(lambda s, on=anew: on.speaker.speak(QUESTION, started=s)))
    yield _row("question rendered in an earlier session", from_disk, 150)
    for phrase in AFTER_ANSWER:
        stage.speaker.prepare(phrase)
    time.sleep(3)
    phrases = [AFTER_ANSWER[number % len(AFTER_ANSWER)] for number in range(repeats)]
    thanks = [
        stage.onset_s(lambda started, say=phrase: stage.speaker.acknowledge(say, started=started))
        for phrase in phrases
    ]
    yield _row("acknowledgement", thanks, 300)
    silent = [stage.silence_s(QUESTION) for _ in range(repeats)]
    yield _row("barge-in to silence", silent, 100)


def follow_ups(ear: Ear, repeats: int) -> Iterator[str]:
    """A follow-up nobody has rendered before, by every voice."""
    yield f"| uncached follow-up, call to sound (ms, {repeats} runs) | {_HEADS}"
    yield "|---|---|---|---|---|"
    numbers = iter(range(2, 10_000))
    waits = []
    for name in available_voices():
        voice = open_voice(name, VoiceOptions())
        voice.render("Warm up.")
        stage = Stage(ear, voice)

        def whole(started: Callable[[], None], on: Stage = stage, by: Voice = voice) -> None:
            sound = by.render(FOLLOW_UP.format(next(numbers)))
            on.player.play(sound, on_first_sample=started)

        def by_sentence(started: Callable[..., None], on: Stage = stage) -> None:
            on.speaker.speak(FOLLOW_UP.format(next(numbers)), started=started)

        def by_clause(started: Callable[..., None], on: Stage = stage) -> None:
            on.speaker.speak(_chunks(FOLLOW_UP.format(next(numbers))), started=started)

        for how, act in (
            ("whole", whole),
            ("by sentence", by_sentence),
            ("streamed, by clause", by_clause),
        ):
            times_s = [stage.onset_s(act) for _ in range(repeats)]
            yield _row(f"{name}, {how}", times_s)
        waited = [stage.waited_s(_chunks(FOLLOW_UP.format(next(numbers)))) for _ in range(3)]
        waits.append(f"{name} {1000 * max(waited):.0f} ms")
        voice.close()
    yield ""
    yield (
        "Longest silence between clauses because the next one was not rendered in time, three "
        f"streamed follow-ups a voice: {', '.join(waits)}."
    )


_HEADS = "median | lowest | highest | aim |"


def _chunks(text: str) -> Iterator[str]:
    """The text as a model sends it, faster than it is spoken."""
    yield from re.findall(r"\S+\s*", text)


def _row(what: str, times_s: Sequence[float], aim_ms: int | None = None) -> str:
    low, middle, high = (1000 * t for t in np.quantile(times_s, [0.0, 0.5, 1.0]))
    aim = "" if aim_ms is None else f"≤ {aim_ms}"
    return f"| {what} | {middle:.0f} | {low:.0f} | {high:.0f} | {aim} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    chosen = parser.parse_args()
    if virtual_sound.missing():
        print(virtual_sound.missing())
        return
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="vi-") as name:
        folder = Path(name)
        with virtual_sound.virtual_sound(folder) as sound:
            os.environ.update(sound.env)
            ear = Ear(sound.env)
            try:
                for part in (
                    questions(ear, folder / "renders", chosen.repeats),
                    ("",),
                    follow_ups(ear, chosen.repeats),
                ):
                    for line in part:
                        print(line, flush=True)
                        lines.append(line)
            finally:
                ear.close()
    if chosen.write:
        text = DOCS.read_text(encoding="utf-8")
        part = "\n".join([BEGIN, "", *lines, "", END])
        DOCS.write_text(
            re.sub(f"{BEGIN}.*{END}", lambda _: part, text, flags=re.DOTALL), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
