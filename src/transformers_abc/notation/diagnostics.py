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


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

# Every kind of finding: its severity, and what it means. docs/diagnostics.md is written from this table.
CODES: dict[str, tuple[Severity, str]] = {
    # Limits
    "text-too-long": (ERROR, "The text is longer than the reader reads; the rest is left out."),
    "too-many-voices": (ERROR, "More voices than a tune may have; the further ones are left out."),
    "too-many-bars": (ERROR, "More bars than a tune may have, or a multi-bar rest that long; what follows counts as the last bar."),
    "tune-too-long": (ERROR, "The music lasts longer than a tune may; what comes after the limit is left out."),
    "length-limited": (ERROR, "A note or rest is longer than any notation, or its length has too many digits."),
    "tuplet-limited": (ERROR, "A tuplet with numbers that no notation has; it is read as plain notes."),
    "time-rounded": (WARNING, "Times with so fine a fraction that they are rounded to keep the arithmetic bounded."),
    "more-diagnostics": (INFO, "There were more findings than are kept."),
    # Fields
    "no-tune": (ERROR, "The text holds no music."),
    "no-notation": (WARNING, "Neither a field nor a bar line: letters of words may have been read as notes."),
    "no-key": (WARNING, "The header does not end with a K: field."),
    "no-metre": (INFO, "No M: field before the music; bars are measured as 4/4."),
    "bad-field": (ERROR, "A field whose value cannot be read; what held before goes on."),
    "misplaced-field": (WARNING, "A field that belongs into the header, or one that the standard does not know; it is passed over."),
    "text-tempo": (INFO, "A tempo in words without a number; it is kept as an annotation."),
    "macros-limited": (ERROR, "Macros (m:) that put in more than a text of this length may have; the further ones are read as they stand."),
    "unread-directive": (INFO, "A directive about the sound that the tune has no place for."),
    "after-the-end": (ERROR, "Music after the empty line that ends the tune; it is not read."),
    "more-tunes": (INFO, "The text goes on with other tunes; read_tunes reads them all."),
    "fields-on-one-line": (WARNING, "Two fields on one line; both are read."),
    "escaped-lines": (WARNING, "A text on one line whose line ends are written as \\n; they are read as line ends."),
    "odd-key": (WARNING, "Words of a K: field that say nothing about a key or a clef; they are passed over."),
    "prose": (ERROR, "A line of words among the music; it is passed over."),
    "no-field": (ERROR, "A line of the header that is no field; it is passed over."),
    # Music
    "unknown-character": (ERROR, "Characters that are no ABC; they are passed over."),
    "unclosed-chord": (ERROR, "A chord without its ]; it is taken to end at the next space or bar line."),
    "empty-chord": (ERROR, "A chord without notes; it is passed over."),
    "unclosed-string": (ERROR, "A quotation mark without its partner; the rest of the line is taken for text."),
    "unknown-decoration": (WARNING, "A letter that neither the standard nor a U: field defines, or a name that no sign can have."),
    "out-of-range": (ERROR, "A pitch beyond the 128 of MIDI; it is left out and its time is kept."),
    "microtone": (WARNING, "A microtonal accidental; it is read as the half step nearest to the natural note."),
    "chord-lengths": (WARNING, "A chord whose notes have different lengths; the first one's length is that of the chord."),
    "unended-tie": (WARNING, "A tie that no note of its pitch follows."),
    "loose-tie": (WARNING, "A tie that does not stand directly after its note."),
    "unended-slur": (WARNING, "A slur that is not closed; it is left out."),
    "unbegun-slur": (WARNING, "The end of a slur that nothing began; it is passed over."),
    "loose-broken-rhythm": (ERROR, "A > or < without a note before it in the bar; it is passed over."),
    "unfinished-tuplet": (WARNING, "The music ends before the tuplet has all its notes."),
    "bar-too-long": (WARNING, "A bar that is longer than its metre."),
    "bar-too-short": (WARNING, "A bar that is shorter than its metre, though no pickup and at no section's end."),
    "no-bar-to-overlay": (ERROR, "An & with no music in the bar before it; it is passed over."),
    "instrument-change": (INFO, "A change of instrument within a voice; the first instrument stays."),
    "voices-disagree": (WARNING, "Voices that differ in length, metre or repeats; the first voice's count."),
    "too-many-syllables": (WARNING, "More syllables than notes; those left over are dropped."),
}
MAX_DIAGNOSTICS = 1000


class FaultLog:
    """Collects what a reader finds, line by line.

    Attributes:
        line: the number of the line that is being read.
        found: the findings so far.

    >>> log = FaultLog()
    >>> log.line = 3
    >>> log.add("unclosed-chord", 14, "the chord that starts here has no ]")
    >>> str(log.found[0])
    '3:14: error: the chord that starts here has no ] [unclosed-chord]'
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.line = 1
        self.found: list[Diagnostic] = []
        self._strict = strict

    def add(self, code: str, column: int, message: str, line: int | None = None) -> None:
        """Note a finding at a column, counted from 1; an error ends strict reading.

        Raises:
            AbcError: it is an error and reading is strict.
        """
        if len(self.found) > MAX_DIAGNOSTICS:
            return
        if len(self.found) == MAX_DIAGNOSTICS:
            code, message = "more-diagnostics", f"there were more findings than {MAX_DIAGNOSTICS}"
        diagnostic = Diagnostic(line or self.line, column, CODES[code][0], code, message)
        if self._strict and diagnostic.severity is ERROR:
            raise AbcError(diagnostic)
        self.found.append(diagnostic)
