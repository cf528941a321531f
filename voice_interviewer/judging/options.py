"""What a judge may be told by the settings."""

from __future__ import annotations

from pydantic import Field, SecretStr

from voice_interviewer.core.frozen import Frozen


class JudgeOptions(Frozen):
    """Where the judging model lives and how long it may take.

    Args:
        base_url: an OpenAI-compatible endpoint; None means the vendor's own, which needs a key.
        model: the model's name at that endpoint.
        api_key: sent as a bearer token; local servers need none.
        timeout_s: hard limit for one whole assessment, retries and repairs included.
        max_tokens: cap on a reply, the thinking of a reasoning model included.
    """

    base_url: str | None = None
    model: str | None = None
    api_key: SecretStr | None = None
    timeout_s: float = Field(default=20.0, gt=0, le=600)
    max_tokens: int = Field(default=2000, ge=64, le=32000)

    @property
    def configured(self) -> bool:
        """True when there is a model and a way to reach it."""
        return bool(self.model) and bool(self.base_url or self.api_key)
