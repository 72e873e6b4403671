"""``transformers-abc check``: what is wrong in ABC files, one finding a line, as compilers say it.

    transformers-abc check song.abc

Findings go to stdout as ``FILE:LINE:COLUMN: severity: message [code]``, a summary to stderr. The exit status is 0 where there are none that
count, 1 where there are, 2 where a file could not be read. Codes are explained in ``docs/diagnostics.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from transformers_abc.commands.abc_text import read_text, shown_name
from transformers_abc.commands.console import (
    EXIT_FINDINGS,
    EXIT_OK,
    EXIT_USER_ERROR,
    Commands,
    UserError,
    add_command,
    add_reading_options,
    complain,
)

if TYPE_CHECKING:
    from transformers_abc.notation.diagnostics import Diagnostic
    from transformers_abc.notation.tune import Tune

_COUNTED = ("error", "warning")


def add_check(commands: Commands) -> None:
    command = add_command(
        commands,
        "check",
        summary="find mistakes in ABC files",
        description="Read ABC files and say what is wrong where. Errors cost music; warnings are what other programs may read otherwise.",
        examples="exit status:\n"
        "  0  no errors (with --strict: no warnings either)\n"
        "  1  errors were found\n"
        "  2  a file could not be read\n\n"
        "examples:\n"
        "  transformers-abc check song.abc                 one finding a line: song.abc:3:14: error: ...\n"
        "  transformers-abc check --strict books/*.abc     warnings count as well\n"
        "  transformers-abc check --json song.abc | jq .   one JSON object a finding\n"
        "  pandoc notes.md -t plain | transformers-abc check -",
    )
    command.add_argument("files", nargs="+", metavar="FILE", help="ABC file, with any number of tunes; - reads standard input")
    command.add_argument("--strict", action="store_true", help="exit with status 1 for warnings too")
    command.add_argument("--json", action="store_true", help="print each finding as a JSON object on a line of its own")
    add_reading_options(command)
    command.set_defaults(run=_check, extra="")


def _check(options: argparse.Namespace) -> int:
    found: Counter[str] = Counter()
    tunes = unread = 0
    for source in options.files:
        try:
            text = read_text(source, options.encoding)
        except UserError as error:
            complain(str(error))
            unread += 1
            continue
        for tune in _tunes(text, options.dialect):
            tunes += 1
            for finding in tune.diagnostics:
                found[finding.severity] += 1
                print(_json(source, tune, finding) if options.json else f"{shown_name(source)}:{finding}")
    sys.stdout.flush()  # so that the summary comes last where both streams are one
    print(_summary(found, tunes, len(options.files), unread), file=sys.stderr)
    if unread:
        return EXIT_USER_ERROR
    return EXIT_FINDINGS if found["error"] or (options.strict and found["warning"]) else EXIT_OK


def _tunes(text: str, dialect: str) -> Iterator[Tune]:
    from transformers_abc.notation.reader import read_tunes

    return read_tunes(text, dialect=dialect)


def _json(source: str, tune: Tune, finding: Diagnostic) -> str:
    fields = {
        "file": shown_name(source),
        "tune": tune.number,
        "line": finding.line,
        "column": finding.column,
        "severity": str(finding.severity),
        "code": finding.code,
        "message": finding.message,
    }
    return json.dumps(fields, ensure_ascii=False)


def _summary(found: Counter[str], tunes: int, files: int, unread: int) -> str:
    """Such as ``2 errors, 1 warning in 12 tunes of 1 file``."""
    counts = ", ".join(_count(found[severity], severity) for severity in _COUNTED)
    missed = f"; {_count(unread, 'file')} could not be read" if unread else ""
    return f"{counts} in {_count(tunes, 'tune')} of {_count(files - unread, 'file')}{missed}"


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"
