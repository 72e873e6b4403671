"""Exact times as whole numbers: ticks of a length that all times of a tune have in common.

`Fraction`s of a whole note are what a `Tune` holds; the writer counts in ticks, since integers are ten times as fast. A tune whose times
have no common tick below `MAX_TICKS_PER_WHOLE` is no music that anybody plays, yet it is written exactly: `common_ticks` then says
`NO_TICKS`, one a whole note, and times stay fractions of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

Time = int | Fraction

NO_TICKS = 1
MAX_TICKS_PER_WHOLE = 2**60
_COMMON_PARTS = 64 * 3  # 1/64 is the narrowest tuplet; most tunes with triplets and all without then share one tick
_TUPLET_ROOM = 8  # a time is written up to 9/8 as long in a tuplet: the 8 has to divide


def common_ticks(denominators: Iterable[int]) -> int:
    """Ticks a whole note for times with these denominators; `NO_TICKS` where that is too many.

    >>> common_ticks([4, 12]), common_ticks([5]), common_ticks([2**64])
    (1536, 7680, 1)
    """
    parts = _COMMON_PARTS
    for denominator in denominators:
        parts = lcm(parts, denominator)
        if parts * _TUPLET_ROOM > MAX_TICKS_PER_WHOLE:
            return NO_TICKS
    return parts * _TUPLET_ROOM


def in_ticks(time_wn: Fraction, ticks_per_whole: int) -> Time:
    """A time in ticks: an integer, but where there are `NO_TICKS`.

    >>> in_ticks(Fraction(1, 4), 1536), in_ticks(Fraction(1, 4), NO_TICKS)
    (384, Fraction(1, 4))
    """
    numerator, denominator = time_wn.as_integer_ratio()
    ticks_per_part, rest = divmod(ticks_per_whole, denominator)
    return Fraction(numerator * ticks_per_whole, denominator) if rest else numerator * ticks_per_part
