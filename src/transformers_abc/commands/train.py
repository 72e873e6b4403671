"""``transformers-abc train listener``: train a model on synthetic music.

transformers-abc train listener --scores scores/ --out listener/
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers_abc.commands.console import EXIT_OK, Commands, UserError, add_command, positive


def add_train(commands: Commands) -> None:
    train = commands.add_parser("train", help="train a model", description="Train a model on synthetic music.")
    models = train.add_subparsers(required=True, metavar="MODEL")
    listener = add_command(
        models,
        "listener",
        summary="the network that hears notes",
        description="Train the listener on synthetic recordings with exact labels. Stop it at any time: the same command resumes from its "
        "last checkpoint.",
        examples="the shipped weights:\n"
        "  transformers-abc train listener --scores openscore_quartets/ --soundfont FluidR3_GM.sf2 --out listener/ --seed 0",
    )
    listener.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the finished model")
    listener.add_argument("--scores", type=Path, help="folder of MusicXML scores to play (default: invented music only)")
    listener.add_argument("--soundfont", type=Path, help="SoundFont to play them on, with fluidsynth (default: invented timbres only)")
    number, amount = positive(int), positive(float)
    listener.add_argument("--steps", type=number, default=1500, help="updates in all (default: %(default)s)")
    listener.add_argument("--batch-size", type=number, default=8, help="clips per update (default: %(default)s)")
    listener.add_argument("--clip-s", type=amount, default=3.0, help="seconds per clip (default: %(default)s)")
    listener.add_argument("--learning-rate", type=amount, default=3e-3, help="of AdamW (default: %(default)s)")
    listener.add_argument("--validate-every", type=number, default=250, help="updates between validations (default: %(default)s)")
    listener.add_argument("--validation-clips", type=number, default=40, help="clips to validate on (default: %(default)s)")
    listener.add_argument("--checkpoint-every", type=number, default=50, help="updates between checkpoints (default: %(default)s)")
    listener.add_argument("--workers", type=int, default=1, help="processes that make clips (default: %(default)s)")
    listener.add_argument("--threads", type=number, default=2, help="threads of the network on a CPU (default: %(default)s)")
    listener.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    listener.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    listener.set_defaults(run=_train_listener, extra="train")


def _train_listener(options: argparse.Namespace) -> int:
    from transformers_abc.training.listener import ListenerTrainingConfig, train_listener

    settings = {name: value for name, value in vars(options).items() if name not in ("run", "extra")}
    try:
        folder = train_listener(ListenerTrainingConfig(**settings))
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(folder)
    return EXIT_OK
