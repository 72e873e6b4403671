"""The command line: ``transformers-abc transcribe|train``.

    transformers-abc transcribe song.wav -o song.abc --midi
    transformers-abc train listener --scores scores/ --out listener/

A mistake of the user's is one line on stderr and exit status 2; what was done before it is kept. Heavy imports stand in the functions
that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)

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
    command.add_argument("-o", "--output", metavar="OUT", help="file to write, or an existing folder; printed if not given")
    command.add_argument("--midi", action="store_true", help="also write the score as a MIDI file beside the ABC")
    command.add_argument("--json", action="store_true", help="also write the notes as heard, in seconds, beside the ABC")
    command.add_argument("--interleave", action="store_true", help="write voices line by line instead of one after another")
    command.set_defaults(run=_transcribe, extra="transcribe")


def _transcribe(options: argparse.Namespace) -> int:
    targets = _targets(options)
    from transformers_abc.data.audio import AudioError
    from transformers_abc.outputs import OutputError

    failures = 0
    for number, (source, target) in enumerate(zip(options.inputs, targets, strict=True), 1):
        try:
            _transcribe_one(source, target, number, options)
        except (AudioError, OutputError) as error:
            _complain(str(error))
            failures += 1
    if failures and len(options.inputs) > 1:
        _complain(f"{failures} of {len(options.inputs)} recordings could not be transcribed; the others were")
    return EXIT_USER_ERROR if failures else EXIT_OK


def _transcribe_one(source: Path, target: Path | None, number: int, options: argparse.Namespace) -> None:
    """Write one score and tell where, or print it as tune `number` of a tune book."""
    from transformers_abc.notation.writer import write_abc
    from transformers_abc.transcription import transcribe_with_warnings, write_transcription

    if target is None:
        tune, _ = transcribe_with_warnings(source, _complain)
        print(write_abc(tune, interleave=options.interleave).replace("X:1", f"X:{number}", 1))  # the empty line after it ends the tune
        return
    written = write_transcription(source, target, midi=options.midi, heard_json=options.json, interleave=options.interleave, warn=_complain)
    for path in written:
        print(path, file=sys.stderr)


def _targets(options: argparse.Namespace) -> list[Path | None]:
    """Where each score goes; None prints it. Faults are found before any work is done."""
    sources = options.inputs
    if options.output is None:
        if options.midi or options.json:
            raise UserError("--midi and --json write files: say where with -o OUT")
        return [None] * len(sources)
    output = Path(options.output)
    try:
        targets = _files_in(output, sources) if options.output and output.is_dir() else [_file(options.output, sources)]
        inputs = {source.resolve() for source in sources}
        for target in targets:
            if target.resolve() in inputs:
                raise UserError(f"{target}: is one of the recordings; choose another -o")
    except OSError as error:
        raise UserError(f"{output}: cannot be written: {error.strerror or error}") from error
    return list(targets)


def _files_in(folder: Path, sources: list[Path]) -> list[Path]:
    """A score in an existing folder for each recording."""
    targets = [folder / f"{source.stem}.abc" for source in sources]
    if len(set(targets)) < len(targets):
        raise UserError("two recordings have the same name and would overwrite each other's score: transcribe them into different folders")
    return targets


def _file(output: str, sources: list[Path]) -> Path:
    """The one file that `-o` names, for the one recording."""
    if not output or output.endswith(("/", os.sep)) or len(sources) > 1:
        raise UserError(f"{output or repr(output)}: no such folder: create it first (mkdir -p), or name a file for one recording")
    if Path(output).suffix.lower() in (".mid", ".json"):
        raise UserError(f"{output}: -o names the ABC file, or a folder; --midi and --json write beside it")
    if not Path(output).parent.is_dir():
        raise UserError(f"{Path(output).parent}: no such folder: create it first, or choose another -o")
    return Path(output)


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
    number, amount = _positive(int), _positive(float)
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


def _positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    """A type of argument that must be above zero."""

    def parse(text: str) -> Number:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"must be above zero, got {text}")
        return value

    return parse


def _train_listener(options: argparse.Namespace) -> int:
    from transformers_abc.training.listener import ListenerTrainingConfig, train_listener

    settings = {name: value for name, value in vars(options).items() if name not in ("run", "extra")}
    try:
        folder = train_listener(ListenerTrainingConfig(**settings))
    except (OSError, ValueError) as error:
        raise UserError(str(error)) from error
    print(folder)
    return EXIT_OK


def _complain(message: str) -> None:
    print(f"transformers-abc: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
