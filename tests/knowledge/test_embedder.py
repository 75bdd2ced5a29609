"""Texts to vectors: the same by numpy as by torch, for any text; and models that cannot be had."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from knowledge import Embedder, ModelUnavailable, open_embedder
from knowledge.embedder import MAX_CHARACTERS, SHIPPED_MODEL, StaticEmbedder

TEXTS = [
    "什么时候发货",
    "多久能发货?",
    "when will it ship?",
    "iphone15 pro max有货吗",
    "500g的包邮吗 free shipping",
    "怎么退款 退货运费谁出",
    "😀😀👩‍👩‍👧",
    "😀怎么买",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "éàü ñ ß",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "مرحبا",
    "𠮷野家",
    "=cmd()",
    "<script>alert(1)</script>",
    "[UNK] [PAD] [CLS]",
    "a",
    " ",
    "",
    "\t\n",
    "\x00",
    "好\x00好",
    "\u202e\u200b\ufeff",
    "\x1b[2J",
    "发" * MAX_CHARACTERS,
]


def tokenizer() -> Tokenizer:
    characters = sorted(set("什么时候发货多久能退款怎么运费谁出包邮吗买有的好whenilsp?15gx"))
    words = ["[PAD]", "[UNK]", "when", "will", "it", "ship", "iphone", *characters]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def save_static_model(directory: Path, *, half: bool = False) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    made = tokenizer()
    weights = np.random.default_rng(0).standard_normal((made.get_vocab_size(), 16))
    embedding = StaticEmbedding(made, embedding_weights=weights.astype(np.float16 if half else np.float32))
    SentenceTransformer(modules=[embedding, Normalize()], device="cpu").save(str(directory))
    return directory


@pytest.fixture(scope="module")
def static_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_static_model(tmp_path_factory.mktemp("models") / "static")


@pytest.fixture(scope="module")
def shipped() -> Embedder:
    return open_embedder()


def by_torch(directory: Path, texts: Sequence[str]) -> np.ndarray:
    """As anybody gets them who opens the model with sentence-transformers, in full precision."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(directory), device="cpu").float()
    return np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))


def test_numpy_gives_the_vectors_that_torch_gives_for_the_shipped_model(shipped: Embedder) -> None:
    assert shipped.embed(TEXTS) == pytest.approx(by_torch(SHIPPED_MODEL, TEXTS), abs=1e-5)


@pytest.mark.parametrize("half", [False, True], ids=["float32", "float16"])
def test_numpy_gives_the_vectors_that_torch_gives_for_any_static_model(tmp_path: Path, half: bool) -> None:
    directory = save_static_model(tmp_path / "model", half=half)
    vectors = StaticEmbedder(directory, name="static").embed(TEXTS)
    assert vectors == pytest.approx(by_torch(directory, TEXTS), abs=1e-5)
    assert vectors.dtype == np.float32


def test_another_model_is_opened_from_its_directory(static_model: Path) -> None:
    embedder = open_embedder(static_model)
    vectors = embedder.embed(TEXTS)
    assert vectors == pytest.approx(StaticEmbedder(static_model, name="static").embed(TEXTS), abs=1e-5)
    assert vectors.dtype == np.float32
    assert (embedder.dimension, embedder.name) == (16, str(static_model))
    assert open_embedder(str(static_model)).embed([]).shape == (0, 16)


@pytest.fixture(scope="module", params=["shipped", "by torch"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    name = "" if request.param == "shipped" else request.getfixturevalue("static_model")
    return open_embedder(name)


def test_rows_are_of_unit_length_or_zero_in_the_order_of_the_texts(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert all(length == 0 or length == pytest.approx(1, abs=1e-5) for length in lengths)
    for row, text in zip(vectors, TEXTS, strict=True):
        assert embedder.embed([text])[0] == pytest.approx(row, abs=1e-6)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_what_is_far_behind_in_a_text_is_not_looked_at(embedder: Embedder) -> None:
    long = "发货" * (MAX_CHARACTERS // 2)
    one, other = embedder.embed([long, long + "怎么退款" * 50_000])
    assert one.tolist() == other.tolist()


def test_half_characters_are_passed_over(embedder: Embedder) -> None:
    whole, halves = embedder.embed(["什么时候发货", "什么\ud83d时候发\udc00货"])
    assert whole.tolist() == halves.tolist()


@given(text=st.text(st.characters(), max_size=50))
def test_any_text_is_embedded(shipped: Embedder, text: str) -> None:
    length = float(np.linalg.norm(shipped.embed([text])))
    assert length == 0 or length == pytest.approx(1, abs=1e-5)


def test_more_texts_than_a_batch_holds_come_back_in_order(static_model: Path) -> None:
    embedder = StaticEmbedder(static_model, name="static")
    texts = [TEXTS[i % 5] for i in range(2_500)]
    assert (embedder.embed(texts) == embedder.embed(TEXTS[:5])[np.arange(2_500) % 5]).all()


def refusal(model: str | Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        open_embedder(model)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "model", ["./no/such/model", "/no/such/model", "a/b/c", "C:\\models\\x", Path("model")]
)
def test_a_directory_that_is_not_there_is_named(model: str | Path) -> None:
    assert refusal(model) == f"{model}: no such directory"


def test_a_directory_that_holds_no_model_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith(f"{tmp_path}: cannot be opened as a model: ")


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
def test_a_broken_model_is_named(tmp_path: Path, name: str) -> None:
    directory = save_static_model(tmp_path / "model")
    (directory / name).write_bytes(b"{}")
    assert refusal(directory).startswith(f"{directory}: cannot be opened as a model: ")
    with pytest.raises(ModelUnavailable, match="the embedding model is broken"):
        StaticEmbedder(directory, name="static")
    (directory / name).unlink()
    with pytest.raises(ModelUnavailable, match="the embedding model is broken"):
        StaticEmbedder(directory, name="static")


def test_a_tokenizer_of_another_model_is_noticed(tmp_path: Path) -> None:
    directory = save_static_model(tmp_path / "model")
    larger = tokenizer()
    larger.add_tokens(["一个新词"])
    larger.save(str(directory / "tokenizer.json"))
    with pytest.raises(ModelUnavailable, match="more tokens than vectors"):
        StaticEmbedder(directory, name="static")


def closed_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


OPEN_BY_NAME = """
import sys
from knowledge import ModelUnavailable, open_embedder
try:
    open_embedder("BAAI/bge-small-zh-v1.5")
except ModelUnavailable as error:
    print(error)
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize(
    "environment",
    [{"HF_ENDPOINT": f"http://127.0.0.1:{closed_port()}", "NO_PROXY": "127.0.0.1"}, {"HF_HUB_OFFLINE": "1"}],
    ids=["hub unreachable", "told to stay offline"],
)
def test_a_name_that_cannot_be_fetched_is_told_at_once(tmp_path: Path, environment: dict[str, str]) -> None:
    """In a process of its own, as the hub's library reads the environment once. Left to itself it would go on
    trying for a minute, which the time limit does not give it."""
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", OPEN_BY_NAME],
        env=os.environ | {"HF_HOME": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    (line,) = ran.stdout.splitlines()
    assert line.startswith("BAAI/bge-small-zh-v1.5: it is not on this machine, and the model hub does not")


def test_what_an_address_was_asked_with_is_not_repeated(
    static_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses of model files are signed."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("403 for 'https://cdn.example/model?X-Signature=secret&Key=1'\nmore of it")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer.__init__", refuse)
    message = refusal(static_model)
    assert message == f"{static_model}: cannot be opened as a model: 403 for 'https://cdn.example/model'"


def test_a_model_fetched_once_is_opened_without_asking_the_hub(
    static_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's cache as its library lays it out; asking the hub would fail, as nothing is online here."""
    cached = tmp_path / "models--shop--small"
    commit = "0123456789abcdef" * 2 + "01234567"
    shutil.copytree(static_model, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("knowledge.embedder._ask_hub", lambda name: pytest.fail(f"asked the hub for {name}"))
    embedder = open_embedder("shop/small")
    assert embedder.embed(TEXTS) == pytest.approx(open_embedder(static_model).embed(TEXTS), abs=1e-6)
