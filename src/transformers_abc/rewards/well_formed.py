r"""A reward for well-formed ABC, whatever it says: no reference is needed.

Without music it is 0. Else it is the mean of five grades in 0 to 1:

    - **header**: which share of ``X:``, ``M:`` and ``K:`` is there. ``L:`` has a default, which the standard derives from the metre.
    - **errors**: 1 - errors that the reader found, a bar.
    - **bars**: which share of the bars sums to the metre.
    - **end**: 1 if the last line of music ends with a bar line, which a tune that was cut off does not.
    - **alone**: 1 if the answer is one tune and nothing else; a code fence around it and thoughts before it do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from transformers_abc.notation.reader import DIALECTS, read_abc
from transformers_abc.notation.reading.lexer import COMMENT, FIELD_LINE
from transformers_abc.rewards.completions import abc_of, is_alone, lines_of_tune
from transformers_abc.scoring.compare import LEAST_PLAYED_EVENTS
from transformers_abc.scoring.digest import digest

_BAR_LINE_AT_END = re.compile(r"(?:\|\]?|::)\s*$")
_FIELDS_BY_THEIR_LACK = ("no-metre", "no-key")  # what the reader reports of a tune without them


class FormatReward:
    r"""How well-formed the ABC of each completion is, in 0 to 1; the module says how it is graded.

    It says nothing about being right: a bar of rests earns all of it. Give it a small weight beside `AbcReward`.

    Args:
        dialect: of the completions; see `read_abc`.

    >>> tune = "X:1\nM:2/4\nL:1/4\nK:G\nGA|Bc|]"
    >>> FormatReward()(completions=[tune, tune.replace("Bc|]", "Bcd"), f"Here you are!\n{tune}", "none"])
    [1.0, 0.7, 0.8, 0.0]
    """

    def __init__(self, *, dialect: str = "standard") -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"the dialect is one of {', '.join(DIALECTS)}, not {dialect!r}")
        self.__name__ = type(self).__name__
        self.dialect = dialect

    def __call__(self, *, completions: Sequence[object], **columns: object) -> list[float | None]:
        """The reward of each completion; what else a trainer passes is not needed."""
        tunes = [abc_of(completion) for completion in completions]
        grades = {abc: _grades_of_tune(abc, self.dialect) for abc in set(tunes)}
        return [
            fmean([*grades[abc], float(is_alone(completion))]) if grades[abc] else 0.0
            for abc, completion in zip(tunes, completions, strict=True)
        ]


def _grades_of_tune(abc: str, dialect: str) -> list[float]:
    """The grades of header, errors, bars and end; none where there is no music."""
    tune = read_abc(abc, dialect=dialect)
    laid_out = digest(tune, LEAST_PLAYED_EVENTS)
    if not laid_out.is_readable:
        return []
    lines = lines_of_tune(abc)
    found = {diagnostic.code for diagnostic in tune.diagnostics}
    fields = [bool(lines) and lines[0].lstrip().startswith("X:"), *(code not in found for code in _FIELDS_BY_THEIR_LACK)]
    bars = max(laid_out.bars, 1)
    music = [line for line in lines if line.strip() and not line.lstrip().startswith("%") and not FIELD_LINE.match(line)]
    has_end = bool(music) and bool(_BAR_LINE_AT_END.search(COMMENT.sub("", music[-1])))
    return [fmean(fields), max(0.0, 1 - laid_out.errors / bars), max(0.0, 1 - laid_out.odd_bars / bars), float(has_end)]
