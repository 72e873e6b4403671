"""``transformers-abc score``: how far predictions are from references.

    transformers-abc score predictions/ references/

Figures go to stdout as a table (or JSON), doubts to stderr. What the figures mean stands in docs/scoring.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command, complain
from transformers_abc.scoring.composite import DEFAULT_PRESET, PARTS, PRESETS

if TYPE_CHECKING:
    from transformers_abc.evaluation.pairs import Pair, Pairs
    from transformers_abc.scoring.compare import AbcScore
    from transformers_abc.scoring.corpus import CorpusScore

_LOSSES = (*PRESETS, *PARTS)
_MAX_NAME = 40  # characters of a sample's name in a table

Scored = tuple["Pair", "AbcScore | None"]


def add_score(commands: Commands) -> None:
    command = add_command(
        commands,
        "score",
        summary="compare predictions with references",
        description="Compare ABC, MIDI or MusicXML with its reference: composite loss of both presets and all parts, 0 being right.",
        examples="PRED and REF are two files, two folders (files of the same name are compared), or two .jsonl files with the fields\n"
        "prediction and reference (or references), matched by their field id, or else line by line; one .jsonl may hold both.\n"
        "Missing and unreadable predictions have the worst loss; samples with a broken reference are left out; both are counted.\n\n"
        "examples:\n"
        "  transformers-abc score song.abc reference.musicxml\n"
        "  transformers-abc score predictions/ references/ --per-sample\n"
        "  transformers-abc score samples.jsonl --json | jq .totals.full.mean",
    )
    command.add_argument("prediction", type=Path, metavar="PRED", help=".abc, .mid, .musicxml, .mxl; a folder of these; or .jsonl")
    command.add_argument("reference", type=Path, metavar="REF", nargs="?", help="the same; may be left out where a .jsonl holds both")
    command.add_argument("--per-sample", action="store_true", help="a row a sample as well")
    command.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    command.add_argument(
        "--preset", choices=tuple(PRESETS), default=DEFAULT_PRESET, help="decides which of several references counts (default: %(default)s)"
    )
    command.set_defaults(run=_score, extra="")


def _score(options: argparse.Namespace) -> int:
    from transformers_abc.evaluation.pairs import PairsError, load_pairs
    from transformers_abc.scoring.corpus import corpus_score

    try:
        loaded = load_pairs(options.prediction, options.reference)
    except PairsError as error:
        raise UserError(str(error)) from error
    for remark in loaded.remarks:
        complain(remark)
    scored = [(pair, _compared(pair, options.preset)) for pair in loaded.pairs]
    try:
        corpus = corpus_score([score for _, score in scored])
    except ValueError as error:
        raise UserError(f"{options.reference or options.prediction}: {error}") from error
    print(_json(scored, corpus, loaded, options) if options.json else _text(scored, corpus, options))
    return EXIT_OK


def _compared(pair: Pair, preset: str) -> AbcScore | None:
    """None where a reference is broken."""
    from transformers_abc.scoring.compare import BrokenReferenceError, compare

    if pair.references is None:
        return None
    try:
        return compare(pair.prediction, pair.references, preset)
    except BrokenReferenceError:
        complain(f"{pair.id}: the reference has no music; the sample is left out")
        return None


def _interval(scored: Sequence[Scored], loss: str) -> tuple[float, float] | None:
    """Over pieces; None where there is only one."""
    from transformers_abc.evaluation.figures import losses_of
    from transformers_abc.scoring.corpus import bootstrap_interval

    known = [(value, pair.group) for pair, score in scored if score is not None and (value := losses_of(score)[loss]) is not None]
    groups = [group for _, group in known]
    return bootstrap_interval([value for value, _ in known], groups) if len(set(groups)) > 1 else None


# --- As text -------------------------------------------------------------------------------------------------------------------------


def _text(scored: Sequence[Scored], corpus: CorpusScore, options: argparse.Namespace) -> str:
    from transformers_abc.evaluation.tables import counted, plain_table

    tables = []
    if options.per_sample:
        tables.append(plain_table([["sample", *_LOSSES], *(_sample_row(pair, score) for pair, score in scored)]))
    tables.append(plain_table([["loss", "mean", "95 % interval", "samples"], *_mean_rows(scored, corpus)]))
    said = f"{counted(corpus.n, 'sample')}; {corpus.unreadable} unreadable; {corpus.skipped} left out (broken reference)"
    return "\n\n".join([*tables, f"{said}\n{corpus.signature}"])


def _sample_row(pair: Pair, score: AbcScore | None) -> list[str]:
    from transformers_abc.evaluation.figures import losses_of
    from transformers_abc.evaluation.tables import shown

    name = " ".join(pair.id.split())
    name = name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"
    losses = losses_of(score) if score is not None else dict.fromkeys(_LOSSES)
    return [name, *(shown(losses[loss]) for loss in _LOSSES)]


def _mean_rows(scored: Sequence[Scored], corpus: CorpusScore) -> list[list[str]]:
    from transformers_abc.evaluation.figures import LABELS, losses_of
    from transformers_abc.evaluation.tables import shown, shown_interval

    rows = []
    for loss in _LOSSES:
        n = sum(score is not None and losses_of(score)[loss] is not None for _, score in scored)
        mean = corpus.totals[loss] if loss in corpus.totals else corpus.parts[loss]
        rows.append([LABELS[loss], shown(mean), shown_interval(_interval(scored, loss)), str(n)])
    return rows


# --- As JSON -------------------------------------------------------------------------------------------------------------------------


def _json(scored: Sequence[Scored], corpus: CorpusScore, loaded: Pairs, options: argparse.Namespace) -> str:
    fields: dict[str, object] = {
        "signature": corpus.signature,
        "preset": options.preset,
        "n": corpus.n,
        "unreadable": corpus.unreadable,
        "skipped": corpus.skipped,
        "missing": list(loaded.missing),
        "surplus": list(loaded.surplus),
        "totals": {preset: {"mean": corpus.totals[preset], "interval": _interval(scored, preset)} for preset in PRESETS},
        "parts": {part: {"mean": corpus.parts[part], "interval": _interval(scored, part)} for part in PARTS},
    }
    if options.per_sample:
        fields["samples"] = [_sample_fields(pair, score) for pair, score in scored]
    return json.dumps(fields, ensure_ascii=False, indent=1)


def _sample_fields(pair: Pair, score: AbcScore | None) -> dict[str, object]:
    if score is None:
        return {"id": pair.id, "skipped": True}
    return {
        "id": pair.id,
        "totals": dict(score.totals),
        "parts": dict(score.parts),
        "is_readable": score.is_readable,
        "reference": score.reference,
    }
