"""Bars in MIDI, which knows time signatures only: how a tune's bars become signatures, and signatures bars again.

Conventions:
    - A signature starts a bar, and holds until the next one; where that comes within a bar, the bar is short.
    - A pickup, and any other bar that is not as long as its metre, is written as a signature of its own length, with the metre's signature
      again after it, as MuseScore does (a pickup of a quarter in 4/4 is 1/4, then 4/4). Other programs write nothing (abc2midi 4.84 and
      music21 10.5 start the first whole bar with the pickup), so the bar lines of their pickup pieces come out early; none is guessed.
    - Where a signature does not say the metre in force (those short bars, and ``C``, ``C|``, ``2+3/8`` or ``none``), a text event beside it
      does, as an ABC field: ``M:4/4``. In files without such texts, a first signature that lasts for one bar and is shorter than the next
      is a pickup to the next one's metre. So our own files state the metre wherever that rule would be wrong.
    - Free metre is written bar by bar, as irregular bars are.
    - Before the first signature the metre is 4/4. The last bar is filled up. Bars of rests after the last note are kept where the end of
      the file falls on a bar line.

A bar that no signature can say (of 17/12, or of more than 255 whole notes) gets the next longer one that exists; the following signature
then cuts it short, and only where it ends the tune it stays too long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

from transformers_abc.notation.reading.fields import read_metre
from transformers_abc.notation.tune import Metre, Timed, Tune, effective_changes

TEXT_PREFIX = "M:"
MAX_BARS = 100_000
MAX_REST_BARS = 1_000  # after the last note
_MAX_NUMERATOR = 255  # one byte
_MAX_DENOMINATOR = 128
_FINEST_DENOMINATOR = 64  # of the signatures that stand in for impossible ones


@dataclass(frozen=True, slots=True)
class Signature:
    """A time signature, and what a text beside it says of the metre (None: no text)."""

    onset_wn: Fraction
    numerator: int
    denominator: int
    metre_text: str | None = None

    @property
    def metre(self) -> Metre:
        """As the numbers say."""
        return Metre(self.numerator, self.denominator)

    @property
    def is_possible(self) -> bool:
        return 0 < self.numerator <= _MAX_NUMERATOR and 0 < self.denominator <= _MAX_DENOMINATOR


def signatures_of(tune: Tune) -> list[Signature]:
    """The signatures that say a tune's bars.

    >>> quarter, whole = Fraction(1, 4), Fraction(1)
    >>> for signature in signatures_of(Tune((), (quarter, whole, whole, 3 * quarter))):
    ...     print(signature.onset_wn, signature.metre, signature.metre_text)
    0 1/4 4/4
    1/4 4/4 None
    9/4 3/4 4/4
    """
    bars = list(zip(tune.bar_onsets_wn, tune.bar_lengths_wn, strict=True)) or [(Fraction(0), tune.metre_at(Fraction(0)).bar_wn)]
    written: list[Signature] = []
    last: tuple[int, int, Metre] | None = None
    for onset_wn, length_wn in bars:
        metre = tune.metre_at(onset_wn)
        numerator, denominator = _numbers(length_wn, metre)
        if (numerator, denominator, metre) != last:
            text = None if Metre(numerator, denominator) == metre else str(metre)
            written.append(Signature(onset_wn, numerator, denominator, text))
        is_exact = Fraction(numerator, denominator) == length_wn
        last = (numerator, denominator, metre) if is_exact else None
    if _starts_with_pickup(written):
        written[0] = Signature(Fraction(0), written[0].numerator, written[0].denominator, str(tune.metre_at(Fraction(0))))
    return written


def _numbers(length_wn: Fraction, metre: Metre) -> tuple[int, int]:
    """Numerator and denominator of a bar: by the metre's denominator if that will do."""
    for denominator in (metre.denominator, length_wn.denominator):
        numerator = length_wn * denominator
        is_power_of_two = denominator & (denominator - 1) == 0 and denominator <= _MAX_DENOMINATOR
        if is_power_of_two and numerator.denominator == 1 and 0 < numerator <= _MAX_NUMERATOR:
            return int(numerator), denominator
    denominator = _FINEST_DENOMINATOR
    while denominator > 1 and length_wn * denominator > _MAX_NUMERATOR:
        denominator //= 2
    return min(ceil(length_wn * denominator), _MAX_NUMERATOR), denominator


def _starts_with_pickup(signatures: list[Signature]) -> bool:
    """Whether the first signature, without a text, reads as a pickup to the second."""
    if len(signatures) < 2 or signatures[0].metre_text is not None:
        return False
    first, second = signatures[:2]
    return second.onset_wn == first.metre.bar_wn < second.metre.bar_wn


def metres_of(signatures: list[Signature]) -> Timed[Metre]:
    """The metres in force, of `with_start`'s signatures.

    >>> metres_of([Signature(Fraction(0), 1, 4), Signature(Fraction(1, 4), 4, 4), Signature(Fraction(9, 4), 3, 4)])
    ((Fraction(0, 1), Metre(numerator=4, denominator=4, symbol='')), (Fraction(9, 4), Metre(numerator=3, denominator=4, symbol='')))
    """
    metres = [(signature.onset_wn, _metre_of(signature)) for signature in signatures]
    if _starts_with_pickup(signatures):
        metres[0] = (Fraction(0), metres[1][1])
    return effective_changes(metres, signatures[-1].onset_wn + 1)


def _metre_of(signature: Signature) -> Metre:
    stated = None if signature.metre_text is None else read_metre(signature.metre_text)
    return stated or signature.metre


def with_start(signatures: list[Signature]) -> list[Signature]:
    """The possible ones in time order, the last at each time, and 4/4 at 0 where there is none."""
    at_onset = {Fraction(0): Signature(Fraction(0), 4, 4)}
    at_onset |= {signature.onset_wn: signature for signature in sorted(signatures, key=lambda s: s.onset_wn) if signature.is_possible}
    return [at_onset[onset_wn] for onset_wn in sorted(at_onset)]


def bar_lengths_of(signatures: list[Signature], last_end_wn: Fraction, file_end_wn: Fraction) -> tuple[Fraction, ...]:
    """The bars.

    Args:
        signatures: from `with_start`.
        last_end_wn: where the last note ends; the bars reach at least there.
        file_end_wn: where the file ends; the bars reach there if it is a bar line.

    Raises:
        ValueError: more than `MAX_BARS`.

    >>> start = [Signature(Fraction(0), 3, 4)]
    >>> [len(bar_lengths_of(start, Fraction(1), Fraction(end, 4))) for end in (5, 9)]
    [2, 3]
    """
    lengths: list[Fraction] = []
    reached_wn, needed = Fraction(0), 0
    for length_wn in _endless_bars(signatures):
        if reached_wn < last_end_wn:
            needed = len(lengths) + 1
        elif reached_wn >= file_end_wn or len(lengths) >= needed + MAX_REST_BARS:
            break
        lengths.append(length_wn)
        reached_wn += length_wn
        if len(lengths) > MAX_BARS:
            raise ValueError(f"more than {MAX_BARS} bars")
    return tuple(lengths if reached_wn == file_end_wn else lengths[:needed])


def _endless_bars(signatures: list[Signature]) -> Iterator[Fraction]:
    for signature, following in pairwise(signatures):
        whole_bars, left_wn = divmod(following.onset_wn - signature.onset_wn, signature.metre.bar_wn)
        for _ in range(min(whole_bars, MAX_BARS + 1)):
            yield signature.metre.bar_wn
        if left_wn:
            yield left_wn
    while True:
        yield signatures[-1].metre.bar_wn
