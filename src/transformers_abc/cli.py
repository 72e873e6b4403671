"""The command line: ``transformers-abc transcribe|train``.

    transformers-abc transcribe song.wav -o song.abc --midi
    transformers-abc train listener --scores scores/ --out listener/

A mistake of the user's is one line on stderr and exit status 2; what was done before it is kept. Heavy imports stand in the functions
that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

EXIT_OK, EXIT_USER_ERROR, EXIT_INTERRUPTED = 0, 2, 130


class UserError(Exception):
    """Something the user can mend; its message is one line that says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("interrupted; finished files are kept", file=sys.stderr)
        return EXIT_INTERRUPTED
    except ModuleNotFoundError as error:
        _complain(f"this needs the package {error.name}: pip install 'transformers_abc[{options.extra}]'")
        return EXIT_USER_ERROR
    except UserError as error:
        _complain(str(error))
        return EXIT_USER_ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="transformers-abc", description="From a recording of music to ABC notation.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('transformers_abc')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_transcribe(commands)
    _add_train(commands)
    return parser


def _add_transcribe(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "transcribe",
        help="write the score of a recording",
        description="Listen to recordings and write their scores as ABC notation. Works offline, on the CPU.",
        epilog="examples:\n"
        "  transformers-abc transcribe song.wav                      print the ABC\n"
        "  transformers-abc transcribe song.mp3 -o song.abc --midi   write song.abc and song.mid\n"
        "  transformers-abc transcribe *.flac -o scores/ --json      write into the folder scores/, one score a recording",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("inputs", nargs="+", type=Path, metavar="IN", help="recording: wav, flac, ogg or mp3; any rate, mono or stereo")
    command.add_argument("-o", "--output", type=Path, metavar="OUT", help="file to write, or an existing folder; printed if not given")
    command.add_argument("--midi", action="store_true", help="also write the score as a MIDI file beside the ABC")
    command.add_argument("--json", action="store_true", help="also write the notes as heard, in seconds, beside the ABC")
    command.add_argument("--interleave", action="store_true", help="write voices line by line instead of one after another")
    command.set_defaults(run=_transcribe, extra="transcribe")


def _transcribe(options: argparse.Namespace) -> int:
    targets = _targets(options)
    from transformers_abc.data.audio import AudioError
    from transformers_abc.outputs import OutputError
    from transformers_abc.transcription import write_transcription

    failures = 0
    for source, target in zip(options.inputs, targets, strict=True):
        try:
            written = write_transcription(
                source, target, midi=options.midi, heard_json=options.json, interleave=options.interleave, warn=_complain
            )
        except (AudioError, OutputError) as error:
            _complain(str(error))
            failures += 1
            continue
        for path in written:
            print(path, file=sys.stderr)
    if failures and len(options.inputs) > 1:
        _complain(f"{failures} of {len(options.inputs)} recordings could not be transcribed; the others were")
    return EXIT_USER_ERROR if failures else EXIT_OK


def _targets(options: argparse.Namespace) -> list[Path | None]:
    """Where each score goes; None prints it. Faults are found before any work is done."""
    sources, output = options.inputs, options.output
    if output is None:
        if options.midi or options.json:
            raise UserError("--midi and --json write files: say where with -o OUT")
        return [None] * len(sources)
    if output.is_dir():
        targets = [output / f"{source.stem}.abc" for source in sources]
        if len(set(targets)) < len(targets):
            raise UserError(
                "two recordings have the same name, so their scores would overwrite each other: transcribe them into different folders"
            )
        return list(targets)
    if len(sources) > 1:
        raise UserError(f"{output}: several recordings need an existing folder: mkdir {output}")
    if not output.parent.is_dir():
        raise UserError(f"{output.parent}: no such folder: create it first, or choose another -o")
    return [output]


def _add_train(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser("train", help="train a model", description="Train a model on synthetic music.")
    models = train.add_subparsers(required=True, metavar="MODEL")
    listener = models.add_parser(
        "listener",
        help="the network that hears notes",
        description="Train the listener on synthetic recordings with exact labels. Stop it at any time: the same command resumes from its "
        "last checkpoint.",
        epilog="the shipped weights:\n"
        "  transformers-abc train listener --scores openscore_quartets/ --soundfont FluidR3_GM.sf2 --out listener/ --seed 0",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listener.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the finished model")
    listener.add_argument("--scores", type=Path, help="folder of MusicXML scores to play (default: invented music only)")
    listener.add_argument("--soundfont", type=Path, help="SoundFont to play them on, with fluidsynth (default: invented timbres only)")
    listener.add_argument("--steps", type=int, default=2000, help="updates in all (default: %(default)s)")
    listener.add_argument("--batch-size", type=int, default=8, help="clips per update (default: %(default)s)")
    listener.add_argument("--clip-s", type=float, default=3.0, help="seconds per clip (default: %(default)s)")
    listener.add_argument("--learning-rate", type=float, default=3e-3, help="of AdamW (default: %(default)s)")
    listener.add_argument("--validate-every", type=int, default=250, help="updates between validations (default: %(default)s)")
    listener.add_argument("--validation-clips", type=int, default=40, help="clips to validate on (default: %(default)s)")
    listener.add_argument("--checkpoint-every", type=int, default=50, help="updates between checkpoints (default: %(default)s)")
    listener.add_argument("--workers", type=int, default=1, help="processes that make clips (default: %(default)s)")
    listener.add_argument("--threads", type=int, default=2, help="threads of the network on a CPU (default: %(default)s)")
    listener.add_argument("--seed", type=int, default=0, help="of everything random (default: %(default)s)")
    listener.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    listener.set_defaults(run=_train_listener, extra="train")


def _train_listener(options: argparse.Namespace) -> int:
    from transformers_abc.training.listener import ListenerTrainingConfig, train_listener

    settings = {name: value for name, value in vars(options).items() if name not in ("run", "extra")}
    try:
        folder = train_listener(ListenerTrainingConfig(**settings))
    except (FileNotFoundError, ValueError) as error:
        raise UserError(str(error)) from error
    print(folder)
    return EXIT_OK


def _complain(message: str) -> None:
    print(f"transformers-abc: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
