"""Trains what knowledge/model/ ships but for the calibration: embedding, question model, lexicon.

Some six minutes on two cores. Then run scripts/calibrate.py, whose weights belong to one embedding.
"""

import time
from pathlib import Path
from typing import Annotated

import torch
import typer
from embedding.chatter import fit_question_model
from embedding.corpus import read_training_text
from embedding.ensemble import combine
from embedding.export import write_model
from embedding.lexicon import write_lexicon
from embedding.tokens import make_tokenizer
from embedding.training import Recipe, train

_SHOWN_STEPS = 100


def main(
    data: Annotated[Path, typer.Argument(help="A folder with corpus/ and training/.")],
    out: Annotated[Path, typer.Option(help="Where the model goes.")],
    seed: Annotated[int, typer.Option(help="Same seed, machine and libraries: same model.")] = 1,
    steps: Annotated[int, typer.Option(help="Training steps.")] = Recipe().steps,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
) -> None:
    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(steps=steps)
    text = read_training_text(data)
    write_lexicon(text, out)
    fit_question_model(data, out)
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


if __name__ == "__main__":
    typer.run(main)
