"""Speaks script.yaml with the neural voice into audio/<stem>.ogg (16 kHz mono Ogg Vorbis).

Run `python render.py` for every line of the script, or `python render.py STEM ...` for a few.
"""

from __future__ import annotations

import sys
from pathlib import Path

import soundfile
from ruamel.yaml import YAML

from voice_interviewer.audio.sound import HEARING_RATE_HZ
from voice_interviewer.speaking.hibari_voice import open_voice
from voice_interviewer.speaking.voice import VoiceOptions

HERE = Path(__file__).resolve().parent
AUDIO = HERE / "audio"
# libsndfile's scale from 0.0 (largest file) to 1.0 (smallest).
COMPRESSION = 0.8


def main(wanted: list[str]) -> None:
    """Render the wanted stems (all, if none is named) and drop audio the script does not name."""
    script: dict[str, str] = YAML(typ="safe").load(HERE / "script.yaml")
    unknown = sorted(set(wanted) - set(script))
    if unknown:
        sys.exit(f"Not in script.yaml: {', '.join(unknown)}")
    AUDIO.mkdir(exist_ok=True)
    for path in AUDIO.glob("*.ogg"):
        if path.stem not in script:
            path.unlink()
    voice = open_voice(VoiceOptions())
    for stem in wanted or script:
        sound = voice.render(script[stem]).at(HEARING_RATE_HZ)
        soundfile.write(
            AUDIO / f"{stem}.ogg",
            sound.samples,
            sound.rate_hz,
            format="OGG",
            subtype="VORBIS",
            compression_level=COMPRESSION,
        )
        sys.stdout.write(f"{sound.duration_s:5.1f} s  {stem}\n")
    voice.close()


if __name__ == "__main__":
    main(sys.argv[1:])
