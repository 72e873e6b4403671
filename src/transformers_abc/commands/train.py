"""``transformers-abc train``: train a model on synthetic music, fit the numbers of one, or learn the tokenizer's vocabulary.

transformers-abc train listener --scores scores/ --out listener/
transformers-abc train score --scores scores/ --out score/
transformers-abc train lengths --scores scores/ --out lengths/
transformers-abc train voices --scores scores/ --listener listener/ --soundfont FluidR3_GM.sf2 --out voices/
transformers-abc train tokenizer --scores scores/ --out tokenizer/
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command, positive

Config = TypeVar("Config")


def add_train(commands: Commands) -> None:
    train = commands.add_parser("train", help="train a model", description="Train a model on synthetic music, or learn a vocabulary.")
    models = train.add_subparsers(required=True, metavar="MODEL")
    _add_listener(models)
    _add_score(models)
    _add_lengths(models)
    _add_voices(models)
    _add_tokenizer(models)


def _add_listener(models: Commands) -> None:
    listener = add_command(
        models,
        "listener",
        summary="the network that hears notes",
        description="Train the listener on synthetic recordings with exact labels. Stop it at any time: the same command resumes from its "
        "last checkpoint.",
        examples="the shipped weights:\n"
        "  transformers-abc train listener --scores openscore_quartets/ --soundfont FluidR3_GM.sf2 --samples samples/ --bf16 \\\n"
        "      --out listener/\n"
        "  (what ships was then trained on: --start-from listener/ --steps 9000 --seed 1 --out listener-2/)\n"
        "many GPUs:\n"
        "  accelerate launch -m transformers_abc train listener --scores openscore_quartets/ --out listener/",
    )
    listener.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the finished model")
    listener.add_argument("--scores", type=Path, help="folder of MusicXML scores to play (default: invented music only)")
    listener.add_argument("--soundfont", type=Path, help="SoundFont to play them on, with fluidsynth (default: invented timbres only)")
    listener.add_argument("--samples", type=Path, help="folder of recorded notes to play them on too, see docs/training.md")
    listener.add_argument("--start-from", type=Path, help="folder of a trained listener to go on from (default: start from nothing)")
    number, amount = positive(int), positive(float)
    listener.add_argument("--steps", type=number, default=6400, help="updates in all (default: %(default)s)")
    listener.add_argument("--batch-size", type=number, default=6, help="clips per update (default: %(default)s)")
    listener.add_argument("--clip-s", type=amount, default=4.0, help="seconds per clip (default: %(default)s)")
    listener.add_argument("--learning-rate", type=amount, default=3e-3, help="of AdamW (default: %(default)s)")
    listener.add_argument("--validate-every", type=number, default=500, help="updates between validations (default: %(default)s)")
    listener.add_argument("--validation-clips", type=number, default=120, help="clips to validate on (default: %(default)s)")
    listener.add_argument("--checkpoint-every", type=number, default=100, help="updates between checkpoints (default: %(default)s)")
    listener.add_argument("--workers", type=int, default=1, help="processes that make clips (default: %(default)s)")
    listener.add_argument("--threads", type=number, default=2, help="threads of the network on a CPU (default: %(default)s)")
    listener.add_argument("--bf16", action="store_true", help="compute in bfloat16: twice as fast where the processor has it")
    listener.add_argument("--report-to", default="none", help="tensorboard, trackio, wandb or none (default: %(default)s)")
    listener.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    listener.add_argument("--device", default="auto", help="auto or cpu (default: %(default)s)")
    listener.set_defaults(run=_train_listener, extra="train")


def _add_score(models: Commands) -> None:
    score = add_command(
        models,
        "score",
        summary="the networks that find beats and bars",
        description="Train the networks that choose tempo, metre and bar lines, on notes heard with simulated mistakes; half an hour on "
        "one core. Stop it at any time: the same command resumes from its last checkpoint.",
        examples="the shipped weights:\n  transformers-abc train score --scores openscore_quartets/ --out score/ --seed 0",
    )
    score.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the finished weights")
    score.add_argument("--scores", type=Path, help="folder of MusicXML, MIDI or ABC scores to play (default: composed tunes only)")
    number, amount = positive(int), positive(float)
    score.add_argument("--steps", type=number, default=2800, help="updates in all (default: %(default)s)")
    score.add_argument("--batch-size", type=number, default=16, help="examples per update (default: %(default)s)")
    score.add_argument("--examples", type=number, default=18_000, help="examples, gone through again and again (default: %(default)s)")
    score.add_argument("--learning-rate", type=amount, default=2e-3, help="of AdamW (default: %(default)s)")
    score.add_argument("--dropout", type=float, default=0.15, help="share of numbers left out in training (default: %(default)s)")
    score.add_argument("--validate-every", type=number, default=500, help="updates between validations (default: %(default)s)")
    score.add_argument("--validation-clips", type=number, default=60, help="clips to validate on (default: %(default)s)")
    score.add_argument("--checkpoint-every", type=number, default=100, help="updates between checkpoints (default: %(default)s)")
    score.add_argument("--threads", type=number, default=1, help="threads of the networks (default: %(default)s)")
    score.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    score.set_defaults(run=_train_score, extra="train")


def _add_lengths(models: Commands) -> None:
    lengths = add_command(
        models,
        "lengths",
        summary="the numbers that tell notes from rests",
        description="Learn how long notes are written from how they sound, on performed scores; minutes.",
        examples="the shipped numbers:\n  transformers-abc train lengths --scores openscore_quartets/ --out lengths/ --seed 0",
    )
    lengths.add_argument("--out", type=Path, required=True, help="folder for lengths.json")
    lengths.add_argument("--scores", type=Path, required=True, help="folder of MusicXML, MIDI or ABC scores to perform")
    lengths.add_argument("--passages", type=positive(int), default=1200, help="performances to learn from (default: %(default)s)")
    lengths.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    lengths.set_defaults(run=_train_lengths, extra="train")


def _add_voices(models: Commands) -> None:
    voices = add_command(
        models,
        "voices",
        summary="the numbers that tell voices and instruments",
        description="Fit the costs, odds and weights by which the score writer finds out who played what, to training works, and report "
        "figures on validation works; minutes. Without a listener the numbers that weigh sounds keep those that ship.",
        examples="the shipped numbers:\n"
        "  transformers-abc train voices --scores openscore_quartets/ --soundfont FluidR3_GM.sf2 --samples samples/ \\\n"
        "      --listener listener/ --out voices/ --seed 0",
    )
    voices.add_argument("--out", type=Path, required=True, help="folder for voices.json and what was heard")
    voices.add_argument("--scores", type=Path, required=True, help="folder of MusicXML, MIDI or ABC scores to play")
    voices.add_argument("--listener", type=Path, help="folder of the listener that hears (default: fit to notes alone)")
    voices.add_argument("--soundfont", type=Path, help="SoundFont to play on, where there is a listener")
    voices.add_argument("--samples", type=Path, help="folder of recorded notes to play on too, see docs/training.md")
    number = positive(int)
    voices.add_argument("--clips", type=number, default=600, help="clips of notes alone to fit to (default: %(default)s)")
    voices.add_argument("--heard-clips", type=number, default=240, help="clips to hear and fit to (default: %(default)s)")
    voices.add_argument("--validation-clips", type=number, default=120, help="clips to report on, of each (default: %(default)s)")
    voices.add_argument("--threads", type=number, default=1, help="threads of the listener (default: %(default)s)")
    voices.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    voices.set_defaults(run=_train_voices, extra="train")


def _add_tokenizer(models: Commands) -> None:
    tokenizer = add_command(
        models,
        "tokenizer",
        summary="the vocabulary of the ABC tokenizer",
        description="Learn which runs of notes and signs become one token, from scores and composed tunes; minutes.",
        examples="the shipped vocabulary:\n  transformers-abc train tokenizer --scores openscore_quartets/ --out abc_tokenizer/",
    )
    tokenizer.add_argument("--out", type=Path, required=True, help="folder for the tokenizer")
    tokenizer.add_argument("--scores", type=Path, help="folder of MusicXML, MIDI or ABC scores (default: composed tunes only)")
    tokenizer.add_argument("--cache", type=Path, help="folder for what is read of the scores (default: beside OUT)")
    number = positive(int)
    tokenizer.add_argument("--composed", type=int, default=4000, help="tunes to compose and learn from (default: %(default)s)")
    tokenizer.add_argument("--vocabulary-size", type=number, default=4096, help="tokens at most (default: %(default)s)")
    tokenizer.add_argument("--processes", type=number, default=1, help="that write texts (default: %(default)s)")
    tokenizer.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    tokenizer.set_defaults(run=_train_tokenizer, extra="train")


def _train_listener(options: argparse.Namespace) -> int:
    from transformers_abc.training.listener import ListenerTrainingConfig, train_listener

    return _train(options, ListenerTrainingConfig, train_listener)


def _train_score(options: argparse.Namespace) -> int:
    from transformers_abc.training.score import ScoreTrainingConfig, train_score

    return _train(options, ScoreTrainingConfig, train_score)


def _train_lengths(options: argparse.Namespace) -> int:
    from transformers_abc.training.lengths import LengthTrainingConfig, train_lengths

    return _train(options, LengthTrainingConfig, train_lengths)


def _train_voices(options: argparse.Namespace) -> int:
    from transformers_abc.training.voices import VoiceTrainingConfig, train_voices

    return _train(options, VoiceTrainingConfig, train_voices)


def _train_tokenizer(options: argparse.Namespace) -> int:
    from transformers_abc.training.tokenizer import TokenizerTrainingConfig, train_tokenizer

    return _train(options, TokenizerTrainingConfig, train_tokenizer)


def _train(options: argparse.Namespace, config_class: Callable[..., Config], train: Callable[[Config], Path]) -> int:
    """Train with the options as the settings that have their names, and say where the result lies."""
    settings = {name: value for name, value in vars(options).items() if name not in ("run", "extra")}
    try:
        folder = train(config_class(**settings))
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(folder)
    return EXIT_OK
