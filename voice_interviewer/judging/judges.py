"""Finding a judge by name: the built-in ones and any that a package registers."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from voice_interviewer.core.ports import Judge
from voice_interviewer.errors import JudgeError, UsageError
from voice_interviewer.judging.fallback import FallbackJudge
from voice_interviewer.judging.in_background import BackgroundJudge
from voice_interviewer.judging.options import JudgeOptions

GROUP = "voice_interviewer.judges"
_EMBEDDED = "embedded"
_MODEL = "model"
_LOCAL = "local"
_PROBE_LIMIT_S = 5.0
_BACKGROUND_LIMIT_S = 300.0


def available_judges() -> tuple[str, ...]:
    """Names of the registered judges, the one that always works first."""
    return tuple(sorted(_registered(), key=lambda name: (name != _EMBEDDED, name)))


def open_judge(name: str, options: JudgeOptions, *, in_background: bool = False) -> Judge:
    """The judge of this name; "auto" takes the model when one is configured.

    Every judge but the embedded one is backed by it. With `in_background` a model that we run
    ourselves is waited for no longer than one on a server is, and hands its verdicts over later.
    Raises JudgeError for an unknown name, or when a model is asked for and none is configured.
    """
    if name == "auto":
        name = _MODEL if options.configured else _EMBEDDED
    embedded = _open(_EMBEDDED, options)
    if name == _EMBEDDED:
        return embedded
    in_background = in_background and name == _LOCAL
    if in_background:
        options = options.model_copy(update={"local_timeout_s": _BACKGROUND_LIMIT_S})
    limit_s = options.local_limit_s + options.load_wait_s if name == _LOCAL else options.timeout_s
    primary = _open_model(options) if name == _MODEL else _open(name, options)
    told = _caveat(options) if name == _MODEL else getattr(primary, "caveat", "")
    judge = FallbackJudge(primary, embedded, limit_s=limit_s, caveat=told)
    if in_background:
        return BackgroundJudge(judge, embedded, wait_s=options.timeout_s)
    return judge


def probe(options: JudgeOptions) -> str:
    """Ask the configured model for a sign of life, at most 5 s; says what answered.

    Raises JudgeError with the cause and the fix.
    """
    from voice_interviewer.judging.server import Server

    server = Server(options)
    try:
        return server.probe(_PROBE_LIMIT_S)
    finally:
        server.close()


def _open_model(options: JudgeOptions) -> Judge:
    """The judge on a server, asked as its self-test found best; for verdicts where untested."""
    from voice_interviewer.judging.ways import open_way, way_of

    way = way_of(options)
    return _open(_MODEL, options) if way in (None, "verdicts") else open_way(way, options)


def _caveat(options: JudgeOptions) -> str:
    """What is to be known of the model on a server before it judges."""
    from voice_interviewer.judging.ways import caveat

    return caveat(options)


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _open(name: str, options: JudgeOptions) -> Judge:
    registered = _registered()
    if not registered:
        raise JudgeError("No judge is registered.", "Install the project: pip install .")
    if name not in registered:
        raise UsageError(
            f"There is no judge {name!r}.", f"Say one of: auto, {', '.join(sorted(registered))}."
        )
    try:
        factory = registered[name].load()
    except ImportError as error:
        raise JudgeError(
            f"The judge {name!r} cannot be loaded: {error}.", "Install the package it comes from."
        ) from error
    judge: Judge = factory(options)
    return judge
