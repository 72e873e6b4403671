"""What a reader found wrong, where, and how badly.

A diagnostic is data: reading goes on after each. `AbcError` is raised only where a caller asked for that (``strict=True``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much of the music a fault costs.

    - ERROR: something that the text says is not in the tune, or is there changed.
    - WARNING: the music is read, but another program may read it otherwise, or a bar does not add up.
    - INFO: the text is right, and the tune has no place for what it says.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding.

    Attributes:
        line, column: where it stands, both counted from 1.
        severity: see `Severity`.
        code: a stable name for the kind of fault, such as ``bar-too-long``; all stand in ``docs/diagnostics.md``.
        message: what was found and what was expected, in one line.

    >>> print(Diagnostic(3, 14, Severity.ERROR, "unclosed-chord", "the chord that starts here has no ]"))
    3:14: error: the chord that starts here has no ] [unclosed-chord]
    """

    line: int
    column: int
    severity: Severity
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.severity}: {self.message} [{self.code}]"


class AbcError(ValueError):
    """The first error in a text that was to be read strictly; `diagnostic` says what and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic
