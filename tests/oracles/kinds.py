"""Why an oracle plays a tune otherwise than we do: kinds of disagreement, told from the text and from what the oracle says.

The first rule that fits names the kind. Rules look at what is likely, not at what is proven; of each kind some tunes were read by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .sounding import Sounding

OURS, THEIRS, OPEN = "we", "the oracle", "the standard leaves it open"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What a rule may look at.

    Attributes:
        body: the tune's text after its first ``K:``.
        text: the whole tune.
        complaints: the oracle's.
        ours, theirs: the notes that only one side plays.
        same_count: whether both play as many notes.
    """

    text: str
    body: str
    complaints: str
    ours: Sequence[Sounding]
    theirs: Sequence[Sounding]
    same_count: bool

    @property
    def only_pitches(self) -> bool:
        """Whether the same times stand on both sides."""
        return sorted(map(_times, self.ours)) == sorted(map(_times, self.theirs))

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.body, re.MULTILINE) is not None


def _times(note: Sounding) -> tuple[int, int]:
    return round(note.onset_wn * 480), round(note.length_wn * 480)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of disagreement: a name, what happens, who is right by the standard, and the rule."""

    name: str
    what: str
    right: str
    fits: Callable[[Disagreement], bool]


UNEXPLAINED = Kind("unexplained", "not looked into", OPEN, lambda _: True)
_DAMAGED = Kind(
    "damaged text",
    "text torn or garbled by a mailer or a spreadsheet (`=20`, a chord over two lines, `//` out of place), read as well as each can",
    OPEN,
    lambda it: it.has(r"=20|=\n|\[\s*[A-Ga-g]*\n|^/|^>"),
)

ABC2MIDI = (
    Kind("no tune", "the oracle refuses the key `K: H` and plays nothing", OURS, lambda it: "First K: field" in it.complaints),
    Kind(
        "dotted rhythm of unequal notes",
        "`d>B/`: the oracle leaves the sign out and says so; we and abcjs halve the one and add it to the other",
        OPEN,
        lambda it: "Cannot apply broken rhythm" in it.complaints,
    ),
    Kind(
        "tuplet in 3/4",
        "`(5`, `(9` in 3/4: the oracle takes 3/4 for compound, section 4.13 does not",
        OURS,
        lambda it: it.same_count and it.has(r"\([579]"),
    ),
    Kind("ending with a name", '`["Coda"`: the oracle takes it for a chord', OPEN, lambda it: it.has(r'\["')),
    Kind("old chord", "`+ce+` of ABC 1.6, which the oracle takes for a decoration", OURS, lambda it: it.has(r"\+[A-G]\d?[A-G]")),
    Kind(
        "line breaks by !",
        "two `!` on one line: the oracle takes what stands between for a decoration, section 4.14 allows no spaces in one",
        OURS,
        lambda it: "instruction !" in it.complaints,
    ),
    _DAMAGED,
    Kind(
        "where repeats go",
        "a last ending that `:|` closes (a third pass for the oracle), a start that no end follows, a start not written",
        OURS,
        lambda it: it.has(r":\||\|:|::") and not it.same_count,
    ),
    UNEXPLAINED,
)

ABCJS = (
    Kind(
        "parts",
        "abcjs plays parts as they stand, whatever the header's `P:` says",
        OURS,
        lambda it: re.search(r"^P:", it.text, re.M) is not None,
    ),
    _DAMAGED,
    Kind(
        "accidentals in other octaves",
        "section 11.3: an accidental holds in all octaves; for abcjs in its own",
        OURS,
        lambda it: it.only_pitches,
    ),
    Kind(
        "unequal notes in a tuplet",
        "abcjs counts the time of a tuplet, not its notes",
        OURS,
        lambda it: it.has(r"\(\d") and it.same_count,
    ),
    Kind(
        "where repeats go",
        "a repeat end or an ending without a written start: abcjs often does not repeat, or goes back too far",
        OURS,
        lambda it: it.has(r":\||\|:|::"),
    ),
    Kind(
        "ties",
        "a tie between two pitches (`G-A`), which abcjs joins against section 4.11; a tie parted from its note, which we take",
        OURS,
        lambda it: it.has(r"-"),
    ),
    Kind("rest longer than its bar", "`z8` in 6/8: for abcjs a bar's rest", OURS, lambda it: it.has(r"z\d")),
    UNEXPLAINED,
)


def kind_of(disagreement: Disagreement, kinds: Sequence[Kind]) -> Kind:
    """The first kind whose rule fits."""
    return next(kind for kind in kinds if kind.fits(disagreement))
