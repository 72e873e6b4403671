"""ABC to Tune: a total function that reads any text.

Text from a model is data, not a mistake: nothing here raises (unless ``strict`` asks for it), and time and memory are bounded by the
length of the text. What cannot be understood is passed over and told in `Tune.diagnostics`.

Conventions:
    - A tune begins at its ``X:`` (a text without any, at its first field or line of music) and ends at an empty line after its music began,
      at the next ``X:``, or at the fence that closes a code block.
    - Fields and directives before the first ``X:`` and an empty line are the header of the file and hold for all tunes (section 2.2.2).
    - Repeats are kept, not played out: see `transformers_abc.notation.repeats`.
    - How voices become one tune stands in `assembly`; how accidentals, ties and tuplets are read, in `voice_reader`.

Not kept: beams and line breaks, layout directives, stafflines and grouping of staves, changes of clef or instrument within
a voice, microtones (read as half steps).

Standard: https://abcnotation.com/wiki/abc:standard:v2.1
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from transformers_abc.notation.diagnostics import FaultLog
from transformers_abc.notation.reading.dialect import to_standard_line
from transformers_abc.notation.reading.header import Header
from transformers_abc.notation.reading.lexer import COMMENT, FIELD_LINE, LINE_END, looks_like_music
from transformers_abc.notation.reading.tune_reader import TuneReader
from transformers_abc.notation.tune import Tune

MAX_TUNE_CHARACTERS = 1_000_000
DIALECTS = ("standard", "article")

_LEAST_ESCAPED_LINES = 2
_MODEL_TOKEN = re.compile(r"<\|[a-z_]{2,20}\|>|</?(?:s|bos|eos|pad|unk)>")  # of a language model's vocabulary: where a text begins or ends
_FIELDS_OF_FILES = "MLQUCOABDFGHNRSZm"


def read_abc(text: str, *, strict: bool = False, dialect: str = "standard") -> Tune:
    r"""Read the first tune of an ABC text.

    Args:
        text: anything; ABC 2.1 by intent. Beyond `MAX_TUNE_CHARACTERS` it is not read.
        strict: raise the first error instead of reading on; warnings never raise.
        dialect: ``"standard"``, or ``"article"`` for what `transformers_abc.notation.reading.dialect` describes.

    Returns:
        The tune; one without voices where there is no music. `Tune.diagnostics` tells what was wrong.

    Raises:
        AbcError: `strict`, and the text has an error.

    >>> tune = read_abc("X:1\nT:Scale\nM:2/4\nL:1/8\nK:G\n|:GA Bc|d2 ^d>e:|")
    >>> [str(note.length_wn) for note in tune.voices[0].notes]
    ['1/8', '1/8', '1/8', '1/8', '1/4', '3/16', '1/16']
    >>> [note.pitch_midi for note in tune.voices[0].notes]
    [67, 69, 71, 72, 74, 75, 76]
    >>> tune.title, str(tune.metres[0][1]), str(tune.keys[0][1]), [str(length) for length in tune.bar_lengths_wn]
    ('Scale', '2/4', 'G', ['1/2', '1/2'])
    >>> print(*read_abc("X:1\nM:3/8\nK:C\nCDE|[CEG").diagnostics, sep="\n")
    4:5: error: the chord that starts here has no ] [unclosed-chord]
    """
    book = _TuneBook(text, dialect)
    log = FaultLog(strict=strict)
    if len(book.starts) > 1:
        log.add("more-tunes", 1, f"the text goes on with {len(book.starts) - 1} more; read_tunes reads all", book.starts[1] + 1)
    return book.tune(0, log)


def read_tunes(text: str, *, strict: bool = False, dialect: str = "standard") -> Iterator[Tune]:
    r"""Read every tune of a tune book, in turn; arguments and errors are those of `read_abc`.

    A text without a tune gives one empty `Tune`, so there is always one at least.

    >>> [(tune.number, tune.title) for tune in read_tunes("M:3/4\n\nX:1\nT:One\nK:C\nCDE|\n\nX:2\nT:Two\nK:C\nEDC|\n")]
    [(1, 'One'), (2, 'Two')]
    """
    book = _TuneBook(text, dialect)
    return (book.tune(index, FaultLog(strict=strict)) for index in range(len(book.starts)))


class _TuneBook:
    """The lines of a text, where tunes start in it, and what the header of the file says to all of them."""

    def __init__(self, text: str, dialect: str) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"the dialect is one of {', '.join(DIALECTS)}, not {dialect!r}")
        self._has_escaped_lines = "\n" not in text and text.count("\\n") >= _LEAST_ESCAPED_LINES
        if self._has_escaped_lines:  # as models emit a tune within JSON
            text = text.replace("\\n", "\n")
        if "<" in text:
            text = _MODEL_TOKEN.sub(lambda token: " " * len(token[0]), text)  # what follows keeps its column
        self._lines = LINE_END.split(text.removeprefix("\ufeff"))
        if dialect == "article":
            self._lines = [to_standard_line(line) for line in self._lines]
        self.starts = [index for index, line in enumerate(self._lines) if line.lstrip().startswith("X:")]
        self._header = Header()
        if self.starts:
            self._read_file_header()
        else:
            first = (index for index, line in enumerate(self._lines) if FIELD_LINE.match(line) or looks_like_music(line))
            self.starts = [next(first, 0)]

    def _read_file_header(self) -> None:
        for line in self._lines[: self.starts[0]]:
            if not line.strip():
                return
            field = FIELD_LINE.match(COMMENT.sub("", line))
            if line.startswith("%%"):
                self._header.read_directive(line[2:].strip())
            elif field and field["letter"] == "I":
                self._header.read_directive(field["text"].strip())
            elif field and field["letter"] in _FIELDS_OF_FILES:
                self._header.read_field(field["letter"], field["text"])

    def tune(self, index: int, log: FaultLog) -> Tune:
        """Read the tune that starts at the start of this index."""
        start = self.starts[index]
        lines = self._lines[start : self.starts[index + 1] if index + 1 < len(self.starts) else None]
        characters = list(accumulate(len(line) + 1 for line in lines))
        if characters[-1] > MAX_TUNE_CHARACTERS + 1:
            kept = bisect_right(characters, MAX_TUNE_CHARACTERS)
            lines = [*lines[:kept], lines[kept][: MAX_TUNE_CHARACTERS - (characters[kept - 1] if kept else 0)]]
            log.add("text-too-long", 1, f"only the first {MAX_TUNE_CHARACTERS} characters of a tune are read", start + kept + 1)
        if self._has_escaped_lines:
            log.add("escaped-lines", 1, "line ends are written as \\n", start + 1)
        reader = TuneReader(log, self._header, characters[-1])
        reader.read(lines, start + 1)
        return reader.tune()
