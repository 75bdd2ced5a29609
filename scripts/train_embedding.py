"""Trains what knowledge/model/ ships but for the calibration: embedding, question model, lexicon.

Some six minutes on two cores. Then run scripts/calibrate.py, whose weights belong to one embedding. What it
is trained on stands in scripts/embedding/README.md.
"""

import sys
import time
from pathlib import Path
from typing import Annotated

import torch
import typer
from embedding.chatter import fit_question_model
from embedding.ensemble import combine
from embedding.export import write_model
from embedding.lexicon import write_lexicon
from embedding.meanings import write_meanings
from embedding.public import ADDRESSES, HOMOPHONE_SET, missing_sets
from embedding.rows import TrainingTextInvalid
from embedding.texts import CORPUS, TrainingText, read_training_text
from embedding.tokens import make_tokenizer
from embedding.training import Recipe, train

_SHOWN_STEPS = 100


def main(
    out: Annotated[Path, typer.Option(help="Where the model goes.")],
    public: Annotated[
        Path | None, typer.Option(file_okay=False, exists=True, help="The folder of public sets.")
    ] = None,
    corpus: Annotated[
        Path, typer.Option(file_okay=False, exists=True, help="The project's own text.")
    ] = CORPUS,
    seed: Annotated[int, typer.Option(help="Same seed, machine and libraries: same model.")] = 1,
    steps: Annotated[int, typer.Option(help="Training steps.")] = Recipe().steps,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
) -> None:
    torch.set_num_threads(threads)
    recipe = Recipe(steps=steps)
    text = _read(corpus, public)
    out.mkdir(parents=True, exist_ok=True)
    write_lexicon(text, out)
    fit_question_model(corpus, out)
    tokenizer = make_tokenizer(text.texts(), words=recipe.words, pieces=recipe.pieces)
    started = time.monotonic()

    def show(step: int, loss: float) -> None:
        if step % _SHOWN_STEPS == 0:
            print(f"step {step}: loss {loss:.3f}, {time.monotonic() - started:.0f} s", flush=True)

    members = [
        train(text, tokenizer, recipe, seed=seed + member, show=show) for member in range(recipe.members)
    ]
    wordings = [wording for groups in text.domains.values() for group in groups for wording in group]
    write_model(out, tokenizer, combine(members, tokenizer, wordings, dimension=recipe.dimension))
    write_meanings(text, out)


def _read(corpus: Path, public: Path | None) -> TrainingText:
    """A public set that is missing makes a weaker model, which is said and not refused."""
    for name in missing_sets(public):
        loss = ", and the model will not know how characters sound" if name == HOMOPHONE_SET else ""
        print(f"warning: trained without {name}{loss}; it comes from {ADDRESSES[name]}", file=sys.stderr)
    try:
        return read_training_text(corpus, public)
    except TrainingTextInvalid as error:
        raise typer.BadParameter(str(error)) from None


if __name__ == "__main__":
    typer.run(main)
