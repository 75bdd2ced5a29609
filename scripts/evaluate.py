"""Prints how well labelled rooms are understood, each by a calibration new to it, beside baselines."""

import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.embedder import Embedder, open_embedder
from knowledge.evaluation import metrics
from knowledge.evaluation.calibrate import leave_one_out
from knowledge.evaluation.metrics import Outcome
from knowledge.evaluation.rooms import DEFAULT_BUDGET, Room, read_rooms
from knowledge.ranking import Ranker, unfitted_calibration
from knowledge.text import fold

Scores = list[list[float]]
"""A row a message, a column a wording."""

COLUMNS: dict[str, Callable[[Sequence[Outcome]], float]] = {
    "hit@1": lambda room: metrics.hit_at(room, 1),
    "hit@3": lambda room: metrics.hit_at(room, 3),
    "cover@.8": lambda room: metrics.coverage_at_precision(room, 0.8),
    "cover@.9": lambda room: metrics.coverage_at_precision(room, 0.9),
    "cover@.95": lambda room: metrics.coverage_at_precision(room, 0.95),
    "false voice": metrics.false_voice,
    "missed": metrics.missed,
    "replied": metrics.replied_rightly,
    "wrong": metrics.wrong_replies,
    "calib. error": metrics.expected_calibration_error,
}


def main(
    directory: Annotated[
        Path, typer.Argument(metavar="ROOMS", help="A folder of two or more labelled rooms.")
    ],
    model: Annotated[str, typer.Option(help="An embedding model; empty for the shipped.")] = "",
    budget: Annotated[float, typer.Option(help="The share of replies that may be wrong.")] = DEFAULT_BUDGET,
    baselines: Annotated[bool, typer.Option(help="Judge by plain similarity too.")] = True,
    kinds: Annotated[bool, typer.Option(help="Show each kind of message.")] = False,
) -> None:
    rooms = read_rooms(directory)
    if len(rooms) < 2:
        raise typer.BadParameter("one room cannot be judged by the others")
    embedder = open_embedder(model)
    started = time.perf_counter()
    judged = judge_by_others(rooms, embedder, budget)
    per_text = (time.perf_counter() - started) / sum(len(room.messages) for room in rooms)
    console = Console()
    table = Table("", *COLUMNS, title=f"{embedder.name}, wrong reply budget {budget:g}", padding=0)
    for room, outcomes in zip(rooms, judged, strict=True):
        table.add_row(room.name, *(f"{measure(outcomes):.1%}" for measure in COLUMNS.values()))
    add_mean(table, "mean", judged)
    if baselines:
        for name, score in BASELINES.items():
            add_mean(table, name, [judge_by_similarity(room, score) for room in rooms])
    console.print(table)
    console.print(f"{per_text * 1e6:.0f} us a text, calibration included")
    if kinds:
        console.print(kinds_table(judged))


def judge_by_others(rooms: Sequence[Room], embedder: Embedder, budget: float) -> list[list[Outcome]]:
    ranker = Ranker(unfitted_calibration())
    observed = [room.observe(ranker, embedder) for room in rooms]
    to_fit = [
        examples + room.observe_thinned(ranker, embedder)
        for room, examples in zip(rooms, observed, strict=True)
    ]
    return [
        room.outcomes(examples, calibration, budget)
        for room, examples, calibration in zip(rooms, observed, leave_one_out(to_fit), strict=True)
    ]


def judge_by_similarity(room: Room, score: Callable[[list[str], list[str]], Scores]) -> list[Outcome]:
    """As the live tools do: the most similar wording, answered from a similarity of 0.8."""
    wordings = [(entry.id, fold(wording)) for entry in room.entries for wording in entry.wordings]
    rows = score([fold(message.text) for message in room.messages], [wording for _, wording in wordings])
    outcomes = []
    for message, row in zip(room.messages, rows, strict=True):
        order = sorted(range(len(row)), key=lambda place: -row[place])
        ranked = tuple(dict.fromkeys(wordings[place][0] for place in order))[:3]
        likeness = max(row)
        action = "reply" if likeness >= 0.8 else "ignore"
        outcomes.append(Outcome(message.expect, message.entry, ranked, likeness, action, message.kind))
    return outcomes


def difflib_ratios(texts: list[str], wordings: list[str]) -> Scores:
    return [[SequenceMatcher(None, text, wording).ratio() for wording in wordings] for text in texts]


def rapidfuzz_ratios(texts: list[str], wordings: list[str]) -> Scores:
    return [[fuzz.WRatio(text, wording) / 100 for wording in wordings] for text in texts]


def tfidf_cosines(texts: list[str], wordings: list[str]) -> Scores:
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3))
    known = vectorizer.fit_transform(wordings)
    scores: Scores = (vectorizer.transform(texts) @ known.T).toarray().tolist()
    return scores


BASELINES = {
    "difflib 0.8": difflib_ratios,
    "RapidFuzz 0.8": rapidfuzz_ratios,
    "character TF-IDF 0.8": tfidf_cosines,
}


def add_mean(table: Table, name: str, judged: Sequence[Sequence[Outcome]]) -> None:
    table.add_section()
    table.add_row(name, *(f"{fmean(map(measure, judged)):.1%}" for measure in COLUMNS.values()))


def kinds_table(judged: Sequence[Sequence[Outcome]]) -> Table:
    pooled = [outcome for room in judged for outcome in room]
    table = Table("kind", "messages", "first entry right", "replied", "handed over", "ignored")
    for kind in sorted({outcome.kind for outcome in pooled}):
        held = [outcome for outcome in pooled if outcome.kind == kind]
        shares = [
            fmean(outcome.action == action for outcome in held) for action in ("reply", "escalate", "ignore")
        ]
        table.add_row(
            kind, str(len(held)), f"{metrics.hit_at(held, 1):.0%}", *(f"{share:.0%}" for share in shares)
        )
    return table


if __name__ == "__main__":
    typer.run(main)
