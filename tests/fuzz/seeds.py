"""Texts to start from: the examples, the cases of the other tests, the bad cases of old, and real tunes where they are installed.

The real tunes are those of music21's corpus (12,978 traditional ones). They are read from that package where `make oracles` has put it
and are not part of this repository.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from fuzz.mutations import as_text

ROOT = Path(__file__).parent.parent.parent
BAD_CASES = Path(__file__).parent / "bad_cases"
LONGEST_CASE = 2_000  # a longer string in a test is no case but a load
HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"
_TUNE_START = re.compile(r"(?m)^(?=X:)")


def own_tunes() -> list[str]:
    """What this repository holds: examples, bad cases, and the strings of the notation's tests."""
    files = [*sorted((ROOT / "examples").glob("*.abc")), *sorted(BAD_CASES.glob("*.abc"))]
    tests = [path for folder in ("notation", "oracles") for path in sorted((ROOT / "tests" / folder).rglob("*.py"))]
    return [as_text(path.read_bytes()) for path in files] + [case for path in tests for case in cases_in(path.read_text(encoding="utf-8"))]


def cases_in(source: str) -> list[str]:
    r"""The strings of a Python file that may be music; those without a header get one.

    >>> cases_in("x = ['CD|', 'K:G', 7]") == [HEADER + "CD|", HEADER + "K:G"]
    True
    """
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    music = [text for text in dict.fromkeys(strings) if len(text) <= LONGEST_CASE and re.search(r"[A-Ga-gzZ|:]", text)]
    return [text if text.startswith(("X:", "%")) else HEADER + text for text in music]


def real_tunes(corpus: Path | None) -> list[str]:
    """Every tune below a folder of ABC files, in order; none where there is no folder."""
    paths = sorted(corpus.rglob("*.abc")) if corpus else []
    return [tune for path in paths for tune in _TUNE_START.split(as_text(path.read_bytes())) if tune.startswith("X:")]


def installed_corpus() -> Path | None:
    """The folder of real tunes that `make oracles` installs, if it is there."""
    return next(iter(sorted((ROOT / ".oracles").glob("music21*/music21/corpus"))), None)
