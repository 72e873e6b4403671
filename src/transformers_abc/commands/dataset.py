"""``transformers-abc dataset build|prime|push|embed``: recordings to a dataset of questions and answers, and from there to others.

transformers-abc dataset build --urmp Dataset/ --out urmp-abc/
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command, complain, positive
from transformers_abc.commands.dataset_embed import add_embed
from transformers_abc.commands.dataset_names import add_prime, add_push

if TYPE_CHECKING:
    from transformers_abc.data.builder import BuildSettings, BuildSummary
    from transformers_abc.data.sources import PieceSource

MOST_NAMED = 20  # problems that are printed; all of them are in build.json
DEFAULT_PIECES = 30


def add_dataset(commands: Commands) -> None:
    dataset = commands.add_parser(
        "dataset",
        help="recordings with their scores as a Hugging Face dataset",
        description="Make a dataset of clips, questions and answers from recordings whose notes are known; load it by name, publish it.",
    )
    actions = dataset.add_subparsers(required=True, metavar="ACTION")
    _add_build(actions)
    add_prime(actions)
    add_push(actions)
    add_embed(actions)


def _add_build(actions: Commands) -> None:
    build = add_command(
        actions,
        "build",
        summary="make one from recordings, or from nothing",
        description="Cut recordings into clips, write down what each plays as ABC, ask questions about it, and save all as Parquet files "
        "with a card. What is wrong with a file is reported, and the rest is built. Stop it at any time: the same command goes on where it "
        "was.",
        examples="URMP (https://doi.org/10.5061/dryad.ng3r749), the folder that holds 01_Jupiter_vn_vc and so on:\n"
        "  transformers-abc dataset build --urmp Dataset/ --out urmp-abc/\n\n"
        "other recordings with MIDI files that keep their time (MAESTRO, Slakh, GuitarSet, or song.wav beside song.mid):\n"
        "  transformers-abc dataset build --pairs maestro-v3.0.0/ --out maestro-abc/ --sampling-rate 16000 --num-proc 8\n\n"
        "a small one for trying things, from composed tunes and invented sounds; or from scores and a SoundFont of your own:\n"
        "  transformers-abc dataset build --synthetic --out toy-abc/\n"
        "  transformers-abc dataset build --synthetic 500 --scores scores/ --soundfont FluidR3_GM.sf2 --out quartets-abc/\n\n"
        "then in Python:\n"
        "  from datasets import load_dataset\n"
        '  load_dataset("urmp-abc/")          transcriptions\n'
        '  load_dataset("urmp-abc/", "qa")    short questions',
    )
    source = build.add_mutually_exclusive_group(required=True)
    source.add_argument("--urmp", type=Path, metavar="DIR", help="a folder in URMP's layout")
    source.add_argument("--pairs", type=Path, metavar="DIR", help="a folder of recordings with aligned MIDI")
    source.add_argument(
        "--synthetic",
        type=positive(int),
        nargs="?",
        const=DEFAULT_PIECES,
        metavar="N",
        help=f"N pieces made up here (default: {DEFAULT_PIECES})",
    )
    build.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the dataset")
    _add_content(build)
    build.add_argument("--scores", type=Path, metavar="DIR", help="with --synthetic: ABC, MIDI, MusicXML to play (default: composed tunes)")
    build.add_argument("--soundfont", type=Path, metavar="FILE", help="with --synthetic: sounds to play them on (default: invented ones)")
    build.add_argument("--num-proc", type=positive(int), default=1, metavar="N", help="processes that work at once (default: %(default)s)")
    build.set_defaults(run=_build, extra="data")


def _add_content(build: argparse.ArgumentParser) -> None:
    """Options that decide what the rows are."""
    build.add_argument("--clip-s", type=positive(float), default=25.0, metavar="S", help="the longest clip, seconds (default: %(default)g)")
    build.add_argument(
        "--cut", choices=("bars", "seconds"), default="bars", help="end clips at bar lines, or every S seconds (default: %(default)s)"
    )
    build.add_argument(
        "--recordings",
        choices=("all", "mixes", "stems"),
        default="all",
        help="all players together, each alone, or both",
    )
    build.add_argument("--sampling-rate", type=positive(int), metavar="HZ", help="of the audio (default: as recorded)")
    build.add_argument(
        "--questions",
        type=int,
        default=3,
        metavar="N",
        help="short questions for each clip (default: %(default)s)",
    )
    build.add_argument(
        "--prompt", choices=("full", "short", "mixed"), default="mixed", help="how transcriptions are asked for (default: %(default)s)"
    )
    build.add_argument("--seed", type=int, default=0, help="of wordings, of what is asked, and of synthetic music (default: %(default)s)")


def _build(options: argparse.Namespace) -> int:
    from transformers_abc.data.builder import build_dataset

    if options.synthetic is None and (options.scores or options.soundfont):
        raise UserError("--scores and --soundfont go with --synthetic")
    try:
        sources = _sources(options)
        summary = build_dataset(sources, options.out, _settings(options), options.num_proc)
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    _tell(summary, options.out, len(sources))
    return EXIT_OK


def _sources(options: argparse.Namespace) -> Sequence[PieceSource]:
    from transformers_abc.data.builder import WORK
    from transformers_abc.data.sources import pair_sources, synthetic_sources, urmp_sources
    from transformers_abc.data.synthetic_pieces import SAMPLING_RATE, SyntheticSettings
    from transformers_abc.synthesis.soundfonts import check_for_training

    if options.urmp:
        return urmp_sources(options.urmp)
    if options.pairs:
        return pair_sources(options.pairs)
    if options.soundfont:
        check_for_training(options.soundfont)
    bank_cache = options.out / WORK / "bank" if options.soundfont else None
    settings = SyntheticSettings(options.seed, options.soundfont, options.sampling_rate or SAMPLING_RATE, bank_cache)
    return synthetic_sources(options.synthetic, settings, options.scores)


def _settings(options: argparse.Namespace) -> BuildSettings:
    from transformers_abc.data.builder import BuildSettings
    from transformers_abc.data.rows import RowSettings

    kind = "urmp" if options.urmp else "pairs" if options.pairs else "synthetic"
    places = (options.urmp, options.pairs, options.scores, options.soundfont)
    rows = RowSettings(options.sampling_rate, options.questions, options.prompt, options.seed)
    source = " ".join([str(options.synthetic or ""), *(os.path.abspath(place) for place in places if place)]).strip()  # noqa: PTH100
    return BuildSettings(options.clip_s, options.cut, options.recordings, rows, kind, source)


def _tell(summary: BuildSummary, out: Path, pieces: int) -> None:
    for problem in summary.problems[:MOST_NAMED]:
        complain(problem)
    if len(summary.problems) > MOST_NAMED:
        complain(f"and {len(summary.problems) - MOST_NAMED} more, see {out / 'build.json'}")
    for config, splits in summary.rows.items():
        print(f"{config}: {', '.join(f'{rows} {split}' for split, rows in splits.items())}")
    print(f"{summary.pieces} of {pieces} pieces, {summary.hours:.2f} hours of clips, {len(summary.problems)} problems")
    print(out)
