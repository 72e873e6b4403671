"""The signs of ABC: what a musician reads as one thing and a token never divides.

Two kinds, by how a byte-pair encoder comes to them:

- **Joined signs** stand anywhere in a line of music, so they are built by merges: pitches with accidental and octave, lengths, tuplets,
  numbers. The merges stand in an order under which each sign is whole before another may take its parts.
- **Whole pieces** (see `pieces`) are looked up as they stand: instrument names, decorations, keys, metres, bar lines, voices.

Whatever is neither is spelled in bytes, so a new instrument or technique needs no new vocabulary.

Source: ABC 2.1, https://abcnotation.com/wiki/abc:standard:v2.1 (sections 3.1 fields, 4.1 to 4.14 music, 4.14 decorations, 4.19 directives).
"""

from __future__ import annotations

from collections.abc import Iterator

from transformers_abc.notation.instruments import PROGRAM_NAMES
from transformers_abc.notation.tune import Key

Merge = tuple[str, str]

# How many octave marks a sign has at most, alone and behind each accidental: C,,, and c''' are an octave inside a piano's ends.
_OCTAVE_MARKS = {"": 3, "^": 2, "_": 2, "=": 2, "^^": 1, "__": 1}
_DENOMINATORS = ("2", "4", "8", "16")
_NUMERATORS = ("1", "3", "5", "7", "9", "15")
_TUPLETS = ((2, 3), (3, 2), (4, 3), (5, 4), (6, 4), (7, 4), (8, 6), (9, 8))  # notes in the time of
_FASTEST = 240  # beats a minute that are one sign

_METRES = ("2/2", "3/2", "4/2", "2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8", "C", "C|", "none")
_MODES = {"major": 7, "minor": 7, "dorian": 3, "mixolydian": 3, "phrygian": 3, "lydian": 3}  # with at most how many sharps or flats
_UNITS = ("1/2", "1/4", "1/8", "1/16", "1/32")
_CLEFS = ("treble", "alto", "tenor", "bass")
_VOICES = range(1, 7)
_DECORATIONS = (
    *("trill", "lowermordent", "uppermordent", "mordent", "pralltriller", "roll", "turn", "turnx", "invertedturn", "arpeggio", "slide"),
    *(
        "accent",
        "emphasis",
        "marcato",
        "fermata",
        "invertedfermata",
        "tenuto",
        "breath",
        "wedge",
        "staccato",
        "open",
        "plus",
        "snap",
        "thumb",
    ),
    *("upbow", "downbow", "0", "1", "2", "3", "4", "5", ">", "^", "pizz.", "arco", "tremolo", "/", "//", "///", "+", "shortphrase"),
    *("mediumphrase", "longphrase", "trill(", "trill)", "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz", "fp"),
    *("crescendo(", "crescendo)", "<(", "<)", "diminuendo(", "diminuendo)", ">(", ">)", "segno", "coda", "D.S.", "D.C.", "dacoda"),
    *("dacapo", "fine"),
)
_AT_LINE_ENDS = ("|", "||", "|]", ":|")  # bar lines that are a sign with ``\r\n``, too
_BAR_LINES = ("|", "||", "|]", "[|", "|:", ":|", "::", ":|:", "|1", "|2", ":|2", "[1", "[2")


def joined_signs() -> list[Merge]:
    """Merges that build the signs of a line of music, in the order in which they apply.

    >>> merges = joined_signs()
    >>> ("^", "c'") in merges, ("3", "/2") in merges, len(merges) == len(set(merges))
    (True, True, True)
    """
    return list(dict.fromkeys((*_numbers(), *_lengths(), *_tuplets(), *_pitches())))


def whole_pieces() -> list[str]:
    r"""Pieces that are one token as they stand.

    >>> pieces = whole_pieces()
    >>> [piece in pieces for piece in ('"Violin"', "!trill!", "\nK:G", "\nM:6/8", " | ", "\n[V:2] ")]
    [True, True, True, True, True, True]
    """
    return list(
        dict.fromkeys((*_fields(), *_voices(), *_names(), *_bar_lines(), *_in_lines_of_windows(), *(f"!{name}!" for name in _DECORATIONS)))
    )


def _numbers() -> Iterator[Merge]:
    """10 to the fastest tempo. Three digits come together from either side, since either pair may have been joined first."""
    for number in range(10, 100):
        yield (str(number)[0], str(number)[1])
    for number in range(100, _FASTEST + 1):
        digits = str(number)
        yield (digits[:2], digits[2])
        if digits[1] != "0":  # no number begins with 0, so 05 is never joined
            yield (digits[0], digits[1:])


def _lengths() -> Iterator[Merge]:
    yield from ((sign, sign) for sign in "/<>")
    yield from (("/", denominator) for denominator in _DENOMINATORS)
    yield from ((numerator, f"/{denominator}") for numerator in _NUMERATORS for denominator in _DENOMINATORS)


def _tuplets() -> Iterator[Merge]:
    """``(3``, and ``(3:2:3`` for a triplet of any number of notes."""
    yield from (("(", str(notes)) for notes in range(2, 10))
    yield from ((":", str(number)) for number in range(2, 10))
    for notes, time in _TUPLETS:
        yield (f"({notes}", f":{time}")
        yield from ((f"({notes}:{time}", f":{count}") for count in range(2, notes + 1))


def _pitches() -> Iterator[Merge]:
    """The octave joins the letter first, then the accidental joins both."""
    yield from (("^", "^"), ("_", "_"))
    for count in range(_OCTAVE_MARKS[""]):
        yield from ((pitch, mark) for pitch, mark in _pitches_with(count))
    for accidental, most in list(_OCTAVE_MARKS.items())[1:]:
        yield from ((accidental, pitch) for count in range(most + 1) for pitch, _ in _pitches_with(count))


def _pitches_with(count: int) -> Iterator[tuple[str, str]]:
    """Pitches with so many octave marks, each with the mark that would move it on."""
    for letters, mark in (("CDEFGAB", ","), ("cdefgab", "'")):
        yield from ((letter + count * mark, mark) for letter in letters)


def _fields() -> Iterator[str]:
    keys = [str(Key(fifths, mode)) for mode, most in _MODES.items() for fifths in range(-most, most + 1)]
    keys += [key.replace("min", "m") for key in keys if key.endswith("min")]  # as most people write it
    yield from ("X:1", "\nX:1")
    yield from (f"\nM:{metre}" for metre in _METRES)
    yield from (f"\nL:{unit}" for unit in _UNITS)
    yield from (f"\nK:{key}" for key in (*keys, "none"))
    yield from (f"\n%%score {' '.join(map(str, _VOICES[:count]))}" for count in _VOICES[1:])
    yield from (f"\n%%MIDI program {program}" for program in range(len(PROGRAM_NAMES)))


def _voices() -> Iterator[str]:
    for voice in _VOICES:
        yield from (f"\nV:{voice}", *(before + f"[V:{voice}]" + after for before in ("", "\n") for after in ("", " ")))
        yield from (f"\nV:{voice} clef={clef}{name}" for clef in _CLEFS for name in ("", " name="))


def _names() -> Iterator[str]:
    yield from (f'"{name}"' for name in PROGRAM_NAMES)


def _bar_lines() -> Iterator[str]:
    for sign in _BAR_LINES:
        yield from (before + sign + after for before in ("", " ") for after in ("", " ", "\n"))
    yield from (f" {sign}\n[V:{voice}] " for sign in ("|", "|]") for voice in _VOICES)


def _in_lines_of_windows() -> Iterator[str]:
    yield "\r\n"
    for sign in _AT_LINE_ENDS:
        yield from (f"{before}{sign}\r\n" for before in ("", " "))
    yield from (f" {sign}\r\n[V:{voice}] " for sign in ("|", "|]") for voice in _VOICES)
