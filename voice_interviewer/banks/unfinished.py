"""The comments in a bank file that say what a person must still do."""

from __future__ import annotations

TODO = "TODO: "


def todos_in(text: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each comment that says what is still to do."""
    found = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        bare = line.lstrip()
        if bare.startswith(f"# {TODO}"):
            told = [bare.removeprefix(f"# {TODO}")]
            for following in lines[index + 1 :]:
                if not following.lstrip().startswith("#   "):
                    break
                told.append(following.lstrip()[1:].strip())
            found.append((index + 1, len(line) - len(bare) + 1, " ".join(told)))
    return found
