"""The one place that turns settings and choices into concrete engines."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import SecretStr

from voice_interviewer.addresses import on_this_machine, same_server
from voice_interviewer.config import Settings
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.core.ports import Judge, Listener, Phraser, Scout, Speaker
from voice_interviewer.desk import Choices
from voice_interviewer.engines import Engines
from voice_interviewer.errors import ConfigError, InterviewerError, UsageError
from voice_interviewer.keys import KeyStore
from voice_interviewer.resources import shipped

if TYPE_CHECKING:
    from voice_interviewer.audio.tap import PlaybackTap
    from voice_interviewer.banks.making.asking import AskModel
    from voice_interviewer.core.session import State
    from voice_interviewer.hearing.engine import Transcriber
    from voice_interviewer.hearing.options import HearingOptions
    from voice_interviewer.hearing.rehearing import Rehearing
    from voice_interviewer.hearing.sources import AudioSource
    from voice_interviewer.hearing.speech import SpeechDetector
    from voice_interviewer.judging.options import JudgeOptions
    from voice_interviewer.playback import SessionPlayer
    from voice_interviewer.speaking.cache import CachedVoice
    from voice_interviewer.speaking.voice import Voice

Tell = Callable[[str, float | None], None]
TypeAnswer = Callable[[str], None]

_NOT_DECODING = {
    "engine",
    "base_url",
    "remote_model",
    "api_key",
    "microphone",
    "headphones",
    "second_pass",
}
CANDIDATES = "mic, typed, recorded or audio:PATH"
CANDIDATE_WORDS = ("auto", "mic", "typed", "recorded")


def open_engines(
    settings: Settings,
    choices: Choices,
    folder: Path,
    *,
    tell: Tell,
    typed_lines: Callable[[], str | None] | None,
    question_ids: tuple[str, ...],
    pronunciations: Sequence[Pronunciation] = (),
    answered: int = 0,
    pressing: bool = False,
) -> tuple[Engines, TypeAnswer | None]:
    """The engines of one session, and where typed answers are delivered (None where not typed).

    Args:
        typed_lines: where typed answers come from; None when they will be delivered.
        question_ids: what the session asks; recorded answers may be named after these.
        pressing: the interviewer may cut in, so what an answer has met must be told at once.
        pronunciations: how the voice says terms.
        answered: how many answers a resumed session has already; recorded ones go on after them.

    Raises:
        InterviewerError: when a part is missing or a choice cannot be.
    """
    from voice_interviewer.audio.tap import PlaybackTap
    from voice_interviewer.hearing.spoken import SpokenListener
    from voice_interviewer.judging.in_background import BackgroundJudge

    opened: list[Judge | Speaker] = []
    try:
        judge = open_judge(settings, choices.judge, in_background=True)
        opened.append(judge)
        tap = PlaybackTap()
        speaker = open_speaker(settings, choices.voice, tap, pronunciations=pronunciations)
        opened.append(speaker)
        scout = _scout() if pressing else None
        phraser: Phraser | None = getattr(judge, "phraser", None)
        late_judge = judge if isinstance(judge, BackgroundJudge) else None
        caveat = getattr(judge, "caveat", "")
        if choices.candidate == "typed":
            listener, type_answer = _typed(typed_lines)
            engines = Engines(speaker, listener, judge, scout, phraser, caveat, late_judge)
            return engines, type_answer
        source = _source(settings, choices, question_ids, answered)
        transcriber = open_transcriber(settings, tell)
        spoken = SpokenListener(
            source,
            transcriber,
            hearing_options(settings),
            folder,
            without_echo=_as_it_is if settings.hearing.headphones else _without_echo_of(tap),
        )
        return Engines(speaker, spoken, judge, scout, phraser, caveat, late_judge), None
    except InterviewerError:
        for part in opened:
            part.close()
        raise


def _scout() -> Scout:
    """Whatever judge there is, only the embedded one is quick enough to be asked in mid-answer."""
    from voice_interviewer.judging.embedded import EmbeddedJudge

    return EmbeddedJudge()


def _as_it_is(detector: SpeechDetector) -> SpeechDetector:
    """With headphones no echo reaches the microphone."""
    return detector


def _without_echo_of(tap: PlaybackTap) -> Callable[[SpeechDetector], SpeechDetector]:
    """Makes speech detectors that do not hear what is played."""
    from voice_interviewer.hearing.echo import WithoutEcho

    return lambda detector: WithoutEcho(detector, tap.latest)


def open_speaker(
    settings: Settings,
    voice: str,
    tap: PlaybackTap | None = None,
    *,
    pronunciations: Sequence[Pronunciation] = (),
) -> Speaker:
    """The interviewer's voice, rendered through the cache; `tap` is told what is played.

    Further voices are opened when a prompt asks for them by name. Raises VoiceError.
    """
    from voice_interviewer.speaking.player import Player
    from voice_interviewer.speaking.pronunciation import Pronunciations
    from voice_interviewer.speaking.speaker import SilentSpeaker, VoiceSpeaker

    if voice == "silent":
        return SilentSpeaker()
    first = _cached_voice(settings, voice)
    return VoiceSpeaker(
        first,
        Player(tap),
        fallback=None if first.name == "pyttsx3" else _cached_voice(settings, "pyttsx3"),
        open_voice=lambda name: _cached_voice(settings, name),
        pronunciations=Pronunciations((said.term, said.say) for said in pronunciations),
        volume=settings.speaking.volume,
    )


def _cached_voice(settings: Settings, name: str) -> CachedVoice:
    from voice_interviewer.speaking.cache import CachedVoice

    return CachedVoice(
        open_voice(settings, name),
        settings.data_dir / "renders",
        limit_bytes=settings.speaking.cache_mb * 1_000_000,
    )


def open_voice(settings: Settings, name: str) -> Voice:
    """A voice by name, or the best one for `auto`; `speaking.voice_id` belongs to the voice of the
    settings only. Raises UsageError, VoiceError.
    """
    from voice_interviewer.speaking.voice import VoiceOptions
    from voice_interviewer.speaking.voices import open_voice as open_named

    spoken = settings.speaking
    options = VoiceOptions(
        rate_wpm=spoken.rate_wpm,
        voice_id=spoken.voice_id if name == spoken.voice else None,
        language=spoken.language,
        speakers_folder=settings.models_dir / "kokoro",
    )
    return open_named(name, options)


def embedded_calibration() -> str:
    """A hash of the numbers that the embedded judge goes by."""
    from voice_interviewer.judging.calibration import FILE, READ_FILE
    from voice_interviewer.judging.cross_encoder import CHANGES
    from voice_interviewer.weights.reading import packaged_reading_weights

    numbers = (FILE,) if packaged_reading_weights() is None else (READ_FILE, CHANGES)
    return hashlib.sha256(b"".join(path.read_bytes() for path in numbers)).hexdigest()[:16]


def open_judge(
    settings: Settings, name: str, load_wait_s: float = 0.0, *, in_background: bool = False
) -> Judge:
    """The judge of this name. Raises JudgeError, or UsageError where --offline forbids it.

    With `in_background` a slow model of our own hands its verdicts over later.
    """
    from voice_interviewer.judging.judges import open_judge as open_named

    chosen = settings.judge
    if settings.offline and chosen.model and not on_this_machine(chosen.base_url):
        if name == "model":
            raise UsageError(
                "--offline and a model on the network exclude each other.",
                "Use --judge embedded, or name a server on this machine as judge.base_url.",
            )
        name = "embedded" if name == "auto" else name
    options = judge_options(settings, load_wait_s)
    return open_named(name, options, in_background=in_background)


def sample_answers() -> Path:
    """The folder of the recorded candidate's answers."""
    return shipped("questions") / "samples" / "audio"


def sample_ids() -> set[str]:
    """Ids of the questions that the recorded candidate has answers to."""
    return {path.stem for path in sample_answers().glob("*.ogg") if "." not in path.stem}


def open_player(settings: Settings, state: State, folder: Path) -> SessionPlayer:
    """Plays a past session. Opens no device and no voice before they are needed."""
    from voice_interviewer.playback import SessionPlayer
    from voice_interviewer.session_sounds import SessionSounds
    from voice_interviewer.speaking.cast import Cast
    from voice_interviewer.speaking.player import Player
    from voice_interviewer.speaking.prompts import Prompts
    from voice_interviewer.speaking.pronunciation import Pronunciations

    def open_cast() -> Cast:
        own = _cached_voice(settings, state.voice)
        return Cast(
            own,
            fallback=None if own.name == "pyttsx3" else _cached_voice(settings, "pyttsx3"),
            open_voice=lambda name: _cached_voice(settings, name),
        )

    said = Pronunciations((term.term, term.say) for term in state.pronunciations)
    prompts = Prompts(open_cast, said, settings.speaking.volume)
    sounds = SessionSounds(state, folder, None if state.voice == "silent" else prompts.render)
    return SessionPlayer(state, sounds, Player(), prompts.close)


def open_rehearing(settings: Settings, folder: Path, *, tell: Tell) -> Rehearing:
    """Hears the recordings of a session folder again. Raises WeightsError."""
    return rehearing_by(open_transcriber(settings, tell), folder)


def rehearing_by(transcriber: Transcriber, folder: Path) -> Rehearing:
    """The same by an engine that is there already. Raises WeightsError."""
    from voice_interviewer.hearing.rehearing import Rehearing

    return Rehearing(transcriber, folder)


def open_transcriber(settings: Settings, tell: Tell) -> Transcriber:
    """The speech engine that is set, not yet started.

    Raises WeightsError, and for a remote one ConfigError without an address, UsageError where
    --offline forbids it, and TranscriptionError.
    """
    if settings.hearing.engine == "remote":
        return _remote_transcriber(settings)
    from voice_interviewer.hearing.transcriber import WhisperTranscriber
    from voice_interviewer.weights.find import find_whisper

    heard = settings.hearing
    path = find_whisper(
        heard.model,
        model_directory=heard.model_directory,
        offline=settings.offline,
        progress=tell,
    )
    return WhisperTranscriber(path, hearing_options(settings))


def hearing_options(settings: Settings) -> HearingOptions:
    """The hearing and endpointing sections of the settings as the room wants them."""
    from voice_interviewer.hearing.endpointing import EndpointingPreset
    from voice_interviewer.hearing.options import HearingOptions

    times = settings.endpointing.model_dump(exclude={"preset", "undo_s"})
    return HearingOptions(
        **settings.hearing.model_dump(exclude=_NOT_DECODING),
        second_pass=settings.hearing.second_pass and settings.hearing.engine == "whisper",
        endpointing=EndpointingPreset(**times),
        offline=settings.offline,
    )


def microphone() -> tuple[str | None, str]:
    """The microphone's name, or None and why there is none."""
    return _device("default_input", "No microphone was found.")


def microphones() -> tuple[str, ...]:
    """The microphones there are, the system's own choice first. Raises AudioError."""
    from voice_interviewer.audio import portaudio

    return tuple(device.name for device in portaudio.inputs())


def speaker() -> tuple[str | None, str]:
    """The speaker's name, or None and why there is none."""
    return _device("default_output", "No speaker was found.")


def voices() -> tuple[str, ...]:
    """The names that `open_speaker` takes."""
    from voice_interviewer.speaking.voices import available_voices

    return tuple(dict.fromkeys(("auto", *available_voices(), "silent")))


def known_voices() -> tuple[str, ...]:
    """All names of voices, also of those that are not installed."""
    from voice_interviewer.speaking.voices import known_voices as known

    return known()


def judges() -> tuple[str, ...]:
    """The names that `open_judge` takes."""
    from voice_interviewer.judging.judges import available_judges

    return tuple(dict.fromkeys(("auto", *available_judges())))


def _remote_transcriber(settings: Settings) -> Transcriber:
    from voice_interviewer.hearing.remote import RemoteOptions, RemoteTranscriber

    heard = settings.hearing
    if heard.base_url is None:
        raise ConfigError(
            "The remote speech engine has no server: hearing.base_url is not set.",
            "Set hearing.base_url, or VOICE_INTERVIEWER_HEARING_BASE_URL, to an address like "
            "http://127.0.0.1:8000/v1.",
        )
    if settings.offline and not on_this_machine(heard.base_url):
        raise UsageError(
            "--offline and a speech server on the network exclude each other.",
            'Set hearing.engine to "whisper", or name a server on this machine as '
            "hearing.base_url.",
        )
    return RemoteTranscriber(
        RemoteOptions(
            base_url=heard.base_url,
            model=heard.remote_model,
            api_key=heard.api_key,
            language=heard.language,
            initial_prompt=heard.initial_prompt,
            hotwords=heard.hotwords,
        )
    )


def judge_options(settings: Settings, load_wait_s: float = 0.0) -> JudgeOptions:
    """The judge section of the settings as the room wants it.

    `load_wait_s` is how long an answer may wait for a local model that is still loading. The
    vendor's own key is taken from the environment for the vendor's own address only, and comes
    before one that is kept.
    """
    from voice_interviewer.judging.options import JudgeOptions
    from voice_interviewer.weights.reading import packaged_reading_weights

    chosen = settings.judge
    return JudgeOptions(
        base_url=chosen.base_url,
        model=chosen.model,
        api_key=vendor_key(settings) or chosen.api_key,
        timeout_s=chosen.timeout_s,
        models_dir=settings.models_dir,
        reader_dir=packaged_reading_weights(),
        tested_dir=settings.data_dir,
        load_wait_s=load_wait_s,
    )


def vendor_key(settings: Settings) -> SecretStr | None:
    """OPENAI_API_KEY where it is used: for the vendor's address, if no other key is set for it."""
    key = os.environ.get("OPENAI_API_KEY")
    kept = KeyStore(settings.file).keeps("judge.api_key", settings.origin("judge.api_key"))
    given = settings.judge.api_key is not None and not kept
    if not key or given or not same_server(settings.judge.base_url, None):
        return None
    return SecretStr(key)


def _device(
    which: Literal["default_input", "default_output"], absent: str
) -> tuple[str | None, str]:
    from voice_interviewer.audio import portaudio

    try:
        device = getattr(portaudio, which)()
    except InterviewerError as error:
        return None, str(error)
    return (device.name, "") if device is not None else (None, absent)


def _typed(lines: Callable[[], str | None] | None) -> tuple[Listener, TypeAnswer | None]:
    from voice_interviewer.hearing.typed import TypedBox, TypedListener

    if lines is not None:
        return TypedListener(lines), None
    box = TypedBox()
    return box, box.submit_text


def _source(
    settings: Settings, choices: Choices, question_ids: tuple[str, ...], answered: int
) -> AudioSource:
    from voice_interviewer.hearing.recorded import RecordedAnswers
    from voice_interviewer.hearing.sources import Microphone

    kind, _, where = choices.candidate.partition(":")
    if kind == "mic" and not where:
        return Microphone(settings.hearing.microphone)
    if kind == "recorded" and not where:
        return RecordedAnswers(sample_answers(), pace=choices.pace, question_ids=question_ids)
    if kind == "audio" and where:
        return RecordedAnswers(
            _paths(where), pace=choices.pace, skip=answered, question_ids=question_ids
        )
    raise UsageError(f"There is no candidate {choices.candidate!r}.", f"Say {CANDIDATES}.")


def absolute(candidate: str) -> str:
    """An `audio:` candidate with absolute paths, so that it means the same from any folder."""
    return "audio:" + ",".join(map(str, recordings(candidate)))


def recordings(candidate: str) -> list[Path]:
    """The files or the folder that an `audio:` candidate names, by their absolute paths."""
    paths = _paths(candidate.partition(":")[2])
    return [path.absolute() for path in (paths if isinstance(paths, list) else [paths])]


def _paths(where: str) -> Path | list[Path]:
    """A folder or file, or several files with commas between them."""
    whole = Path(where).expanduser()
    if whole.exists() or "," not in where:
        return whole
    return [Path(part.strip()).expanduser() for part in where.split(",") if part.strip()]


def open_ask_model(settings: Settings) -> AskModel | None:
    """The configured model as the banks ask it, with time and room to write; None without one.

    Raises JudgeError, or UsageError where --offline forbids it.
    """
    from typing import Any

    from voice_interviewer.judging.deadline import Deadline
    from voice_interviewer.judging.server import Server

    options = judge_options(settings).model_copy(
        update={"timeout_s": max(settings.judge.timeout_s, 180.0), "max_tokens": 6000}
    )
    if not options.configured:
        return None
    if settings.offline and not on_this_machine(settings.judge.base_url):
        raise UsageError(
            "--offline and a model on the network exclude each other.",
            "Name a server on this machine as judge.base_url, or go without a model.",
        )
    server = Server(options)

    def ask(messages: list[dict[str, str]], schema: dict[str, Any]) -> str:
        return server.chat(messages, schema, Deadline.after(options.timeout_s))

    return ask
