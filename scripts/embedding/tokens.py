"""The tokens of the embedding, and what each is made of: a character and its sound, a piece of a word.

Everything is inside the tokenizer, so that any runtime that reads it agrees.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional

UNKNOWN = "[UNK]"
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_LEAST_SEEN = 2
_LONGEST_WORD = 40
_PIECE_LENGTHS = (2, 3, 4, 5)
_HAN_TOKEN = re.compile(rf"[{_HAN}]")


def make_tokenizer(texts: Iterable[str], *, words: int, pieces: int) -> Tokenizer:
    """Every Chinese character is a token; Latin words are whole if frequent, else of frequent pieces.

    Counting is plainer than a trained vocabulary, no worse here, and the same in every run.
    """
    tokenizer = Tokenizer(models.WordPiece({UNKNOWN: 0}, unk_token=UNKNOWN))
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
    split = tokenizer.pre_tokenizer.pre_tokenize_str
    counts = Counter(word for text in texts for word, _ in split(text))
    tokens = sorted(
        {*_characters(counts), *_frequent(_words(counts), words), *_frequent(_pieces(counts), pieces)}
    )
    vocabulary = {token: id for id, token in enumerate([UNKNOWN, *tokens])}
    tokenizer.model = models.WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=_LONGEST_WORD)
    return tokenizer


def _characters(counts: Counter[str]) -> Iterator[str]:
    """Each that was met twice, alone and, if it can, going on a word."""
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    for character, count in characters.items():
        if count >= _LEAST_SEEN:
            yield character
            if not _HAN_TOKEN.fullmatch(character):
                yield f"##{character}"


def _words(counts: Counter[str]) -> Counter[str]:
    return Counter({word: count for word, count in counts.items() if len(word) > 1})


def _pieces(counts: Counter[str]) -> Counter[str]:
    """Beginnings, and (marked) middles and ends of words."""
    pieces: Counter[str] = Counter()
    for word, count in counts.items():
        for start in range(len(word)):
            for length in _PIECE_LENGTHS:
                if start + length < len(word) + (start > 0):
                    pieces["##" * (start > 0) + word[start : start + length]] += count
    return pieces


def _frequent(counts: Counter[str], most: int) -> Iterator[str]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return (token for token, count in ordered[:most] if count >= _LEAST_SEEN)


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
