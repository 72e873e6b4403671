"""How commands speak: exit statuses, one-line complaints on stderr, and arguments that several of them have."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TypeVar

Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers() returns

EXIT_OK, EXIT_FINDINGS, EXIT_USER_ERROR, EXIT_INTERRUPTED = 0, 1, 2, 130
STDIN_OR_STDOUT = "-"

Number = TypeVar("Number", int, float)


class UserError(Exception):
    """Something the user can mend; its message is one line that says how."""


def complain(message: str) -> None:
    print(f"transformers-abc: {message}", file=sys.stderr)


def add_command(commands: Commands, name: str, *, summary: str, description: str, examples: str) -> argparse.ArgumentParser:
    """A command whose ``--help`` ends with `examples`, kept as they are laid out."""
    layout = argparse.RawDescriptionHelpFormatter
    return commands.add_parser(name, help=summary, description=description, epilog=examples, formatter_class=layout)


def positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    """A type of argument that must be above zero."""

    def parse(text: str) -> Number:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"must be above zero, got {text}")
        return value

    parse.__name__ = kind.__name__  # argparse names the type where the text is no number at all
    return parse


def add_reading_options(command: argparse.ArgumentParser) -> None:
    """How ABC text is read."""
    command.add_argument("--dialect", choices=("standard", "article"), default="standard", help="of the ABC read (default: %(default)s)")
    command.add_argument("--encoding", metavar="NAME", help="of the ABC read (default: as the file says, else UTF-8, else Windows-1252)")
