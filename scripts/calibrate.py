"""Fits knowledge/model/calibration.json on labelled rooms, and shows how it does on rooms it has not seen."""

from pathlib import Path
from typing import Annotated

import typer
from embedding.texts import unrelated_lines

from knowledge.embedder import open_embedder
from knowledge.evaluation.calibrate import fit_calibration
from knowledge.evaluation.rooms import read_rooms
from knowledge.ranking import SHIPPED_CALIBRATION, Ranker, unfitted_calibration


def main(
    rooms: Annotated[Path, typer.Argument(help="A folder of labelled rooms.")],
    out: Annotated[Path, typer.Option(help="Where the calibration goes.")] = SHIPPED_CALIBRATION,
    model: Annotated[str, typer.Option(help="An embedding model; empty for the shipped.")] = "",
) -> None:
    embedder = open_embedder(model)
    ranker = Ranker(unfitted_calibration())
    labelled = read_rooms(rooms)
    unrelated = unrelated_lines()
    observed = [room.lessons(ranker, embedder, unrelated) for room in labelled]
    calibration = fit_calibration(observed, names=[room.fingerprint for room in labelled])
    calibration.save(out)
    print(f"{out}: a reply needs {Ranker(calibration).reply_threshold(0.1):.3f} for a budget of 0.1")


if __name__ == "__main__":
    typer.run(main)
