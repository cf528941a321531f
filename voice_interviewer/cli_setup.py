"""`voice-interviewer setup`: the first run once more."""

from __future__ import annotations

from voice_interviewer.cli_options import DataDir, Offline
from voice_interviewer.errors import UsageError


def setup(
    offline: Offline = False,
    data_dir: DataDir = None,
) -> None:
    """Choose microphone, voice and judge, and try one question; under a minute."""
    from voice_interviewer import launch

    if not launch.in_terminal():
        raise UsageError(
            "The first run needs a terminal.",
            "Without one, settings are made with: voice-interviewer config set KEY VALUE",
        )
    launch.set_up_on_screen(launch.desk(launch.settings(data_dir, offline=offline), headless=False))
