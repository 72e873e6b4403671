"""Which General MIDI instrument a voice is for: by the name before its staff, else by its MIDI program.

The name goes first where it is one of an instrument, since files whose tracks are named well often leave every program at 0.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from transformers_abc.notation.instruments import HEARD_INSTRUMENTS, PROGRAM_FAMILIES, PROGRAM_NAMES

SAME_FAMILY_COST = 0.4
DIFFERENT_COST = 0.5  # at names that are spelled the same, up to 1 at names that share no letter

# Beside the names of General MIDI and the codes of `HEARD_INSTRUMENTS`. Names in other languages and short forms as scores have them.
_OTHER_NAMES: dict[int, tuple[str, ...]] = {
    0: ("piano", "pno", "grand piano", "pianoforte", "klavier", "acoustic piano"),
    4: ("electric piano", "e piano"),
    6: ("cembalo", "clavecin"),
    19: ("organ", "pipe organ"),
    24: ("guitar", "classical guitar", "acoustic guitar", "nylon guitar", "gitarre"),
    25: ("steel guitar",),
    26: ("electric guitar",),
    33: ("bass guitar", "electric bass"),
    40: ("violin", "violine", "violino", "violon", "vln", "vl", "vn"),
    41: ("viola", "bratsche", "vla", "va"),
    42: ("cello", "violoncello", "violoncelle", "vlc", "vc"),
    43: ("double bass", "contrabass", "doublebass", "string bass", "upright bass", "kontrabass", "contrabasso", "cb", "db"),
    46: ("harp",),
    48: ("strings", "string ensemble"),
    52: ("choir",),
    53: ("voice", "vocals", "soprano", "alto", "tenor", "baritone", "singer"),
    56: ("trumpet", "cornet", "tpt", "trp", "trompete", "trompette", "tromba"),
    57: ("trombone", "tbn", "trb", "posaune"),
    58: ("tuba", "tba"),
    60: ("horn", "f horn", "corno", "cor", "hn"),
    64: ("soprano saxophone",),
    65: ("sax", "saxophone", "alto saxophone", "alto sax"),
    66: ("tenor saxophone",),
    67: ("baritone saxophone", "bari sax"),
    68: ("oboe", "ob", "hautbois"),
    69: ("cor anglais",),
    70: ("bassoon", "fagott", "fagotto", "bsn", "bn"),
    71: ("clarinet", "clar", "cl", "klarinette"),
    72: ("piccolo", "picc"),
    73: ("flute", "flöte", "floete", "flauto", "fl"),
    74: ("recorder", "blockflöte"),
    110: ("fiddle",),
}
_MAX_NAME_CHARACTERS = 100  # a model may write names without end; time grows with the square of their length, and they are kept
_BRACKETS = re.compile(r"\([^)]*\)")
_NO_LETTERS = re.compile(r"\d+(?:st|nd|rd|th)\b|[\W\d_]+")
_NUMERAL = re.compile(r"\b(?:i{1,3}|iv|vi{0,3})\b$")  # Violin II
_TRANSPOSITION = re.compile(r"\bin [a-g](?: flat| sharp|b)?\b|\b[a-g]b\b|\b[a-h]$")  # Clarinet in Bb, Bb Clarinet, Horn F


def _plain(name: str) -> str:
    """A name in small letters, without numbers, keys and brackets.

    >>> [_plain(name) for name in ("Violin II", "2nd Horn in F", "Bb Clarinet 1.", "Acoustic Guitar (nylon)")]
    ['violin', 'horn', 'clarinet', 'acoustic guitar']
    """
    words = " ".join(_NO_LETTERS.sub(" ", _BRACKETS.sub(" ", name.lower())).split())
    for pattern in (_NUMERAL, _TRANSPOSITION):
        words = " ".join(pattern.sub(" ", words).split()) or words
    return words


_PROGRAM_OF_NAME: dict[str, int] = {_plain(name): program for program, name in reversed(list(enumerate(PROGRAM_NAMES)))}
_PROGRAM_OF_NAME |= {name.lower(): program for program, name in enumerate(PROGRAM_NAMES)}
_PROGRAM_OF_NAME |= {instrument.code: instrument.program for instrument in HEARD_INSTRUMENTS}
_PROGRAM_OF_NAME |= {name: program for program, names in _OTHER_NAMES.items() for name in names}


@lru_cache(maxsize=4096)
def instrument_of(name: str, program: int | None) -> str:
    """The General MIDI name of what plays a voice; a name that General MIDI lacks as it is, in small letters; empty where nothing is said.

    >>> instrument_of("Violin II", None), instrument_of("Vc.", 0), instrument_of("", 73), instrument_of("Theorbo", None)
    ('Violin', 'Cello', 'Flute', 'theorbo')
    """
    name = name[:_MAX_NAME_CHARACTERS]
    plain = _plain(name)
    named = _PROGRAM_OF_NAME.get(name.strip().lower(), _PROGRAM_OF_NAME.get(plain))
    if named is None:
        named = program
    return plain if named is None else PROGRAM_NAMES[named]


@lru_cache(maxsize=65536)
def instrument_cost(prediction: str, reference: str) -> float:
    """How far two instruments are apart: 0 the same, 0.4 of one family of General MIDI, else by the likeness of their names.

    Args:
        prediction, reference: from `instrument_of`; no name is as wrong as can be.

    >>> [round(instrument_cost("Violin", other), 2) for other in ("Violin", "Cello", "Flute", "")]
    [0.0, 0.4, 0.91, 1.0]
    """
    if not prediction or not reference:
        return 1.0
    if prediction == reference:
        return 0.0
    families = {_FAMILY.get(prediction), _FAMILY.get(reference)}
    if len(families) == 1 and None not in families:
        return SAME_FAMILY_COST
    return 1.0 - DIFFERENT_COST * fuzz.ratio(prediction.lower(), reference.lower()) / 100


_FAMILY = dict(zip(PROGRAM_NAMES, PROGRAM_FAMILIES, strict=True))
