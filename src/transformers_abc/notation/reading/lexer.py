r"""The tokens of ABC: lines of a tune, and what stands in a line of music.

`MUSIC_TOKEN` finds the tokens of a line from left to right, each with the spaces behind it; what it does not match is no ABC.
`parse_token` turns a match into a `Token`, and `TOKEN_CACHE` keeps short ones: music repeats its tokens so much that most are looked up,
not parsed.

Every pattern takes a bounded look ahead and no two of its alternatives begin alike, so reading is linear in the text whatever it holds.

>>> for match in MUSIC_TOKEN.finditer('[K:G]"Am"^c2->d|[CE,]3(3:2:2zA:|2{g}!trill!B'):
...     print(match[0].strip(), parse_token(match).kind, end="; ")
... # doctest: +NORMALIZE_WHITESPACE
[K:G] FIELD; "Am" STRING; ^c2- NOTE; > BROKEN; d NOTE; | BAR; [CE,]3 CHORD; (3:2:2 TUPLET; z REST; A NOTE; :|2 BAR; {g} GRACE;
!trill! DECORATION; B NOTE;
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from transformers_abc.notation.tune import NATURAL_SEMITONES

MAX_LENGTH_DIGITS = 24
MAX_SLASHES = 10
MAX_CACHED_TOKENS = 20_000
MAX_CACHED_CHARACTERS = 16

# Half steps of every accidental; quarter tones and finer are found by `_alter`.
ALTER_OF_SIGN = {"__": -2, "_": -1, "=": 0, "^": 1, "^^": 2}

_LENGTH = r"\d*/*\d*"
_SIGN = r"\^\^|__|[\^_](?:\d*/+\d*)?|="
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_NOTE = rf"(?P<sign>{_SIGN})?(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>{_LENGTH})(?P<tie>-?)"
_MUSIC = {
    "NOTE": _NOTE,
    "BAR": r"\.?(?::+\|[\]:|]*|::+|\[\|[\]:|]*|\|[\]:|]*)(?P<ending>[1-9][\d,.\-]*)?",
    "REST": rf"(?P<rest_letter>[zxZX])(?P<rest_length>{_LENGTH})",
    "BROKEN": r">+|<+",
    "TUPLET": r"\((?P<p>\d+)(?::(?P<q>\d*)(?::(?P<r>\d*))?)?",
    "ENDING": r"\[\s*(?P<passes>[1-9][\d,.\-]*|\"[^\"\]\[\n]*\"(?![^|\]\n]{0,200}\]))",
    "FIELD": r"\[(?P<field>[A-Za-z]:[^\[\]\n]*)\]",
    "CHORD": rf"\[(?P<inside>(?:[^\]\[|\n\"!]|{_QUOTED}|![^!\n]*!)*)\](?P<outer>{_LENGTH})(?P<chord_tie>-?)|\[(?P<torn>[^\]\[|\s\"!]*)",
    "STRING": rf"(?P<string>{_QUOTED})|\"[^\n]*",
    "GRACE": r"\{(?P<slash>/?)(?P<graces>[^{}\n]*)\}",
    "DECORATION": r"!(?P<name>[^!\s|]*)!|\+(?P<old_name>[^+\s|\d]+)\+|(?P<short>[~H-Wh-w])|\.(?!\()",
    "OVERLAY": r"&+",
    "SLUR": r"\.?\(",
    "SLUR_END": r"\)",
    "TIE": r"-",
    "SPACER": r"y\d*|[`$\\]|!",
}
MUSIC_TOKEN = re.compile("(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _MUSIC.items()) + ") *")
CHORD_TOKEN = re.compile(f"(?P<NOTE>{_NOTE})|(?P<STRING>{_MUSIC['STRING']})|(?P<DECORATION>{_MUSIC['DECORATION']})")
NOTE_TOKEN = re.compile(f"(?P<NOTE>{_NOTE})")

# After an ``X:`` the header holds nothing but fields; elsewhere a line that starts like a field but goes on like music, such as ``c:|``,
# is music.
HEADER_LINE = re.compile(r"\s*(?P<letter>[A-Za-z+]):(?P<text>.*)")
FIELD_LINE = re.compile(r"\s*(?P<letter>[A-Za-z+]):(?:(?<=[ws]:)|(?![|:]))(?P<text>.*)")
COMMENT = re.compile(r"(?<!\\)%.*")
_MUSIC_WITHOUT_BARS = re.compile(r"(?:[zxZ\d/,'\s^_=()\[\]<>-]*[A-Ga-g]){4}[A-Ga-gzxZ\d/,'\s^_=()\[\]<>-]*$")
_CHARACTERS_JUDGED = 200
# A line without bars in which at least so many words hold letters that no note has.
_PROSE = re.compile(r"[^|\[\]{}%]*$")
_WORD_OF_PROSE = re.compile(r"(?<![\w!+\"])[A-Za-z]?[a-z]+[h-tw][a-z]*(?=[\s.,;:!?)']|$)")
_LEAST_PROSE = 3
LINE_END = re.compile(r"\r\n|\n|\r")

_LENGTH_PARTS = re.compile(r"(\d*)(/*)(\d*)")
# Colons alone end one repeat and start another. The bound is above `MAX_PASSES`; without one the search would take quadratic time.
_REPEAT_END = re.compile(r"(?<!\|)(:{1,40})[|\]]|^(::+)$")
_REPEAT_START = re.compile(r"\|:+\|?$|^::+$")
_PASSES = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
MAX_PASSES = 32


class Token(NamedTuple):
    """A parsed token of music.

    Attributes:
        kind: a key of `_MUSIC`.
        value: what the kind holds: a `NoteToken`, `BarToken` or `ChordToken`; a rest as ``(letter, length)``; a tuplet as ``(p, q, r)``
            in digits; grace notes as ``(inside, is_slashed)``; an ending as its passes; of others the text.
    """

    kind: str
    value: Any


class NoteToken(NamedTuple):
    """A written note: MIDI number of its natural pitch, alteration if it has a sign, length as text, tie, and whether it is microtonal."""

    natural: int
    alter: int | None
    length: str
    is_tied: bool
    is_microtonal: bool


class ChordToken(NamedTuple):
    """A chord: its notes, the ``(kind, value)`` of decorations and strings inside, what else is inside, whether it is closed, outer length
    and tie.
    """

    notes: tuple[NoteToken, ...]
    marks: tuple[tuple[str, str], ...]
    unread: str
    is_closed: bool
    length: str
    is_tied: bool


class BarToken(NamedTuple):
    """A bar line; the attributes are those of `tune.BarLine`."""

    plays: int
    starts_repeat: bool
    endings: tuple[int, ...]
    style: str


# Kept between tunes, for all of them: a token means the same wherever it stands.
TOKEN_CACHE: dict[str, Token] = {}


def parse_token(match: re.Match[str]) -> Token:
    """The token of a match of `MUSIC_TOKEN`, which is remembered if it is short."""
    kind = match.lastgroup or ""
    token = Token(kind, _PARSERS[kind](match) if kind in _PARSERS else match[kind])
    if len(match[0]) <= MAX_CACHED_CHARACTERS:
        if len(TOKEN_CACHE) >= MAX_CACHED_TOKENS:
            TOKEN_CACHE.clear()
        TOKEN_CACHE[match[0]] = token
    return token


def parse_note(match: re.Match[str]) -> NoteToken:
    """The note of a match of `NOTE_TOKEN`, or of a NOTE in the other patterns.

    >>> parse_note(NOTE_TOKEN.match("_B,,3/2-"))
    NoteToken(natural=47, alter=-1, length='3/2', is_tied=True, is_microtonal=False)
    >>> parse_note(NOTE_TOKEN.match("^3/2c")).alter, parse_note(NOTE_TOKEN.match("^/c")).alter    # to the half step nearest to the natural
    (1, 0)
    """
    sign, letter, octave, length, tie = match.group("sign", "letter", "octave", "length", "tie")
    is_microtonal = bool(sign) and sign not in ALTER_OF_SIGN
    return NoteToken(natural_pitch(letter, octave), _alter(sign) if sign else None, length, bool(tie), is_microtonal)


def _alter(sign: str) -> int:
    """Half steps of an accidental; of a microtone ``^3/2`` those before its fraction."""
    if sign in ALTER_OF_SIGN:
        return ALTER_OF_SIGN[sign]
    half_steps = min(int(abs(length_factor(sign[1:]))), 2)
    return half_steps if sign[0] == "^" else -half_steps


def _parse_bar(match: re.Match[str]) -> BarToken:
    """What a bar line says; the number of colons before the line counts the plays of a repeat."""
    ending = match["ending"] or ""
    line = match["BAR"].removesuffix(ending)
    repeat = _REPEAT_END.search(line)
    plays = len(repeat[1] or repeat[2][::2]) + 1 if repeat else 1
    starts_repeat = _REPEAT_START.search(line) is not None
    style = "" if plays > 1 or starts_repeat or "[|]" in line else next((style for style in ("|]", "[|", "||") if style in line), "")
    return BarToken(min(plays, MAX_PASSES), starts_repeat, read_passes(ending) if ending else (), style)


def _parse_chord(match: re.Match[str]) -> ChordToken:
    """A chord with what stands inside it."""
    notes, marks = [], []
    is_closed = match["inside"] is not None
    inside = match["inside"] if is_closed else match["torn"]
    for inner in CHORD_TOKEN.finditer(inside):
        kind = inner.lastgroup or ""
        if kind == "NOTE":
            notes.append(parse_note(inner))
        else:
            marks.append((kind, _PARSERS[kind](inner)))
    unread = CHORD_TOKEN.sub("", inside).strip(" -()")  # ties and slurs may stand there
    return ChordToken(tuple(notes), tuple(marks), unread, is_closed, match["outer"] or "", bool(match["chord_tie"]))


def read_passes(text: str) -> tuple[int, ...]:
    """The passes of an ending.

    >>> read_passes("1"), read_passes("1,3"), read_passes("2-4"), read_passes('"last time"')
    ((1,), (1, 3), (2, 3, 4), ())
    """
    passes: set[int] = set()
    for first, last in _PASSES.findall(text):
        passes.update(range(int(first), min(int(last or first), MAX_PASSES) + 1))
    return tuple(sorted(number for number in passes if 0 < number <= MAX_PASSES))


_PARSERS: dict[str, Callable[[re.Match[str]], Any]] = {
    "NOTE": parse_note,
    "BAR": _parse_bar,
    "REST": lambda match: match.group("rest_letter", "rest_length"),
    "TUPLET": lambda match: match.group("p", "q", "r"),
    "ENDING": lambda match: read_passes(match["passes"]),
    "FIELD": lambda match: match["field"],
    "CHORD": _parse_chord,
    "STRING": lambda match: match["string"] and match["string"][1:-1],
    "GRACE": lambda match: (match["graces"], bool(match["slash"])),
    "DECORATION": lambda match: match["short"] or (f"!{match['name'] or match['old_name'] or ''}!" if match[0][0] in "!+" else "."),
}


@lru_cache(maxsize=1024)
def natural_pitch(letter: str, octave_marks: str) -> int:
    """The MIDI number of a letter without accidentals.

    >>> natural_pitch("C", ""), natural_pitch("c", "'"), natural_pitch("B", ",,")
    (60, 84, 47)
    """
    octaves = octave_marks.count("'") - octave_marks.count(",") + letter.islower()
    return 60 + NATURAL_SEMITONES[letter.upper()] + 12 * octaves


@lru_cache(maxsize=4096)
def length_factor(text: str) -> Fraction:
    """How many units a written length is; a zero or endless number counts as nothing written.

    >>> [str(length_factor(text)) for text in ("", "3", "3/2", "/", "//", "/4", "0")]
    ['1', '3', '3/2', '1/2', '1/4', '1/4', '1']
    """
    match = _LENGTH_PARTS.match(text)
    assert match  # it matches anything
    numerator, slashes, denominator = match.groups()
    divisor = _number(denominator) if denominator else 2 ** min(len(slashes), MAX_SLASHES)
    return Fraction(_number(numerator), divisor)


def looks_like_music(line: str) -> bool:
    """Whether a line that no tune is being read from holds music, as far as its first characters tell.

    >>> [looks_like_music(line) for line in ('|: "Am"c8 |', "CDEF GABc", "[V:2]C", "A free text.", "T:title", "% C|")]
    [True, True, True, False, False, False]
    """
    judged = line[:_CHARACTERS_JUDGED].strip()
    if judged.startswith(("V:", "[V:")):
        return True
    if FIELD_LINE.match(judged) or judged.startswith("%"):
        return False
    return (
        any(match.lastgroup in ("NOTE", "REST") for match in MUSIC_TOKEN.finditer(judged))
        if "|" in judged
        else bool(_MUSIC_WITHOUT_BARS.match(judged))
    )


def is_prose(line: str) -> bool:
    """Whether a line among the music consists of words.

    >>> is_prose("I hope this helps, let me know!"), is_prose("CDEF GABc dcBA")
    (True, False)
    """
    return bool(_PROSE.match(line)) and len(_WORD_OF_PROSE.findall(line)) >= _LEAST_PROSE


def continues_field(lines: Sequence[str], index: int) -> bool:
    r"""Whether a line goes on with the field before it: by ``+:`` (section 3.3), or as a ``w:`` after one that ends with a backslash.

    The latter is of ABC 2.0, where a backslash continued any line.
    """
    line = lines[index]
    if not line.startswith("w:"):
        return line.startswith("+:")
    before = lines[index - 1] if index else ""
    return before.startswith("w:") and without_backslash(COMMENT.sub("", before)) is not None


def without_backslash(line: str) -> str | None:
    r"""A line up to the backslash that ends it and continues it by ABC 2.0; None where it has none, or one that another one escapes.

    >>> without_backslash("one two \\ "), without_backslash(r"a back\\slash\\")
    ('one two ', None)
    """
    kept = line.rstrip()
    return kept[:-1] if (len(kept) - len(kept.rstrip("\\"))) % 2 else None


def field_continuation(lines: Sequence[str], start: int) -> str:
    r"""What lines from `start` on, with comments between them, add to the field before them.

    >>> field_continuation(["w:one", "+:two", "% three", "+: four", "w:five"], 1), field_continuation(["w:one\\", "w:two", "w:three"], 1)
    (' two four', ' two')
    """
    added = []
    for index in range(start, len(lines)):
        if continues_field(lines, index):
            text = COMMENT.sub("", lines[index][2:]).strip()
            added.append(without_backslash(text) or text)
        elif not lines[index].startswith("%"):
            break
    return " " + " ".join(added) if added else ""


def _number(digits: str) -> int:
    return (int(digits) or 1) if 0 < len(digits) <= MAX_LENGTH_DIGITS else 1
