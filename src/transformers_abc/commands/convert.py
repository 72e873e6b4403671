"""``transformers-abc convert``: from one notation to another, by the endings of the file names.

    transformers-abc convert song.mid song.abc

An ABC file may hold many tunes. ABC keeps them all; a MIDI or MusicXML file holds one, so there ``--tune`` chooses, or a folder takes each
tune as a file. Files appear whole or not at all.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from transformers_abc.commands.abc_text import shown_name
from transformers_abc.commands.console import (
    EXIT_OK,
    STDIN_OR_STDOUT,
    Commands,
    UserError,
    add_command,
    add_reading_options,
    complain,
    positive,
)
from transformers_abc.commands.music_files import ABC, FORMATS, ReadOptions, WriteOptions, content_of, format_of, read_music

if TYPE_CHECKING:
    from transformers_abc.notation.tune import Tune

_MAX_WARNED = 8


def add_convert(commands: Commands) -> None:
    command = add_command(
        commands,
        "convert",
        summary="turn ABC, MIDI and MusicXML into each other",
        description="Convert music between ABC (.abc), MIDI (.mid, .midi) and MusicXML (.musicxml, .xml, .mxl), as the names' endings say.",
        examples="examples:\n"
        "  transformers-abc convert song.mid song.abc                      MIDI to ABC\n"
        "  transformers-abc convert quartet.mxl quartet.abc --interleave   voices line by line\n"
        "  transformers-abc convert book.abc jig.musicxml --tune 12        tune X:12 of a book\n"
        "  transformers-abc convert book.abc scores/ --to musicxml         every tune as a file in the folder scores/\n"
        "  transformers-abc convert book.abc tidy.abc                      all tunes in this program's layout\n"
        "  transformers-abc convert song.abc low.abc --transpose -2        a whole tone lower\n"
        "  curl -s https://example.org/a.abc | transformers-abc convert - a.mid",
    )
    command.add_argument("source", metavar="IN", help="file to read; - reads ABC from standard input")
    command.add_argument("target", metavar="OUT", help="file to write, or an existing folder; - prints ABC")
    command.add_argument("--to", choices=FORMATS, help="what to write into a folder (default: abc)")
    command.add_argument("--tune", type=int, metavar="N", help="only the tune with the number X:N")
    command.add_argument("--transpose", type=int, default=0, metavar="N", help="move up by N semitones (down where negative)")
    command.add_argument("--expand-repeats", action="store_true", help="write repeats out (MIDI always does)")
    command.add_argument("--interleave", action="store_true", help="write voices line by line instead of one after another (ABC)")
    command.add_argument(
        "--bars-per-line", type=positive(int), default=4, metavar="N", help="in a line of text (ABC; default: %(default)s)"
    )
    add_reading_options(command)
    command.set_defaults(run=_convert, extra="")


def _convert(options: argparse.Namespace) -> int:
    into_folder = options.target != STDIN_OR_STDOUT and Path(options.target).is_dir()
    if options.to and not into_folder:
        raise UserError(f"--to {options.to} is for folders, and {options.target} is no existing folder; a file's ending says what it holds")
    written_as = ABC if options.target == STDIN_OR_STDOUT else (options.to or ABC) if into_folder else format_of(options.target)
    _check_target(options.source, options.target, into_folder)
    tunes = _chosen(read_music(options.source, ReadOptions(options.dialect, options.encoding)), options)
    _warn_of_faults(tunes, options.source)
    tunes = [_changed(tune, options) for tune in tunes]
    if into_folder:
        _write_each(tunes, written_as, options)
        return EXIT_OK
    if written_as != ABC and len(tunes) > 1:
        complain(
            f"{shown_name(options.source)}: holds {len(tunes)} tunes, of which X:{tunes[0].number} is written; "
            "choose with --tune N, or name an existing folder to write them all"
        )
        tunes = tunes[:1]
    _write(tunes, written_as, options.target, options)
    return EXIT_OK


# --- Reading -------------------------------------------------------------------------------------------------------------------------


def _chosen(tunes: list[Tune], options: argparse.Namespace) -> list[Tune]:
    """The tunes to write: all with music, or the one of ``--tune``."""
    name = shown_name(options.source)
    with_music = [tune for tune in tunes if tune.voices]
    if not with_music:
        raise UserError(f"{name}: there is no music in it")
    if options.tune is None:
        return with_music
    chosen = [tune for tune in with_music if tune.number == options.tune]
    if not chosen:
        numbers = sorted({tune.number for tune in with_music})
        shown = ", ".join(map(str, numbers[:_MAX_WARNED])) + (f" ... {numbers[-1]}" if len(numbers) > _MAX_WARNED else "")
        raise UserError(f"{name}: has no tune X:{options.tune}, only {shown}")
    if len(chosen) > 1:
        complain(f"{name}: has {len(chosen)} tunes X:{options.tune}, of which the first is taken")
    return chosen[:1]


def _warn_of_faults(tunes: list[Tune], source: str) -> None:
    """One line for all errors in the ABC; `check` tells them one by one."""
    if errors := sum(finding.severity == "error" for tune in tunes for finding in tune.diagnostics):
        name = shown_name(source)
        complain(f"{name}: {errors} error{'' if errors == 1 else 's'} in the ABC, so music may be missing: transformers-abc check {name}")


def _changed(tune: Tune, options: argparse.Namespace) -> Tune:
    from transformers_abc.notation.repeats import expand_repeats
    from transformers_abc.notation.transposition import transpose

    try:
        changed = transpose(tune, options.transpose)
    except ValueError as error:
        raise UserError(f"--transpose {options.transpose}: tune X:{tune.number}: {error}") from error
    return expand_repeats(changed) if options.expand_repeats else changed


# --- Writing -------------------------------------------------------------------------------------------------------------------------


def _check_target(source: str, target: str, into_folder: bool) -> None:
    """Find out before the work whether the target can be written and is not the source itself."""
    from transformers_abc.outputs import OutputError, check_writable

    if target == STDIN_OR_STDOUT or into_folder:
        return
    if not target or target.endswith(("/", os.sep)):
        raise UserError(f"{target or repr(target)}: no such folder: create it first (mkdir -p), or name a file")
    _refuse_source(source, Path(target))
    try:
        check_writable(Path(target))
    except OutputError as error:
        raise UserError(str(error)) from error


def _refuse_source(source: str, target: Path) -> None:
    if source != STDIN_OR_STDOUT and target.exists() and Path(source).exists() and target.samefile(source):
        raise UserError(f"{target}: is the file that is read; choose another OUT")


def _write_each(tunes: list[Tune], written_as: str, options: argparse.Namespace) -> None:
    """Every tune as a file of its own, named after the book and the tune's number."""
    stem = "tune" if options.source == STDIN_OR_STDOUT else Path(options.source).stem
    times: Counter[int] = Counter()
    for tune in tunes:
        times[tune.number] += 1
        again = f"_{times[tune.number]}" if times[tune.number] > 1 else ""
        name = f"{stem}_{tune.number}{again}" if len(tunes) > 1 else stem
        target = Path(options.target) / f"{name}.{written_as}"
        _refuse_source(options.source, target)
        _write([tune], written_as, str(target), options)


def _write(tunes: list[Tune], written_as: str, target: str, options: argparse.Namespace) -> None:
    from transformers_abc.outputs import OutputError, write_whole

    content = content_of(
        [replace(tune, diagnostics=()) for tune in tunes], written_as, WriteOptions(options.interleave, options.bars_per_line)
    )
    if target == STDIN_OR_STDOUT:
        sys.stdout.write(content.decode())
        return
    try:
        print(write_whole(Path(target), content), file=sys.stderr)
    except OutputError as error:
        raise UserError(str(error)) from error
