"""What a finished question holds; drafting, asking a model and lint go by the same numbers."""

from __future__ import annotations

MOST_PROMPT_WORDS = 45
LEAST_ALSO = 4
LEAST_MISCONCEPTIONS = 2
