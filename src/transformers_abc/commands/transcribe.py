"""``transformers-abc transcribe``: write the scores of recordings.

transformers-abc transcribe song.wav -o song.abc --midi
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from transformers_abc.commands.console import EXIT_OK, EXIT_USER_ERROR, Commands, UserError, add_command, complain


def add_transcribe(commands: Commands) -> None:
    command = add_command(
        commands,
        "transcribe",
        summary="write the score of a recording",
        description="Listen to recordings and write their scores as ABC notation. Works offline, on the CPU.",
        examples="examples:\n"
        "  transformers-abc transcribe song.wav                      print the ABC\n"
        "  transformers-abc transcribe song.mp3 -o song.abc --midi   write song.abc and song.mid\n"
        "  transformers-abc transcribe *.flac -o scores/ --json      write into the folder scores/, one score a recording",
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
            complain(str(error))
            failures += 1
    if failures and len(options.inputs) > 1:
        complain(f"{failures} of {len(options.inputs)} recordings could not be transcribed; the others were")
    return EXIT_USER_ERROR if failures else EXIT_OK


def _transcribe_one(source: Path, target: Path | None, number: int, options: argparse.Namespace) -> None:
    """Write one score and tell where, or print it as tune `number` of a tune book."""
    from transformers_abc.notation.writer import write_abc
    from transformers_abc.transcription import transcribe_with_warnings, write_transcription

    if target is None:
        tune, _ = transcribe_with_warnings(source, complain)
        print(write_abc(replace(tune, number=number), interleave=options.interleave))  # the empty line after it ends the tune
        return
    written = write_transcription(source, target, midi=options.midi, heard_json=options.json, interleave=options.interleave, warn=complain)
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
