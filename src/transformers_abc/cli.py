"""The command line: ``transformers-abc transcribe|convert|check|score|evaluate|metric|dataset|train``.

    transformers-abc transcribe song.wav -o song.abc --midi
    transformers-abc convert song.mid song.abc
    transformers-abc check song.abc
    transformers-abc score predictions/ references/
    transformers-abc evaluate --set recordings/ --system default --out report/
    transformers-abc dataset build --urmp Dataset/ --out urmp-abc/
    transformers-abc train listener --scores scores/ --out listener/

A mistake of the user's is one line on stderr and exit status 2; what was done before it is kept. Heavy imports stand in the functions
that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from transformers_abc.commands.check import add_check
from transformers_abc.commands.console import EXIT_INTERRUPTED, EXIT_OK, EXIT_USER_ERROR, UserError, complain
from transformers_abc.commands.convert import add_convert
from transformers_abc.commands.dataset import add_dataset
from transformers_abc.commands.evaluate import add_evaluate
from transformers_abc.commands.metric import add_metric
from transformers_abc.commands.score import add_score
from transformers_abc.commands.train import add_train
from transformers_abc.commands.transcribe import add_transcribe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except KeyboardInterrupt:
        print("interrupted; finished files are kept", file=sys.stderr)
        return EXIT_INTERRUPTED
    except ModuleNotFoundError as error:
        package = f"transformers_abc[{options.extra}]" if options.extra else str(error.name)
        complain(f"this needs the package {error.name}: pip install '{package}'")
        return EXIT_USER_ERROR
    except UserError as error:
        complain(str(error))
        return EXIT_USER_ERROR


def _run(options: argparse.Namespace) -> int:
    """The command itself; a reader of our output that goes away, such as ``head``, is no mistake."""
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it flushes at exit
        return EXIT_OK
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="transformers-abc",
        description="From a recording of music to ABC notation.",
        epilog="transformers-abc COMMAND --help shows a command's options, with examples.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('transformers_abc')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_transcribe(commands)
    add_convert(commands)
    add_check(commands)
    add_score(commands)
    add_evaluate(commands)
    add_metric(commands)
    add_dataset(commands)
    add_train(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
