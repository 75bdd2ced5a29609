"""Trains token vectors: wordings of one meaning come together, neighbouring questions are kept apart.

The loss is InfoNCE, each wording against all that are known to differ in its batch. Batches are whole
domains, so that the negatives are the neighbours that are hard to tell apart.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from .noise import Slips
from .texts import Group, NearMiss, TrainingText
from .tokens import TokenVectors, encode


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was tried and kept; the log is in knowledge/model/README.md."""

    words: int = 8_000
    pieces: int = 3_000
    members: int = 4
    member_dimension: int = 192
    dimension: int = 256
    steps: int = 600
    warm_up_steps: int = 50
    learning_rate: float = 0.01
    # Adam's epsilon: large enough that a token seen once is not thrown as far as one seen a thousand times.
    epsilon: float = 1e-4
    first_spread: float = 0.01
    temperature: float = 0.1
    dropped_tokens: float = 0.15
    noisy_texts: float = 0.5
    noisy_copies: int = 3
    wrong_letters: float = 0.5
    wordings: int = 3  # of a meaning, in a batch
    domains: int = 2  # in a batch
    near_misses: int = 100
    near_miss_weight: float = 0.5
    intents: int = 150
    pairs: int = 300
    public_weight: float = 0.3


@dataclass(frozen=True, slots=True)
class Batch:
    """`meaning` is equal for texts of one meaning; `unknown` marks pairs that may or may not be of one."""

    texts: list[str]
    meaning: Tensor
    weight: float
    unknown: Tensor | None = None


def train(
    text: TrainingText, tokenizer: Tokenizer, recipe: Recipe, *, seed: int, show: Callable[[int, float], None]
) -> Tensor:
    """The trained vectors, a row a token. `show` is told each step and its loss."""
    torch.manual_seed(seed)
    random = Random(seed)  # noqa: S311 - it draws batches, not secrets
    vectors = TokenVectors(
        tokenizer, text.homophones, dimension=recipe.member_dimension, spread=recipe.first_spread
    )
    bags = Bags(text, tokenizer, recipe, random)
    optimizer = torch.optim.Adam(vectors.parameters(), lr=recipe.learning_rate, eps=recipe.epsilon)
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * min(
                (step + 1) / recipe.warm_up_steps, 1 - step / recipe.steps
            )
        table = vectors.table()
        loss = torch.zeros(())
        for batch in draw_batches(text, recipe, random):
            loss = loss + batch.weight * contrast(bags.embed(batch.texts, table), batch, recipe.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        show(step + 1, loss.item())
    return vectors.table().detach()


def contrast(vectors: Tensor, batch: Batch, temperature: float) -> Tensor:
    """InfoNCE, each pair of one meaning against all the texts that differ from its first."""
    scores = vectors @ vectors.T / temperature
    alike = batch.meaning[:, None] == batch.meaning[None]
    differing = ~alike if batch.unknown is None else ~alike & ~batch.unknown
    positive = alike & ~torch.eye(len(alike), dtype=torch.bool)
    others = torch.logsumexp(scores.masked_fill(~differing, -1e4), dim=1, keepdim=True)
    losses = torch.logaddexp(scores, others) - scores
    return (losses * positive).sum() / positive.sum()


def draw_batches(text: TrainingText, recipe: Recipe, random: Random) -> Iterator[Batch]:
    for domain in random.sample(sorted(text.domains), recipe.domains):
        yield _groups(text.domains[domain], recipe, random, weight=1 / recipe.domains)
    yield _near_misses(text.near_misses, recipe, random)
    if text.intents:
        groups = text.intents[random.choice(sorted(text.intents))]
        some = random.sample(groups, min(recipe.intents, len(groups)))
        yield _groups(some, recipe, random, weight=recipe.public_weight)
    if text.pairs:
        names = sorted(text.pairs)
        sizes = [len(text.pairs[name]) ** 0.5 for name in names]
        pairs = text.pairs[random.choices(names, sizes)[0]]
        yield _pairs(random.sample(pairs, min(recipe.pairs, len(pairs))), recipe)


def _groups(groups: Sequence[Group], recipe: Recipe, random: Random, *, weight: float) -> Batch:
    drawn = [
        (meaning, wording)
        for meaning, group in enumerate(groups)
        for wording in random.sample(group, min(recipe.wordings, len(group)))
    ]
    return Batch([wording for _, wording in drawn], torch.tensor([meaning for meaning, _ in drawn]), weight)


def _near_misses(misses: Sequence[NearMiss], recipe: Recipe, random: Random) -> Batch:
    """A near miss may be another line's question: it is known to differ from its own line's only."""
    lang = random.choice(sorted({miss.lang for miss in misses}))
    lines = [miss for miss in misses if miss.lang == lang]
    texts: list[str] = []
    rows: list[tuple[int, int, bool]] = []  # meaning, line, whether a near miss
    for line, miss in enumerate(random.sample(lines, min(recipe.near_misses, len(lines)))):
        for wording in random.sample(miss.same, min(recipe.wordings, len(miss.same))):
            rows.append((line, line, False))
            texts.append(wording)
        for near in random.sample(miss.near, min(recipe.wordings, len(miss.near))):
            rows.append((len(lines) + len(texts), line, True))
            texts.append(near)
    meaning, line_of, is_near = (torch.tensor(column) for column in zip(*rows, strict=True))
    unknown = (is_near[:, None] | is_near[None]) & (line_of[:, None] != line_of[None])
    return Batch(texts, meaning, recipe.near_miss_weight, unknown)


def _pairs(pairs: Sequence[tuple[str, str]], recipe: Recipe) -> Batch:
    meanings: dict[str, int] = {}
    texts: list[str] = []
    labels: list[int] = []
    for one, other in pairs:
        meaning = meanings.setdefault(one, meanings.get(other, len(meanings)))
        meanings.setdefault(other, meaning)
        texts += [one, other]
        labels += [meaning, meaning]
    return Batch(texts, torch.tensor(labels), recipe.public_weight)


class Bags:
    """The tokens of every text, clean and with slips, made once."""

    def __init__(self, text: TrainingText, tokenizer: Tokenizer, recipe: Recipe, random: Random) -> None:
        texts = sorted(set(text.texts()))
        slips = Slips(text.homophones, texts, letter_share=recipe.wrong_letters, random=random)
        self._place = {wording: place for place, wording in enumerate(texts)}
        self._clean = encode(tokenizer, texts)
        self._noisy = [encode(tokenizer, list(map(slips, texts))) for _ in range(recipe.noisy_copies)]
        self._recipe = recipe
        self._random = random

    def embed(self, texts: Sequence[str], table: Tensor) -> Tensor:
        """Unit vectors of the texts, with slips and tokens dropped at random."""
        bags = [self._draw(self._place[wording]) for wording in texts]
        tokens = torch.tensor([token for bag in bags for token in bag])
        lengths = torch.tensor([0, *map(len, bags[:-1])])
        means = functional.embedding_bag(tokens, table, lengths.cumsum(0), mode="mean")
        return functional.normalize(means, dim=1, eps=1e-6)

    def _draw(self, place: int) -> list[int]:
        noisy = self._random.random() < self._recipe.noisy_texts
        bag = (self._random.choice(self._noisy) if noisy else self._clean)[place]
        if len(bag) <= 2:
            return bag
        return [token for token in bag if self._random.random() >= self._recipe.dropped_tokens] or bag
