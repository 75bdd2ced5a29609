"""The tokens of the embedding, and what each is made of: a character and its sound, a piece of a word.

Everything is inside the tokenizer, so that any runtime that reads it agrees.
"""

import re
from collections.abc import Iterable, Sequence

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch import Tensor, nn
from torch.nn import functional

UNKNOWN = "[UNK]"
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HAN_TOKEN = re.compile(rf"[{_HAN}]")


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """Every Chinese character is a token, and Latin words are split into frequent pieces."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=40))
    # Texts arrive folded; this is for who opens the model elsewhere and knows nothing of folding.
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(f"[{_HAN}]"), "isolated"),
            pre_tokenizers.Whitespace(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Split(Regex("[0-9]+"), "isolated"),
        ]
    )
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=[UNKNOWN], show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Without what is unknown: it has no vector."""
    unknown = tokenizer.token_to_id(UNKNOWN)
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [[id for id in encoding.ids if id != unknown] for encoding in encodings]


class TokenVectors(nn.Module):
    """A vector a token; characters that sound alike share a part, so that a homophone is no stranger.

    Parts are shared in training only: `table` is what is shipped.
    """

    def __init__(
        self, tokenizer: Tokenizer, syllables: dict[str, str], *, dimension: int, spread: float
    ) -> None:
        super().__init__()
        names = sorted(set(syllables.values()))
        place = {name: number for number, name in enumerate(names, start=1)}
        shared = torch.zeros(tokenizer.get_vocab_size(), dtype=torch.long)
        for token, id in tokenizer.get_vocab().items():
            if _HAN_TOKEN.fullmatch(token):
                shared[id] = place.get(syllables.get(token, ""), 0)
        self.register_buffer("shared", shared)
        self.own = nn.Parameter(torch.randn(len(shared), dimension) * spread)
        self.syllables = nn.Parameter(torch.randn(len(names) + 1, dimension) * spread)
        self.unknown = tokenizer.token_to_id(UNKNOWN)

    def table(self) -> Tensor:
        """Vectors by token; zero for what is unknown."""
        sounding = (self.shared > 0).unsqueeze(1)
        vectors = self.own + sounding * functional.embedding(self.shared, self.syllables)
        known = torch.ones(len(vectors), 1)
        known[self.unknown] = 0.0
        return vectors * known
