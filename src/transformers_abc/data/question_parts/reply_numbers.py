"""What numbers a reply names: tempos, metres, bars, players.

Each function reads the `conclusion` of a reply and gives all the values of its kind that it affirms; none where it says nothing.
"""

from __future__ import annotations

import re
from fractions import Fraction

from transformers_abc.data.question_parts.reply_names import named_instruments
from transformers_abc.data.question_parts.reply_text import affirmed

_BEFORE, _AFTER = r"(?<![\w./#])", r"(?![\w/#]|\.\d)"  # a number that is no part of a fraction, a note or a longer number
_NUMBER = rf"{_BEFORE}\d{{1,6}}(?:\.\d{{1,6}})?{_AFTER}"
_COUNT = rf"{_BEFORE}(?P<count>\d{{1,6}})[\s-]+(?:[a-z]+\s+){{0,2}}"  # with up to two adjectives
_PLAIN_NUMBER = re.compile(_NUMBER)

_QUARTERS = {
    note: Fraction(quarters)
    for quarters, notes in (
        ("4", "whole semibreve"), ("2", "half minim"), ("1", "quarter crotchet ♩"), ("1/2", "eighth quaver ♪"), ("1/4", "sixteenth"),
    )
    for note in notes.split()
}  # fmt: skip
_NOTE = rf"(?P<dotted>dotted[\s-]+)?(?P<note>{'|'.join(_QUARTERS)})s?(?:[\s-]+notes?)?(?:[\s-]+beats?)?"
_METRONOME_MARK = re.compile(rf"(?:(?P<fraction>\d{{1,2}}/\d{{1,2}})|{_NOTE})?\s*=\s*(?P<beats>{_NUMBER})", re.IGNORECASE)
_PER_MINUTE = re.compile(rf"(?P<beats>{_NUMBER})\s*(?:bpm\b|b\.p\.m\b|(?:{_NOTE}|beats?)?\s*(?:per|a|each|/)\s*min)", re.IGNORECASE)

_METRE = re.compile(
    rf"{_BEFORE}(?P<beats>\d{{1,2}})\s*(?:/|\bover\b|-)\s*(?P<unit>\d{{1,2}})(?!\s*=){_AFTER}"
    rf"|{_BEFORE}(?P<spoken_beats>\d{{1,2}})\s+(?P<spoken_unit>\d{{1,2}})(?=\s*$|\s*;|\s+(?:time|metre|meter)\b)"
    rf"|{_BEFORE}(?P<noun_beats>\d{{1,2}})[\s-]+(?P<noun>half|quarter|eighth|sixteenth)s?[\s-]+(?:time|metre|meter)\b"
    r"|(?P<common>\bcommon time\b)|(?P<cut>\bcut(?: common)? time\b|\balla breve\b)",
    re.IGNORECASE,
)
_UNIT_OF_NOUN = {"half": 2, "quarter": 4, "eighth": 8, "sixteenth": 16}

_BARS = re.compile(rf"{_COUNT}(?:bars?|measures?)\b", re.IGNORECASE)
_PLAYERS = re.compile(rf"{_COUNT}(?:parts?|voices?|instruments?|instrumentalists?|players?|musicians?|performers?|lines?)\b", re.IGNORECASE)
_ENSEMBLES = {"solo": 1, "soloist": 1, "duo": 2, "duet": 2, "trio": 3, "quartet": 4, "quintet": 5, "sextet": 6}
_ENSEMBLE = re.compile(rf"\b(?:{'|'.join(_ENSEMBLES)})\b", re.IGNORECASE)


def tempos(text: str) -> set[Fraction]:
    """Quarter notes a minute: the numbers that have a unit, or all numbers where none has. Beats of no named note are quarters, as asked.

    >>> [sorted(map(float, tempos(text))) for text in ("Q:3/8=60", "116 bpm in 4/4", "60 dotted quarter notes per minute", "90-100")]
    [[90.0], [116.0], [90.0], [90.0, 100.0]]
    """
    said = affirmed(text)
    marks = [*_METRONOME_MARK.finditer(said), *_PER_MINUTE.finditer(_METRONOME_MARK.sub(" ", said))]
    return {Fraction(mark["beats"]) * _quarters_of(mark.groupdict()) for mark in marks} or _plain_numbers(said)


def _quarters_of(mark: dict[str, str | None]) -> Fraction:
    """How many quarters the note of a metronome mark is."""
    if fraction := mark.get("fraction"):
        numerator, denominator = map(int, fraction.split("/"))
        return Fraction(4 * numerator, denominator) if denominator else Fraction(0)
    quarters = _QUARTERS[mark["note"].lower()] if mark["note"] else Fraction(1)
    return quarters * Fraction(3, 2) if mark["dotted"] else quarters


def metres(text: str) -> set[tuple[int, int]]:
    """Metres as numerator and denominator.

    >>> [sorted(metres(text)) for text in ("It is in 6/8 time", "3 4 time", "common time", "2/4 or 4/4", "Q:1/4=120")]
    [[(6, 8)], [(3, 4)], [(4, 4)], [(2, 4), (4, 4)], []]
    """
    return {_metre(found.groupdict()) for found in _METRE.finditer(affirmed(text))}


def _metre(found: dict[str, str | None]) -> tuple[int, int]:
    match found:
        case {"beats": str(beats), "unit": str(unit)} | {"spoken_beats": str(beats), "spoken_unit": str(unit)}:
            return int(beats), int(unit)
        case {"noun_beats": str(beats), "noun": str(noun)}:
            return int(beats), _UNIT_OF_NOUN[noun.lower()]
    return (4, 4) if found["common"] else (2, 2)


def bar_counts(text: str) -> set[Fraction]:
    """Numbers of bars; all numbers where none is said to be one.

    >>> [sorted(map(int, bar_counts(text))) for text in ("8 full bars of 3/4 at 120", "12")]
    [[8], [12]]
    """
    said = affirmed(text)
    return {Fraction(found["count"]) for found in _BARS.finditer(said)} or _plain_numbers(said)


def player_counts(text: str) -> set[Fraction]:
    """Numbers of players; else the sum of the instruments that are named; else all numbers.

    >>> [sorted(map(int, player_counts(text))) for text in ("A string quartet", "2 violins and a viola", "There are 3 players", "2")]
    [[4], [3], [3], [2]]
    """
    said = affirmed(text)
    counts = {Fraction(found["count"]) for found in _PLAYERS.finditer(said)}
    counts |= {Fraction(_ENSEMBLES[found[0].lower()]) for found in _ENSEMBLE.finditer(said)}
    if not counts and (named := named_instruments(text)):
        counts = {Fraction(sum(sum(numbers) or 1 for numbers in named.values()))}
    return counts or _plain_numbers(said)


def _plain_numbers(said: str) -> set[Fraction]:
    return {Fraction(number) for number in _PLAIN_NUMBER.findall(said)}
