"""The oracles of this folder, where they are installed."""

from collections.abc import Callable
from typing import NoReturn

import pytest

from . import abc2midi, abcjs, corpus

_IS_THERE = {
    "abc2midi": lambda: abc2midi.version() is not None,
    "abcjs": lambda: abcjs.version() is not None,
    "music21's corpus": lambda: corpus.folder() is not None,
}


@pytest.fixture(scope="session")
def require_oracle(missing_oracle: Callable[[str, str], NoReturn]) -> Callable[[str], None]:
    """A function that ends the test where the oracle of that name is missing."""

    def require(name: str) -> None:
        if not _IS_THERE[name]():
            missing_oracle(name, "Debian: abcmidi" if name == "abc2midi" else "tests/oracles/install")

    return require
