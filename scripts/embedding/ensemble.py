"""Makes one embedding of several trained alike from different seeds, which is steadier than any of them.

Their vectors side by side have the mean of their cosines; turned to the axes that texts vary along, a third
of the dimensions holds nearly all of it.
"""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from .tokens import encode


def combine(
    members: Sequence[Tensor], tokenizer: Tokenizer, texts: Sequence[str], *, dimension: int
) -> Tensor:
    """`members` have a row a token; so has the result, with `dimension` columns."""
    side_by_side = torch.cat([member / member.norm(dim=1).mean() for member in members], dim=1)
    vectors = functional.normalize(_means(side_by_side, encode(tokenizer, texts)), dim=1)
    _, axes = torch.linalg.eigh(vectors.T @ vectors)  # the least telling first
    return side_by_side @ axes[:, -dimension:].flip(1)


def _means(table: Tensor, bags: Sequence[list[int]]) -> Tensor:
    tokens = torch.tensor([token for bag in bags for token in bag])
    lengths = torch.tensor([0, *map(len, bags[:-1])])
    return functional.embedding_bag(tokens, table, lengths.cumsum(0), mode="mean")
