"""Single elements of MusicXML: numbers and note values as the format spells them, for the reader and the writer.

Conventions: lengths are `Fraction`s of a whole note (``_wn``). Texts go through `one_line`, which also takes out what XML forbids.

Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from xml.etree import ElementTree

from transformers_abc.notation.texts import one_line

# Whole notes of every <type>; the longest is 8, each next one half as long.
NOTE_TYPES = "maxima long breve whole half quarter eighth 16th 32nd 64th 128th 256th 512th 1024th"
TYPE_WN = {name: Fraction(8, 2**index) for index, name in enumerate(NOTE_TYPES.split())}
_TYPE_AND_DOTS = {length_wn * (2 - Fraction(1, 2**dots)): (name, dots) for name, length_wn in TYPE_WN.items() for dots in (2, 1, 0)}

DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{0,9})?")
_DECIMALS = 6  # written after the point


@lru_cache(maxsize=4096)
def number(text: str | None, what: str, minimum: Fraction | int | None = None) -> Fraction:
    """A decimal of MusicXML; the length is bounded, so no exponent or endless digits can exhaust memory."""
    if not DECIMAL.fullmatch((text or "").strip()):
        raise ValueError(f"{what} is no number: {(text or '')[:40]!r}")
    value = Fraction((text or "").strip())
    if minimum is not None and value < minimum:
        raise ValueError(f"{what} must be at least {minimum}, got {text}")
    return value


def decimal_text(value: Fraction) -> str:
    """A number as MusicXML takes it, without an exponent.

    >>> decimal_text(Fraction(120)), decimal_text(Fraction(200, 3))
    ('120', '66.666667')
    """
    return f"{float(value):.{_DECIMALS}f}".rstrip("0").rstrip(".")


def line(element: ElementTree.Element | None, path: str) -> str:
    """The text at `path` on one line; empty where there is none."""
    return one_line(element.findtext(path) or "") if element is not None else ""


def add(parent: ElementTree.Element, tag: str, text: str | int | None = None, **attributes: str) -> ElementTree.Element:
    """Append a child; an underscore in the name of an attribute stands for a hyphen, and empty attributes are left out.

    >>> note = ElementTree.Element("note")
    >>> _ = add(note, "rest", measure="yes"), add(note, "duration", 4), add(note, "type", "whole", font_style="")
    >>> ElementTree.tostring(note, encoding="unicode")
    '<note><rest measure="yes" /><duration>4</duration><type>whole</type></note>'
    """
    child = ElementTree.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items() if value})
    child.text = None if text is None else str(text)
    return child


def type_and_dots(written_wn: Fraction) -> tuple[str, int] | None:
    """The ``<type>`` of a written length and how many dots follow; None where no single value has that length.

    >>> type_and_dots(Fraction(3, 8)), type_and_dots(Fraction(5, 8))
    (('quarter', 1), None)
    """
    return _TYPE_AND_DOTS.get(written_wn)


def values_of(length_wn: Fraction) -> list[Fraction]:
    """Single values, the longest first, that together last a length with a power of two below its fraction line.

    >>> [str(value) for value in values_of(Fraction(5, 4))], [str(value) for value in values_of(Fraction(7, 16))]
    (['1', '1/4'], ['7/16'])
    """
    values = []
    while length_wn > 0 and type_and_dots(length_wn) is None:
        longest_wn = Fraction(2 ** (length_wn.numerator.bit_length() - 1), length_wn.denominator)
        values.append(longest_wn)
        length_wn -= longest_wn
    return [*values, length_wn] if length_wn else values
