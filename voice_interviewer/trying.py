"""Tries parts for real, for the doctor: a moment of the microphone, a sign of life of the model."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer import wiring
from voice_interviewer.addresses import on_this_machine
from voice_interviewer.config import Settings
from voice_interviewer.core.ports import Level, Signal
from voice_interviewer.errors import AudioError, JudgeError

if TYPE_CHECKING:
    from voice_interviewer.judging.options import JudgeOptions

_MICROPHONE_TEST_SAMPLES = 8_000
_NO_SIGNAL_DBFS = -80.0


def try_microphone(name: str | None = None) -> str:
    """What a microphone gives for a moment, whether that is too loud, and which others there are.

    Without a name it is the one of the system's choice. Raises AudioError where there is none, it
    cannot be opened, or it gives no signal at all.
    """
    import numpy as np

    from voice_interviewer.audio import portaudio
    from voice_interviewer.audio.sound import level_dbfs
    from voice_interviewer.core.commands import Listen
    from voice_interviewer.hearing.readings import SignalWatch
    from voice_interviewer.hearing.sources import Microphone

    source = Microphone(name)
    source.open(Listen(turn_id=1, question_id=""))
    heard = []
    count = 0
    try:
        for block in source.blocks():
            heard.append(block)
            count += len(block)
            if count >= _MICROPHONE_TEST_SAMPLES:
                source.stop()
    finally:
        source.close()
    sound = np.concatenate(heard)
    level = level_dbfs(sound)
    others = tuple(device.name for device in portaudio.inputs() if device.name != source.name)
    also = f"; also there: {', '.join(others)}" if others else ""
    if level < _NO_SIGNAL_DBFS:
        raise AudioError(
            f"{source.name} gives no signal{also}.",
            "Check that it is not muted and that this program may use it.",
            choices=others,
        )
    loud = "".join(f". {message} {hint}" for message, hint in SignalWatch(source.name).feed(sound))
    return f"{source.name} gives sound ({round(level)} dBFS now){also}{loud}"


def watch_microphone(
    name: str | None,
    level: Callable[[float], None],
    warn: Callable[[str, bool], None],
    stop: threading.Event,
) -> None:
    """Tell the level of a microphone in dBFS twelve times a second until `stop`.

    `warn` hears, as a sentence, of a missing signal and of one that is cut off, and whether there
    is a signal. Raises AudioError.
    """
    from voice_interviewer.audio.sound import level_dbfs
    from voice_interviewer.core.commands import Listen
    from voice_interviewer.hearing.readings import NO_SIGNAL_DBFS, Readings, SignalWatch
    from voice_interviewer.hearing.sources import Microphone

    def tell(signal: Signal) -> None:
        if isinstance(signal, Level):
            level(signal.dbfs)

    source = Microphone(name)
    source.open(Listen(turn_id=1, question_id=""))
    readings = Readings(tell, patience_after_s=math.inf)
    watch = SignalWatch(source.name)
    try:
        for block in source.blocks():
            readings.feed(block, 0.0)
            for message, hint in watch.feed(block):
                warn(f"{message} {hint}", level_dbfs(block) >= NO_SIGNAL_DBFS)
            if stop.is_set():
                source.stop()
    finally:
        source.close()


def try_model(settings: Settings) -> str:
    """A sign of life of the configured model; says so where none is configured.

    Raises JudgeError when a model is configured and does not answer.
    """
    from voice_interviewer.judging.judges import probe

    options = wiring.judge_options(settings)
    if settings.judge.kind == "local":
        return _try_local(options)
    if not options.configured:
        return f"none named: the embedded judge works without one{_running_here()}"
    withheld = settings.withheld.get("judge.api_key", "")
    if settings.offline and not on_this_machine(settings.judge.base_url):
        return "not asked, because --offline forbids the network"
    try:
        sign = probe(options)
    except JudgeError as error:
        raise JudgeError(error.message, withheld or error.hint) from error
    return f"{sign}; {_tested(options)}"


def _try_local(options: JudgeOptions) -> str:
    """Which model of our own would run, and what its self-test said; starts nothing."""
    from voice_interviewer.judging.local_judge import model_file, probe
    from voice_interviewer.judging.tested import OURS

    sign = probe(options)
    named = options.model_copy(update={"model": model_file(options).stem})
    return f"{sign}; {_tested(named, OURS)}"


def _running_here() -> str:
    """Servers on this machine that could be named; they are not used unasked."""
    from voice_interviewer.servers.loopback import find_servers

    return "".join(
        f"; {found.kind} runs here, name it as judge.base_url = {found.base_url}"
        for found in find_servers()
    )


def _tested(options: JudgeOptions, place: str = "") -> str:
    """What the self-test of the configured model said, or how to have one."""
    from voice_interviewer.judging.ways import how_to_test, result_of, untested_way

    found = result_of(options, place)
    if found is None:
        until = ", so it only words follow-ups" if untested_way(place) == "words" else ""
        return f"not tested as a judge yet{until}: {how_to_test(options.model or '', place)}"
    return {
        "verdicts": "tested, and fit to judge",
        "log-odds": "tested, and fit to judge only by log-odds",
        "words": "tested, and fit only to word follow-ups",
    }[found.outcome.way]


def sample_clip() -> tuple[str, Path]:
    """A recording that is shipped, and what is said in it."""
    from ruamel.yaml import YAML

    script = YAML(typ="safe").load(wiring.sample_answers().parent / "script.yaml")
    path = min(wiring.sample_answers().glob("*.ogg"))
    return str(script[path.stem]), path
