"""What a judge may be told by the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from voice_interviewer.core.frozen import Frozen

Way = Literal["verdicts", "log-odds", "words"]
"""How a model is asked: for verdicts with quotes, for the log-odds of Yes a criterion, or only to
word the follow-up."""


class JudgeOptions(Frozen):
    """Where the judging model lives and how long it may take.

    Args:
        base_url: an OpenAI-compatible endpoint; None means the vendor's own, which needs a key.
        model: the model's name at that endpoint.
        api_key: sent as a bearer token; local servers need none.
        timeout_s: hard limit for one whole assessment, retries and repairs included.
        max_tokens: cap on a reply, the thinking of a reasoning model included.
        early_after_s: how long nothing more must be said before an answer that is still open is
            sent ahead of time; None never does. A call that turns out too early is thrown away,
            and may cost what a useful one does.
        local_timeout_s: what a model that we run ourselves is given where `timeout_s` is less.
        load_wait_s: how long an answer may wait for such a model while it is still loading.
        models_dir: where such models lie; None means the usual folder.
        reader_dir: where the weights lie with which the embedded judge reads what is said; without
            them it goes by the words alone.
        tested_dir: where the results of self-tests are kept; None means that there are none.
    """

    base_url: str | None = None
    model: str | None = None
    api_key: SecretStr | None = None
    timeout_s: float = Field(default=20.0, gt=0, le=600)
    max_tokens: int = Field(default=2000, ge=64, le=32000)
    early_after_s: float | None = Field(default=1.0, ge=0, le=60)
    local_timeout_s: float = Field(default=90.0, gt=0, le=600)
    load_wait_s: float = Field(default=0.0, ge=0, le=600)
    models_dir: Path | None = None
    reader_dir: Path | None = None
    tested_dir: Path | None = None

    @property
    def local_limit_s(self) -> float:
        """Hard limit for one whole assessment by a model that we run ourselves."""
        return max(self.timeout_s, self.local_timeout_s)

    @property
    def configured(self) -> bool:
        """True when there is a model and a way to reach it."""
        return bool(self.model) and bool(self.base_url or self.api_key)
