"""A session as one page that needs nothing else: no server, no network, no other file."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from voice_interviewer import __version__
from voice_interviewer.archive.export import chart
from voice_interviewer.archive.export.mp3 import mp3_of
from voice_interviewer.archive.export.page_view import questions_of
from voice_interviewer.archive.export.source import Source
from voice_interviewer.archive.export.text import printable
from voice_interviewer.archive.transcript import clock_time

_PAGE = Path(__file__).parent / "page"


def render(source: Source) -> bytes:
    """The page as UTF-8. Everything that was said or written is text in it, never markup.

    Its content security policy allows its own style and script, by their hashes, and sound inside
    the page; nothing can be fetched. Raises AudioError where a recording cannot be read.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style, script = _part("report.css"), _part("report.js")
    state, sound = source.state, source.sounds
    policy = [
        "default-src 'none'",
        f"style-src {_allowed(style)}",
        *([f"script-src {_allowed(script)}", "media-src data:"] if sound else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.from_string(_part("report.html.j2")).render(
        policy="; ".join(policy),
        style=Markup(style),
        script=Markup(script),
        title=printable(state.bank_title),
        state=state,
        about=_about(source),
        questions=questions_of(source),
        chart=chart.chart_of(state, source.timeline),
        draw=chart,
        notices=[printable(f"{n.message} {n.hint}") for n in state.notices],
        sound=base64.b64encode(mp3_of(source.timeline)).decode() if sound else "",
        version=__version__,
    )
    return page.encode("utf-8", errors="replace")


def _about(source: Source) -> list[tuple[str, str]]:
    state = source.state
    spoken = source.timeline.sounds
    facts = [
        ("Date", state.at.replace("T", " ").replace("Z", " UTC")),
        ("Session", state.session_id),
        ("Kind", " · ".join(filter(None, (state.kind, state.preset, state.status)))),
        ("Length", f"{clock_time(source.timeline.duration_s)} with the prompts" if spoken else ""),
        ("Candidate", state.candidate),
        ("Voice", state.voice),
        ("Judge", state.judge),
        (
            "Redacted",
            "" if source.with_sound else "without sound, and without names found",
        ),
    ]
    return [(name, printable(value)) for name, value in facts if value]


def _part(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _allowed(text: str) -> str:
    """A source of a content security policy that allows this inline text alone."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
